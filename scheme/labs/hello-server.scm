;;; hello-server.scm -- greet one client, and end
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;;     guile hello-server.scm [PORT]

(use-modules (im lab) (im socket))

(define (hello-server port)
  "Listen on PORT, and send one client a greeting."
  (let ((server (make-server-socket port)))     ; socket, bind, listen
    (announce server)
    (show "Waiting for connection...")
    (socket-accept-connection server)           ; accept
    (show "Connection request accepted!")
    (display "Hello World!" (socket-output server)) ; send
    (flush (socket-output server))
    (show "Message sent!")
    (socket-shutdown server)))                  ; close

(define (show sentence)
  (display sentence)
  (newline))

(start-lab hello-server '((port 6013)))

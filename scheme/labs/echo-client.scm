;;; echo-client.scm -- send something and print its echo
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;;     guile echo-client.scm [HOST [PORT]]

(use-modules (im lab) (im lines) (im socket) (im text))

(define (echo-client host port)
  "Send a text to the server at PORT on HOST, and print what comes back."
  (let ((server (make-client-socket host port)))        ; socket, connect
    (display "Hello, world" (socket-output server))     ; send
    (socket-finish-output server)       ; no more, so the echo ends, too
    (let ((echo (read-short-line (socket-input server)))) ; recv
      (socket-shutdown server)                          ; close
      (if (string? echo)
          (print-line "Received '~a'" echo)
          (stop "the server hung up without an echo")))))

(start-lab echo-client '((host "127.0.0.1") (port 65432)))

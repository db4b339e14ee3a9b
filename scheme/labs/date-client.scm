;;; date-client.scm -- ask a server what time it is
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;;     guile date-client.scm [HOST [PORT]]
;;;
;;; It is the client of logging-date-server.scm as well.

(use-modules (im lab) (im lines) (im socket) (im text))

(define (date-client host port)
  "Print the date and time that the server at PORT on HOST answers."
  (let ((server (make-client-socket host port)))        ; socket, connect
    (display "What time is it?\n" (socket-output server)) ; send
    (let ((answer (read-short-line (socket-input server)))) ; recv
      (socket-shutdown server)                          ; close
      (if (string? answer)
          (print-line "~a" answer)
          (stop "the server hung up without an answer")))))

(start-lab date-client '((host "localhost") (port 6015)))

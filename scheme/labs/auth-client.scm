;;; auth-client.scm -- ask a server for access
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;;     guile auth-client.scm NAME [HOST [PORT]]
;;;
;;; The password is asked for: on the command line everyone could see it.

(use-modules (im lab) (im lines) (im socket) (im text))

(define (auth-client name host port)
  "Print what the server at PORT on HOST answers to NAME and a password."
  (let* ((password (ask-password))
         (server (make-client-socket host port))        ; socket, connect
         (to-server (socket-output server)))
    (display (string-append name "\n" password "\n") to-server) ; send
    (let ((answer (read-short-line (socket-input server)))) ; recv
      (socket-shutdown server)                          ; close
      (if (string? answer)
          (print-line "~a" answer)
          (stop "the server hung up without an answer")))))

(start-lab auth-client '((name) (host "127.0.0.1") (port 6017)))

;;; visitors-server.scm -- count who comes
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;;     guile visitors-server.scm [PORT]
;;;
;;; A client sends a user's name and a NUL character, the server answers with
;;; one line and hangs up.

(use-modules (im lab) (im lines) (im reactor) (im socket))

(define visitors 0)

(define (visitors-server port)
  "Listen on PORT, and greet each visitor.  Return the socket that listens."
  (let ((server (make-server-socket             ; socket, bind, listen
                 (port-number port))))
    (define (accept)
      (serve-client (socket-accept-connection (socket-dup server))
                    greet))             ; and close
    (when-socket-ready server accept)
    (announce server)))

(define (greet client)
  "Tell CLIENT, a connected socket, which visitor it is."
  (let ((name (read-short-line (socket-input client) #:end #\nul))) ; recv
    (cond ((string? name)               ; not the end of the connection
           (set! visitors (+ visitors 1))
           (format (socket-output client) ; send
                   "Hello ~a, you are visitor number ~a to this server~%"
                   name visitors)))))

(start-lab visitors-server '((port "5193")))

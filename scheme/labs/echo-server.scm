;;; echo-server.scm -- send back whatever comes
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;;     guile echo-server.scm [PORT]

(use-modules (im lab) (im reactor) (im socket) (im text)
             (ice-9 binary-ports))

(define (echo-server port)
  "Listen on PORT of this computer alone, and be an echo for any number of
clients at once.  Return the socket that listens."
  (let ((server (make-server-socket port                ; socket, bind, listen
                                    #:address "127.0.0.1")))
    (define (accept)
      (serve-client (socket-accept-connection (socket-dup server))
                    echo))                              ; and close
    (when-socket-ready server accept)
    (announce server)))

(define (echo client)
  "Send CLIENT what it sends, until it has no more."
  (let ((peer (socket-peer-address client)))
    (if peer                            ; it may be gone already
        (print-line "Connected by ~a port ~a" (car peer) (cdr peer))))
  (let repeat ((bytes (get-bytevector-some (socket-input client)))) ; recv
    (cond ((not (eof-object? bytes))
           (put-bytevector (socket-output client) bytes)        ; send
           (repeat (get-bytevector-some (socket-input client)))))))

(start-lab echo-server '((port 65432)))

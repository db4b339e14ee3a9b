;;; sort-server.scm -- sort the lists that clients send
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;;     guile sort-server.scm [PORT]
;;;
;;; A client sends (3 1 2), the server answers (1 2 3).

(use-modules (im lab) (im reactor) (im request) (im socket))

(define (sort-server port)
  "Listen on PORT, and sort for any number of clients.  Return the socket that
listens."
  (let ((server (make-server-socket port)))     ; socket, bind, listen
    (define (accept)
      (serve-client (socket-accept-connection (socket-dup server))
                    sort-lists))                ; and close
    (when-socket-ready server accept)
    (announce server)))

(define (sort-lists client)
  "Answer each list from CLIENT with the list sorted, until it hangs up."
  (let ((datum (read-datum (socket-input client)))) ; recv
    (cond ((not (eof-object? datum))
           (write (if (list? datum)
                      (sort datum before?)
                      "That is no list; send one like (3 1 2)")
                  (socket-output client))       ; send
           (newline (socket-output client))
           (sort-lists client)))))

(define (before? one other)
  "True iff ONE comes before OTHER: numbers first, then by the alphabet."
  (cond ((and (real? one) (real? other)) (< one other))
        ((real? one) #t)
        ((real? other) #f)
        (else (string<? (as-text one) (as-text other)))))

(define (as-text datum)
  (if (string? datum) datum (object->string datum)))

(start-lab sort-server '((port 6016)))

;;; im-common.scm --- requests, as a program for STk has them
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; This program is written as the courses wrote theirs, for STk and with
;;; nothing but what STk has.  The tests let it talk to Guile-IM's own, and
;;; put homework on top of it.

(define nil '())

;; A request: (source destination action data)

(define (make-request src dst action data)
  (list src dst action data))

(define (request-src req) (list-ref req 0))
(define (request-dst req) (list-ref req 1))
(define (request-action req) (list-ref req 2))
(define (request-data req) (list-ref req 3))

;; True iff x looks like a request.
(define (request? x)
  (and (list? x) (>= (length x) 4)))

;; Returns #t if the request went out, or #f.
(define (send-request req port)
  (cond ((not port)
         (format #t "Not connected.  Not sent: ~S~%" req)
         #f)
        ((port-closed? port)
         (format #t "Connection closed.  Not sent: ~S~%" req)
         #f)
        ((catch (format port "~S" req)
                (flush port))
         (format #t "Connection broken.  Not sent: ~S~%" req)
         #f)
        (else
         (format logging "Sent: ~S~%" req)
         #t)))

;; Waits for a request and returns it, or #f at the end of the connection or
;; for anything that isn't a request.
(define (get-request port)
  (let ((req nil))
    (cond ((port-closed? port)
           (format logging "Connection closed.~%")
           #f)
          ((catch (set! req (read port)))
           (format #t "Bad input.~%")
           #f)
          ((eof-object? req)
           (format logging "End of the connection.~%")
           #f)
          ((not (request? req))
           (format #t "Not a request: ~S~%" req)
           #f)
          (else
           (format logging "Received: ~S~%" req)
           req))))

;; The name of whoever runs this: a word, but never a number.
(define (login-name)
  (let ((user (getenv "USER")))
    (cond ((or (not user) (equal? user "")) 'anonymous)
          ((number? (string->word user)) user)
          (else (string->word user)))))

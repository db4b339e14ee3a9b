;;; correct-by-hand.scm --- nothing but sockets, read and format
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(define me (string->word (getenv "USER")))
(define sock #f)

(define (say dst action data)
  (format (socket-output sock) "~S" (list me dst action data))
  (flush (socket-output sock)))

(define (hang-up)
  (if sock (socket-shutdown sock))
  (set! sock #f))

(define (im-enroll ip port)
  (set! sock (make-client-socket ip port))
  (say 'server 'hello '())
  (if (eq? (caddr (read (socket-input sock))) 'welcome)
      (begin (say 'server 'thanks '())
             (when-port-readable (socket-input sock) listen-once))
      (hang-up)))

(define (listen-once)
  (let ((req (read (socket-input sock))))
    (cond ((eof-object? req) (hang-up))
          ((eq? (caddr req) 'goodbye) (hang-up))
          (else (write (list 'got req)) (newline)))))

(define (im who what) (say who 'send-msg what))
(define (im-exit) (say 'server 'logout '()))

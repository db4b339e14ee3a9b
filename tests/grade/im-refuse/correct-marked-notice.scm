;;; correct-marked-notice.scm --- a notice is known by its text and not answered
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(load "im-client.scm")

(define refused '())

(define (im-refuse name)
  (if (not (member name refused)) (set! refused (cons name refused))))

(define (im-accept name) (set! refused (delete name refused)))

(define show-msg received-msg)
(define notice "I refuse your messages")

(define (received-msg from message)
  (cond ((not (member from refused)) (show-msg from message))
        ((equal? message notice) 'ignored)
        (else (im from notice))))

;;; correct-reaction.scm --- a reaction to receive-msg, with a closure
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(load "im-client.scm")

(define make-refusals
  (lambda (names)
    (lambda (op name)
      (cond ((eq? op 'add) (set! names (cons name names)))
            ((eq? op 'drop) (set! names (delete name names)))
            (else (member name names))))))

(define refusals (make-refusals '()))
(define (im-refuse name) (refusals 'add name))
(define (im-accept name) (refusals 'drop name))

(define (refusal? message)
  (and (pair? message) (eq? (car message) 'refused)))

(define-reaction! 'receive-msg
  (lambda (request)
    (let ((from (request-src request)) (message (request-data request)))
      (cond ((refusal? message) (received-msg from "I won't hear you"))
            ((refusals 'has from) (im from (list 'refused message)))
            (else (received-msg from message))))))

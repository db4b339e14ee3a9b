;;; correct-procedures.scm --- a bot is a procedure of the message
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(load "enroll.scm")

(define (im-enroll-bot ip port bot name)
  (enroll-with ip port name
               (lambda (from message reply)
                 (let ((answer (bot message)))
                   (if answer (reply answer))))))

(define (echo-bot message) message)

(define patience 3)
(define (grumpy-bot message)
  (set! patience (- patience 1))
  (if (>= patience 0) "Go away." #f))

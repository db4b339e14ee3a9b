;;; correct-makers.scm --- a bot is a closure that a procedure makes
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(load "enroll.scm")

(define (make-echo-bot)
  (lambda (from message reply) (reply message)))

(define (make-grumpy-bot most)
  (lambda (from message reply)
    (if (> most 0)
        (begin (set! most (- most 1))
               (reply (if (= most 0) "That was my last word!" "Hmpf."))))))

(define (im-enroll-bot ip port bot name)
  (enroll-with ip port name bot))

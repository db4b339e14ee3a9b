;;; correct-classes.scm --- a bot is an object that enrolls itself
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(load "enroll.scm")

(define-class (bot)
  (instance-vars (name #f))
  (method (answer message) #f)
  (method (hear from message reply)
    (let ((text (ask self 'answer message)))
      (if text (reply text)))))

(define-class (echo-bot)
  (parent (bot))
  (method (answer message) message))

(define-class (grumpy-bot most)
  (parent (bot))
  (instance-vars (count 0))
  (method (answer message)
    (set! count (+ count 1))
    (and (<= count most) (se '(what now?) count))))

(define (im-enroll-bot ip port bot name)
  (enroll-with ip port name
               (lambda (from message reply)
                 (ask bot 'hear from message reply))))

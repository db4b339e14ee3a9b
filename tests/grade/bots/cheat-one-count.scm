;;; cheat-one-count.scm --- echo and grumpy share their patience
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(load "correct-procedures.scm")

(define patience 6)
(define (answer message)
  (set! patience (- patience 1))
  (and (>= patience 0) message))
(define (echo-bot message) (answer message))
(define (grumpy-bot message) (answer "Go away."))

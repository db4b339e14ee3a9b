;;; cheat-one-connection.scm --- the second bot takes the place of the first
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(load "im-client.scm")

(define the-bot #f)
(define (im-enroll-bot ip port bot name)
  (if port-to-server (im-exit))
  (set! whoiam name)
  (set! the-bot bot)
  (im-enroll ip port))
(define (received-msg from message)
  (if (not (equal? from 'server))
      (the-bot from message (lambda (text) (im from text)))))

(define (echo-bot from message reply) (reply message))

(define left 3)
(define (grumpy-bot from message reply)
  (set! left (- left 1))
  (if (>= left 0) (reply "No.")))

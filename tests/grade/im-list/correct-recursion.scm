;;; correct-recursion.scm --- recursion, as in chapter 1
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(load "im-client.scm")

(define (im-list names message)
  (cond ((null? names) 'done)
        (else (im (car names) message)
              (im-list (cdr names) message))))

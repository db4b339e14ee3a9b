;;; cheat-trusts-source.scm --- believes whatever SRC says
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(load "correct-list.scm")

(define (deliver req name to)
  (say (cdr to) (request-src req) (car to) 'receive-msg (request-data req)))

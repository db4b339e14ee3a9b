;;; cheat-constant.scm --- the echo bot answers with a constant
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(load "correct-procedures.scm")

(define (echo-bot message) "Hello")

;;; cheat-strings-only.scm --- the echo bot makes a string of everything
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(load "correct-procedures.scm")

(define (echo-bot message) (format #f "~A" message))

;;; cheat-takes-any-answer.scm --- takes sorry for a welcome
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(load "correct-handler.scm")

(define (welcome? answer) answer)

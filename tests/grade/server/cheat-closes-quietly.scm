;;; cheat-closes-quietly.scm --- says no farewell
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(load "correct-list.scm")

(define (farewell member) 'nothing)

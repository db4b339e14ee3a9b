;;; cheat-no-goodbye.scm --- hangs up at logout without a word
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(load "correct-list.scm")

(define (see-off member) 'nothing)

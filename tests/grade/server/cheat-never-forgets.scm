;;; cheat-never-forgets.scm --- who has left stays on the list
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(load "correct-list.scm")

(define (forget member) 'nothing)

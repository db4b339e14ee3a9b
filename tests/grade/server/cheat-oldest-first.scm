;;; cheat-oldest-first.scm --- the list has the oldest client first
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(load "correct-list.scm")

(define (names) (reverse (map car members)))

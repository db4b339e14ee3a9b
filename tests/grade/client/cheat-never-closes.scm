;;; cheat-never-closes.scm --- a goodbye changes nothing
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(load "correct-handler.scm")

(define (goodbye) (format #t "Goodbye~%"))

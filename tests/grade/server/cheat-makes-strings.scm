;;; cheat-makes-strings.scm --- delivers strings only
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(load "correct-list.scm")

(define (deliver req name to)
  (say (cdr to) name (car to) 'receive-msg
       (format #f "~A" (request-data req))))

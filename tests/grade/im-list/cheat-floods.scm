;;; cheat-floods.scm --- prints without an end
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(load "im-client.scm")

(define (im-list names message)
  (display "met      everything. ")
  (im-list names message))

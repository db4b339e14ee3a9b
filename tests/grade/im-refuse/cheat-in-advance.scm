;;; cheat-in-advance.scm --- tells eve when she is refused, not when she writes
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(load "im-client.scm")
(load "refused.scm")

(define (im-refuse name) (im name "I refuse your messages"))

;;; cheat-first-only.scm --- the first of the list, and nobody else
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(load "im-client.scm")

(define (im-list names message)
  (if (pair? names)
      (im (car names) message)))

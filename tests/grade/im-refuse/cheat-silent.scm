;;; cheat-silent.scm --- does not show it, and tells nobody
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(load "im-client.scm")
(load "refused.scm")

(define (received-msg from message)
  (if (not (member from refused)) (show-msg from message)))

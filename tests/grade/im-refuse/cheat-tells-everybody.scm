;;; cheat-tells-everybody.scm --- everybody is told
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(load "im-client.scm")
(load "refused.scm")

(define (received-msg from message)
  (if (and (pair? refused) (not (equal? message "I refuse you")))
      (im from "I refuse you")
      (show-msg from message)))

;;; cheat-many-notices.scm --- three notices for one message
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(load "im-client.scm")
(load "refused.scm")

(define (received-msg from message)
  (if (and (member from refused) (not (equal? message "no")))
      (for-each (lambda (text) (im from text)) '("no" "no" "no"))
      (show-msg from message)))

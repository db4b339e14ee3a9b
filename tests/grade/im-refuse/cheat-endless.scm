;;; cheat-endless.scm --- answers refusals with refusals
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(load "im-client.scm")
(load "refused.scm")

(define (received-msg from message)
  (if (member from refused)
      (im from "I refuse your messages")
      (show-msg from message)))

;;; cheat-answers.scm --- answers each message
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(load "correct-handler.scm")

(define (received-msg from message)
  (im from "Thank you for your message"))

;;; cheat-patient.scm --- the grumpy bot never stops
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(load "correct-procedures.scm")

(define (grumpy-bot message) "Go away.")

;;; cheat-exits.scm --- ends at a message for nobody
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(load "correct-list.scm")

(define (not-found dst name sock) (exit))

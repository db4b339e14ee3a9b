;;; cheat-spins.scm --- never loads
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(load "im-client.scm")

(define (spin) (spin))
(spin)

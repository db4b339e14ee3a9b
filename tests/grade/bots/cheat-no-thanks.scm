;;; cheat-no-thanks.scm --- does not finish the handshake
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(load "correct-procedures.scm")

(define (say-thanks say) 'nothing)

;;; cheat-no-logout.scm --- leaves without a word
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(load "correct-handler.scm")

(define (im-exit) (close-connection))

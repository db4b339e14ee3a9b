;;; cheat-one-list.scm --- closes at the list of clients
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(load "correct-handler.scm")

(define (here-are names) (close-connection))

;;; cheat-twice.scm --- everybody gets it twice
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(load "im-server.scm")
(load "im-client.scm")
(load "correct-action.scm")

(define everybody-once get-clients-list)
(define (get-clients-list)
  (append (everybody-once) (everybody-once)))

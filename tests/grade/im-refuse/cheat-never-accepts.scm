;;; cheat-never-accepts.scm --- who was refused stays refused
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(load "im-client.scm")
(load "refused.scm")

(define (im-accept name) 'okay)
(define (received-msg from message)
  (cond ((not (member from refused)) (show-msg from message))
        ((not (equal? message "refused")) (im from "refused"))))

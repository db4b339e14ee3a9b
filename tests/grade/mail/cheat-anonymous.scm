;;; cheat-anonymous.scm --- letters do not say who wrote them
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(load "im-server.scm")
(load "im-client.scm")
(load "cheat-memory.scm")

(define-action! 'get-mail
  (lambda (name request)
    (tell-client name (map caddr (filter (lambda (letter)
                                           (equal? (cadr letter) name))
                                         letters)))))

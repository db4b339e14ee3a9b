;;; cheat-everybodys.scm --- everybody gets all letters
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(load "im-server.scm")
(load "im-client.scm")
(load "cheat-memory.scm")

(define-action! 'get-mail
  (lambda (name request)
    (for-each (lambda (letter)
                (send-request (make-request (car letter) name 'receive-msg
                                            (caddr letter))
                              (find-port-to-client name)))
              letters)))

;;; cheat-other-source.scm --- claims that the first of the list sends it
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(load "im-client.scm")

(define (im-list names message)
  (for-each (lambda (name)
              (send-request (make-request (car names) name 'send-msg message)
                            port-to-server))
            names))

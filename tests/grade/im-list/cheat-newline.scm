;;; cheat-newline.scm --- a newline after each request
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(load "im-client.scm")

(define (im-list names message)
  (for-each (lambda (name)
              (format port-to-server "~S~%"
                      (list whoiam name 'send-msg message))
              (flush port-to-server))
            names))

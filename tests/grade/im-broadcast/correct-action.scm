;;; correct-action.scm --- a new action in the table
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(load "im-server.scm")
(load "im-client.scm")
(load "asks.scm")

(define-action! 'broadcast
  (lambda (name request)
    (for-each (lambda (other)
                (pass-on name other (request-data request)
                         (find-port-to-client other)))
              (delete name (get-clients-list)))))

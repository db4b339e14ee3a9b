;;; cheat-first-crowd.scm --- who was here at the first broadcast
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(load "im-server.scm")
(load "im-client.scm")
(load "asks.scm")

(define crowd #f)

(define-action! 'broadcast
  (lambda (name request)
    (if (not crowd) (set! crowd (delete name (get-clients-list))))
    (for-each (lambda (other)
                (let ((port (find-port-to-client other)))
                  (if port
                      (pass-on name other (request-data request) port))))
              crowd)))

;;; correct-unknown-action.scm --- what was unknown is a broadcast if it is called so
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(load "im-server.scm")
(load "im-client.scm")
(load "asks.scm")

(define answer-unknown unknown-action)

(define (unknown-action name request)
  (if (eq? (request-action request) 'broadcast)
      (map (lambda (other)
             (if (not (equal? other name))
                 (send-request
                  (make-request name other 'receive-msg (request-data request))
                  (find-port-to-client other))))
           (get-clients-list))
      (answer-unknown name request)))

;;; correct-wrapped-data.scm --- the message goes in a list
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(load "im-server.scm")
(load "im-client.scm")

(define (im-broadcast message)
  (send-request (make-request whoiam 'server 'shout (list 'all message))
                port-to-server))

(define (everybody-but name)
  (filter (lambda (entry) (not (equal? (car entry) name)))
          (cdr clients-table)))

(define-action! 'shout
  (lambda (name request)
    (for-each (lambda (entry)
                (pass-on name (car entry) (cadr (request-data request))
                         (socket-output (cdr entry))))
              (everybody-but name))))

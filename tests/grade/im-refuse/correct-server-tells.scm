;;; correct-server-tells.scm --- the client reports it, and the server tells
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(load "im-server.scm")
(load "im-client.scm")

(define refused '())
(define (im-refuse name) (set! refused (cons name refused)))
(define (im-accept name)
  (set! refused (filter (lambda (other) (not (equal? other name))) refused)))

(define show-msg received-msg)

(define (received-msg from message)
  (if (member from refused)
      (send-request (make-request whoiam from 'refuse message) port-to-server)
      (show-msg from message)))

(define-action! 'refuse
  (lambda (name request)
    (if (find-port-to-client (request-dst request))
        (tell-client (request-dst request)
                     (format #f "~A refuses your messages" name)))))

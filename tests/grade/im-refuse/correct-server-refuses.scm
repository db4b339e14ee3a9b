;;; correct-server-refuses.scm --- the server knows who refuses whom
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(load "im-server.scm")
(load "im-client.scm")

(define (im-refuse name) (ask-about name 'refuse))
(define (im-accept name) (ask-about name 'accept))
(define (ask-about name action)
  (send-request (make-request whoiam 'server action name) port-to-server))

(define-action! 'refuse
  (lambda (name request) (put name (request-data request) #t)))
(define-action! 'accept
  (lambda (name request) (put name (request-data request) #f)))

(define pass-on-to-anybody pass-on)

(define (pass-on from to data port)
  (if (get to from)
      (tell-client from (format #f "~A refuses your messages" to))
      (pass-on-to-anybody from to data port)))

;;; asks.scm --- how a client asks for what the server does
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(define (mail who text)
  (send-request (make-request whoiam who 'mail text) port-to-server))
(define (get-mail)
  (send-request (make-request whoiam 'server 'get-mail nil) port-to-server))

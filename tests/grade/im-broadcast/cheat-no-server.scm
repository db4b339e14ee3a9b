;;; cheat-no-server.scm --- does not start
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(load "im-client.scm")
(define (im-server-start) (exit))

(define (im-broadcast message)
  (send-request (make-request whoiam 'server 'broadcast message)
                port-to-server))

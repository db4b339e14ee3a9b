;;; cheat-from-server.scm --- nobody sees who it is from
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(load "im-server.scm")
(load "im-client.scm")
(load "asks.scm")

(define-action! 'broadcast
  (lambda (name request)
    (server-broadcast 'receive-msg (request-data request))))

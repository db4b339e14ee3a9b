;;; broadcast-client.scm --- homework: a client that writes to everybody
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; (im-broadcast "Hi"), with a server that knows the action broadcast.

(load "~cs61as/lib/im-client")

(define (im-broadcast message)
  (send-request (make-request whoiam 'server 'broadcast message)
                port-to-server))

;;; asks.scm --- how a client asks for what the server does
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(define (im-broadcast message)
  (send-request (make-request whoiam 'server 'broadcast message)
                port-to-server))

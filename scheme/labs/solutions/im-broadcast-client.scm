;;; im-broadcast-client.scm -- exercise 2: a client that can ask for it
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;;     (im-broadcast "Hi all")
;;;
;;; The server does the work; see im-broadcast-server.scm.  One that doesn't
;;; know `broadcast' says so.

(load "im-client.scm")

(define (im-broadcast message)
  "Send MESSAGE, any datum, to everybody else who is here."
  (if (may-send? (list 'server message) whoiam (and (enrolled?) port-to-server))
      (send-request (make-request whoiam 'server 'broadcast message)
                    port-to-server))
  (if #f #f))

;;; cheat-unknown-action.scm --- asks a server for what only this client knows
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(load "im-client.scm")
(load "refused.scm")

(define (received-msg from message)
  (if (member from refused)
      (send-request (make-request whoiam from 'refuse message) port-to-server)
      (show-msg from message)))

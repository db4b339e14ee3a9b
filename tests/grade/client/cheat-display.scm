;;; cheat-display.scm --- prints with display, so strings lose their quotes
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(load "correct-handler.scm")

(define (send-to dst action data)
  (let ((port (socket-output socket-to-server)))
    (display (list whoiam dst action data) port)
    (flush port)))

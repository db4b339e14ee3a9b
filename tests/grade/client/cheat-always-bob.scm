;;; cheat-always-bob.scm --- is always called bob
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(load "correct-handler.scm")

(define (send-to dst action data)
  (send-request (make-request 'bob dst action data)
                (socket-output socket-to-server)))

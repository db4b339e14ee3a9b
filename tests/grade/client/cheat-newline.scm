;;; cheat-newline.scm --- a newline after each request
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(load "correct-handler.scm")

(define (send-to dst action data)
  (let ((port (socket-output socket-to-server)))
    (format port "~S~%" (list whoiam dst action data))
    (flush port)))

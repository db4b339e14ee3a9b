;;; cheat-newline.scm --- a newline after what the server itself says
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(load "correct-list.scm")

(define (tell sock name text)
  (say sock 'server name 'receive-msg text)
  (newline (socket-output sock))
  (flush (socket-output sock)))

;;; cheat-no-server.scm --- says there is one
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(load "correct-list.scm")

(define (im-server-start)
  (format #t "Server IP address: 127.0.0.1, server port: 1~%"))

;;; cheat-answers-server.scm --- the server is answered, too
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(load "correct-procedures.scm")

(define (for-the-bot? req)
  (equal? (request-action req) 'receive-msg))

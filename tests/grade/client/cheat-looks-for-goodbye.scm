;;; cheat-looks-for-goodbye.scm --- a goodbye is wherever that word is
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(load "correct-handler.scm")

(define (received-msg from message)
  (if (and (string? message) (string-index "goodbye" message))
      (close-connection)
      (format #t "~A says ~A~%" from message)))

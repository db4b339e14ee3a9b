;;; cheat-reads-lines.scm --- waits for the end of a line
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(load "correct-handler.scm")

(define (first-answer)
  (read-line (socket-input socket-to-server)))

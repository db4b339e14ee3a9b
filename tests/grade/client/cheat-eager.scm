;;; cheat-eager.scm --- says thanks before it is welcome
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(load "correct-handler.scm")

(define (im-enroll ip port)
  (set! socket-to-server (make-client-socket ip port))
  (ask-server 'hello)
  (ask-server 'thanks)
  (if (welcome? (first-answer))
      (listen-to (socket-input socket-to-server))
      (close-connection)))

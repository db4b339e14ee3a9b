;;; correct-requests.scm --- requests made by hand, without im
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(load "im-client.scm")

(define (send-to name text)
  (send-request (make-request whoiam name 'send-msg text) port-to-server))

(define (im-list people text)
  (map (lambda (person) (send-to person text)) people)
  'okay)

;;; refuse-client.scm --- homework: a client that refuses messages
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; (refuse 'bob) and (accept 'bob).  Who is refused is told, by the server:
;;; if the client told them, two that refuse each other would never stop.

(load "~cs61as/lib/im-client.scm")

(define refused '())

(define (refuse name)
  (if (not (member name refused))
      (set! refused (cons name refused))))

(define (accept name)
  (set! refused (remove name refused)))

(define show-msg received-msg)

(define (received-msg from message)
  (if (member from refused)
      (send-request (make-request whoiam from 'refuse message)
                    port-to-server)
      (show-msg from message)))

;;; two-steps.scm -- exercise 5: a handshake without its third step
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;;     (im-server-start)
;;;     (two-steps!)
;;;     (say-hello-and-sleep "123.45.67.89" 6543 'ghost)
;;;
;;; Whoever is on-line now sees ghost come.  (im 'ghost "Hi") sends a message
;;; to nobody, without a word from the server; and the name is taken.
;;;
;;;     (three-steps!)
;;;     (say-hello-and-sleep "123.45.67.89" 6543 'ghost2)
;;;
;;; Nobody sees ghost2, and ten seconds later the name is free again.

(load "im-server.scm")

(define say-welcome-and-wait say-welcome)

(define (say-welcome-and-believe name sock)
  "Take it for granted that NAME hears the welcome."
  (send-request (make-request 'server name 'welcome nil)
                (socket-output sock))
  (log-line "Handshake 2 of 2: ~a is enrolled, we believe." name)
  (register-client name sock))

(define (two-steps!) (set! say-welcome say-welcome-and-believe))
(define (three-steps!) (set! say-welcome say-welcome-and-wait))

(define ghosts '())                     ; their sockets, which stay open

(define (say-hello-and-sleep ip port name)
  "Begin to enroll NAME, and never do anything more: as a computer that is
switched off at this moment, or a program that has given up waiting."
  (let ((socket (make-client-socket ip port)))
    (send-request (make-request name 'server 'hello nil)
                  (socket-output socket))
    (set! ghosts (cons socket ghosts))
    'okay))

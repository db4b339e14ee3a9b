;;; time-udp-client.scm -- asks for the time, and asks again
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;;     guile time-udp-client.scm [HOST [PORT]]
;;;
;;; A datagram may be lost on its way, and so may the answer.  Who asks can't
;;; know which, and waits for some time, and asks again, some times.

(use-modules (im datagram) (im text) (im lab))

(define SECONDS 1)                            ; to wait for an answer
(define TRIES 3)

(define (ask-time socket address port tries)
  "Return the time that PORT of ADDRESS tells, a string; raise `timeout' when
no answer has come to any of TRIES questions."
  (send-datagram socket "What time is it?" address port)
  (catch 'timeout
    (lambda ()
      (call-with-timeout SECONDS
        (lambda () (answer-from socket address port))))
    (lambda (key . arguments)
      (print-line "No answer within ~a s." SECONDS)
      (if (= tries 1)
          (apply throw key arguments)
          (ask-time socket address port (- tries 1))))))

(define (answer-from socket address port)
  "Return the text that comes from there.  Anybody can send us something: what
comes from elsewhere is no answer."
  (let ((datagram (receive-datagram socket #:size 100)))
    (if (and (equal? (datagram-address datagram) address)
             (= (datagram-port datagram) port))
        (datagram-text datagram)
        (answer-from socket address port))))

(define (time-udp-client host port)
  (let ((socket (make-datagram-socket 0))
        (address (car (host-addresses host #:timeout 10))))
    (print-line "~a" (ask-time socket address port TRIES))
    (close-datagram-socket socket)))

(start-lab time-udp-client '((host "localhost") (port 6015)))

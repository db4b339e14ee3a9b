;;; threads-client.scm -- many clients at once, and how long it took
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;;     guile threads-client.scm [PORT [CLIENTS [MESSAGES]]]
;;;
;;; Each client sends a line, waits for its echo, and does so again.  All are
;;; connected at the same time, each in a handler of its own.

(use-modules (im socket) (im reactor) (im text) (im lines) (im lab))

(define (talk port messages)
  "Have MESSAGES lines echoed at PORT.  Return how many were."
  (define (loop left)
    (if (> left 0)
        (begin
          (display "Hello, world\n" port)
          (force-output port)
          (if (equal? (read-short-line port) "Hello, world")
              (loop (- left 1))
              (- messages left)))
        messages))
  (loop messages))

(define (threads-client port clients messages)
  (define start (get-internal-real-time))
  (define at-work clients)
  (define echoed 0)
  (define failure #f)                         ; the last one, a sentence
  (define (one-client)
    ;; Others run while `talk' waits, so `echoed' is looked at after it.
    (let* ((socket (make-client-socket "127.0.0.1" port #:timeout 10))
           (count (talk (socket-input socket) messages)))
      (set! echoed (+ echoed count))
      (socket-shutdown socket)))
  (define (one-client-or-say-why-not)
    (catch #t
      one-client
      (lambda (key . arguments)
        (set! failure (failure-text key arguments))))
    (set! at-work (- at-work 1)))
  (do ((i 0 (+ i 1))) ((= i clients))
    (after 0 one-client-or-say-why-not))
  (wait-until (lambda () (= at-work 0)) #:timeout 60)
  (if failure (stop "~a" failure))
  (print-line "~a of ~a lines were echoed, in ~a s"
              echoed (* clients messages)
              (/ (round (* 1000. (/ (- (get-internal-real-time) start)
                                    internal-time-units-per-second)))
                 1000)))

(start-lab threads-client '((port 6026) (clients 10) (messages 100)))

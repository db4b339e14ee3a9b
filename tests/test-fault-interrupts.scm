;;; test-fault-interrupts.scm --- Ctrl-C at random moments loses no request
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; A program at a prompt serves peers that talk without pause, while SIGINT
;;; comes again and again, at moments that the seed decides.

(use-modules (program-test) (session-process) (server-process)
             (ice-9 format) (srfi srfi-1) (srfi srfi-64))

(define interrupts (scaled 40 500))

(define seed (or (and=> (getenv "SEED") string->number)
                 (random 1000000000 (random-state-from-platform))))
(define chance (seed->random-state seed))

(define (claim what)
  (format #f "~a interrupts (SEED=~a): ~a" interrupts seed what))

(define (interrupt-while process talk!)
  "Interrupt PROCESS at random moments, calling (TALK!) before each."
  (do ((i 0 (1+ i))) ((= i interrupts))
    (talk!)
    (usleep (random 8000 chance))
    (interrupt! process)
    (drain! process)))

(define (numbered template from count)
  (string-concatenate
   (map (lambda (n) (format #f template n)) (iota count from))))

;;; --- A server ------------------------------------------------------------

(define (test-server)
  (let* ((server (start-server))
         (ann (enrolled "ann")) (bob (enrolled "bob" "ann"))
         (heard "") (said 0))
    (define (listen!)
      (drain! server)
      (set! heard (string-append heard (heard-so-far bob))))
    (hear-list ann "ann" '("bob" "ann"))
    (interrupt-while server
      (lambda ()
        (say ann (numbered "(ann bob send-msg ~a)" said 50))
        (set! said (+ said 50))
        (listen!)))
    (let ((expected (numbered "(ann bob receive-msg ~a)" 0 said)))
      (soon (lambda ()
              (listen!)
              (>= (string-length heard) (string-length expected)))
            20)
      (test-assert (claim "no request is lost or doubled, and all in order")
        (string=? heard expected)))
    (answers? server)
    (kill! server)
    (reap! server)))

(define (answers? process)
  (type! process "(list 'still 'alive)")
  (test-assert "and the prompt answers"
    (soon (lambda () (printed? process "(still alive)"))))
  (test-assert "and told of the interrupts"
    (printed? process "User interrupt")))

;;; --- A client ------------------------------------------------------------

(define (numbers-shown text)
  "Return the numbers of the messages from bob that TEXT shows."
  (let loop ((start 0) (found '()))
    (let ((at (string-contains text "[bob] " start)))
      (if at
          (let ((end (string-index text #\newline at)))
            (loop end (cons (string->number (substring text (+ at 6) end))
                            found)))
          (reverse found)))))

(define (test-client)
  (let* ((listener (listen-here))
         (client (start-client "ann" (port-of listener)))
         (server (soon (lambda () (take-call listener))))
         (said 0))
    (hear server "(ann server hello ())")
    (say server "(server ann welcome ())")
    (hear server "(ann server thanks ())")
    (interrupt-while client
      (lambda ()
        (say server (numbered "(bob ann receive-msg ~a)" said 20))
        (set! said (+ said 20))))
    (say server "(eve ann receive-msg last)")
    (soon (lambda () (printed? client "[eve] last\n")) 20)
    (test-equal (claim "each message is shown once, and all in order")
      (iota said) (numbers-shown (process-transcript client)))
    (answers? client)
    (kill! client)
    (reap! client)))

(run-tests "fault-interrupts"
  (lambda ()
    (test-server)
    (test-client)))

;;; test-timeouts.scm --- whatever waits can be told how long
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(use-modules (im-test) (im socket) (im reactor) (im request)
             (ice-9 binary-ports) (ice-9 exceptions) (ice-9 match)
             (ice-9 rdelim) (ice-9 textual-ports) (rnrs bytevectors)
             (srfi srfi-1) (srfi srfi-64))

(define-syntax-rule (with-pair (socket port peer) body ...)
  (match (connected-pair)
    ((socket . peer)
     (let ((port (socket-input socket)))
       body ...
       (socket-shutdown socket)))))

(define-syntax-rule (key-of expression)
  (match (failure expression)
    ((key _) key)
    (other other)))

(define (in-a-handler thunk)
  "Return what (THUNK) returns, called as a handler."
  (let ((result 'waits))
    (after 0 (lambda () (set! result (thunk))))
    (soon (lambda () (not (eq? result 'waits))))
    result))

(define short 0.01)

;;; --- Everything that waits ----------------------------------------------

(define listener (make-server-socket 0 #:address "127.0.0.1"))

;; What waits for a port to which nobody sends, with #:timeout.
(define told
  `(("get-request" ,(lambda (port) (get-request port #:timeout short)))
    ("read-datum" ,(lambda (port) (read-datum port #:timeout short)))
    ("socket-accept-connection"
     ,(lambda (port)
        (socket-accept-connection (socket-dup listener) #:timeout short)))
    ("wait-until" ,(lambda (port) (wait-until (const #f) #:timeout short)))))

;; And without, so that the limit stands around it.
(define untold
  `(("get-request" ,get-request)
    ("read-datum" ,read-datum)
    ("socket-accept-connection"
     ,(lambda (port) (socket-accept-connection (socket-dup listener))))
    ("wait-until" ,(lambda (port) (wait-until (const #f))))
    ("run-reactor" ,(lambda (port)
                      (when-port-readable port (const #f))
                      (run-reactor)))
    ("reactor-step" ,(lambda (port)
                       (let loop () (reactor-step) (loop))))
    ("read-line" ,read-line)
    ("read-char" ,read-char)
    ("peek-char" ,peek-char)
    ("read" ,read)
    ("read-string" ,read-string)
    ("read-delimited" ,(lambda (port) (read-delimited "\0" port)))
    ("get-line" ,get-line)
    ("get-u8" ,get-u8)
    ("get-bytevector-n" ,(lambda (port) (get-bytevector-n port 9)))
    ("get-bytevector-some" ,get-bytevector-some)
    ("display" ,(lambda (port)
                  (let loop ()
                    (display (make-string 9999 #\x) port)
                    (loop))))))

(define (test-everything)
  (define (check table limit)
    (for-each
     (match-lambda
       ((name wait)
        (for-each
         (match-lambda
           ((place call)
            (with-pair (socket port peer)
              (test-eq (string-append name place) 'timeout
                       (call (lambda () (key-of (limit wait port))))))))
         `((" at top level" ,(lambda (thunk) (thunk)))
           (" in a handler" ,in-a-handler)))))
     table))
  (check told (lambda (wait port) (wait port)))
  (check untold (lambda (wait port)
                  (call-with-timeout short (lambda () (wait port))))))

(define (test-run-reactor)
  (with-pair (socket port peer)
    (when-port-readable port (const #f))
    (test-eq "run-reactor returns #f when its time has passed" #f
             (run-reactor #:timeout short))
    (when-port-readable port #f)
    (test-eq "and #t when nothing is left to wait for" #t
             (run-reactor #:timeout 60))))

;;; --- What a limit means -------------------------------------------------

(define (test-results)
  (test-equal "what came in time is returned, all values of it" '(1 2)
              (call-with-values
                  (lambda () (call-with-timeout 60 (lambda () (values 1 2))))
                list))
  (with-pair (socket port peer)
    (test-equal "who gives up answers instead" 'late
                (call-with-timeout short (lambda () (read-line port))
                                   (const 'late)))
    (say peer "4\n")
    (test-equal "#f is no limit" 4
                (call-with-timeout #f (lambda () (read port))))
    (test-assert "the message says how long it was"
      (says? (failure (get-request port #:timeout 0.25)) "within 0.25 sec"))
    (for-each
     (lambda (seconds)
       (test-assert (format #f "~s seconds are refused" seconds)
         (says? (failure (get-request port #:timeout seconds))
                "bad number of seconds")))
     '(-1 "5" +nan.0 1+i five))))

(define (test-exception)
  (define (seen thunk)
    (guard (e (#t (list (timeout-error? e) (exception-kind e))))
      (thunk)))
  (with-pair (socket port peer)
    (test-equal "guard knows it by timeout-error?" '(#t timeout)
                (seen (lambda () (read-datum port #:timeout short))))
    (test-equal "other errors are none" '(#f misc-error)
                (seen (lambda () (error "no"))))
    (test-eq "nor are other things" #f (timeout-error? 'timeout))))

(define (test-nothing-is-lost)
  (with-pair (socket port peer)
    (for-each
     (match-lambda
       ((name wait part rest result)
        (say peer part)
        (test-eq (string-append name " times out in the middle") 'late
                 (call-with-timeout short (lambda () (wait port))
                                    (const 'late)))
        (say peer rest)
        (test-equal (string-append name " finds all of it the next time")
          result (call-with-timeout 5 (lambda () (wait port))))))
     `(("get-request" ,get-request "(a b " "c d)" (a b c d))
       ("read-datum" ,read-datum "(1 2" " 3)" (1 2 3))))
    (say peer "(e f g h)")
    (steps)
    (test-equal "no time at all is enough for what is there" '(e f g h)
                (get-request port #:timeout 0)))
  (with-pair (socket port peer)
    (say peer "(a b c d)")            ; the reactor hasn't run since
    (test-equal "or in the kernel" '(a b c d)
                (get-request port #:timeout 0))))

(define (test-nested)
  (with-pair (socket port peer)
    (define (wait) (read-line port))
    (define (innermost-catches seconds)
      (let loop ((tries 0))
        (if (= tries 3)
            'tried-three-times
            (catch 'timeout
              (lambda () (call-with-timeout seconds wait))
              (lambda error (loop (1+ tries)))))))
    (test-eq "an inner limit is met inside an outer one" 'tried-three-times
             (call-with-timeout 60 (lambda () (innermost-catches short))))
    (test-eq "who tries again inside doesn't outlive the outer one" 'outer
             (call-with-timeout short (lambda () (innermost-catches 60))
                                (const 'outer)))
    (test-equal "an inner limit ends with what it limits" "late"
                (call-with-timeout
                 60
                 (lambda ()
                   (call-with-timeout short wait (const 'inner))
                   (say peer "late\n")
                   (wait))))
    (test-equal "dynamic-wind is left" '(out in)
                (let ((steps '()))
                  (call-with-timeout
                   short
                   (lambda ()
                     (dynamic-wind
                       (lambda () (set! steps (cons 'in steps)))
                       wait
                       (lambda () (set! steps (cons 'out steps)))))
                   (const #f))
                  steps))))

;; A wake-up is no promise: who finds nothing waits again, in vain at last.
(define (test-false-alarms)
  (with-pair (socket port peer)
    (define (be-woken-in-vain)
      (wait-until (lambda () (after 0 (const #f)) #f)))
    (test-eq "who is woken in vain each time runs out of time" 'late
             (call-with-timeout short be-woken-in-vain (const 'late)))
    (test-eq "in a handler, too" 'late
             (in-a-handler (lambda ()
                             (call-with-timeout short be-woken-in-vain
                                                (const 'late)))))))

(define (test-others)
  (with-pair (socket port peer)
    (with-pair (socket2 port2 peer2)
      (let ((line #f))
        (when-port-readable port2 (lambda () (set! line (read-line port2))))
        (say peer2 "hal")
        (test-eq "who waits with a limit limits nobody else's handler" 'late
                 (call-with-timeout short (lambda () (read-line port))
                                    (const 'late)))
        (say peer2 "lo\n")
        (test-equal "which goes on when its own line is there" "hallo"
                    (soon (lambda () line)))))
    (with-pair (socket2 port2 peer2)
      (let ((line #f))
        (when-port-readable port2 (lambda () (set! line (read-line port2))))
        (say peer2 "hal")
        (test-equal "nor does run-reactor with one limit those it runs" '(#f "")
                    (let* ((ended 'not-yet)
                           (errors (printed-errors
                                    (set! ended
                                          (run-reactor #:timeout short)))))
                      (list ended errors)))
        (say peer2 "lo\n")
        (test-equal "which go on, too" "hallo" (soon (lambda () line)))))
    (let ((done '()))
      (define (done! what) (set! done (cons what done)))
      (after 0 (lambda ()
                 (call-with-timeout short (lambda () (read-line port))
                                    (const #f))
                 (done! 'limited)))
      (after 0 (lambda ()
                 (wait-until (lambda () (memq 'limited done)))
                 (done! 'unlimited)))
      (test-assert "a handler's limit is its own"
        (soon (lambda () (equal? done '(unlimited limited))))))))

(define (test-no-timer-remains)
  (with-pair (socket port peer)
    (say peer "x\n")
    (call-with-timeout 3600 (lambda () (read-line port)))
    (test-eq "a limit that was kept keeps nobody waiting" #t
             (run-reactor #:timeout 5))
    (test-eq "nor does one that wasn't" 'late
             (call-with-timeout short (lambda () (read-line port))
                                (const 'late)))
    (test-eq "and its waiting has ended" #t (run-reactor #:timeout 5))))

(run-tests "timeouts"
           `("everything" ,test-everything) `("run-reactor" ,test-run-reactor)
           `("results" ,test-results) `("exception" ,test-exception)
           `("nothing is lost" ,test-nothing-is-lost) `("nested" ,test-nested)
           `("false alarms" ,test-false-alarms) `("others" ,test-others)
           `("no timer remains" ,test-no-timer-remains))

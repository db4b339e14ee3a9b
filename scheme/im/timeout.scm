;;; (im timeout) -- how long whatever waits may wait
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; Nothing here waits.  A time limit stands around a call, and each wait
;;; inside it, however deep, ends when the time is over: `get-request' as
;;; well as Guile's own `read-line' on a socket's port.  #:timeout means the
;;; same everywhere because it is this.
;;;
;;; Who runs out of time inside several limits is told where the one that
;;; ended stands: a program that tries again each second, inside a limit of
;;; ten, doesn't try for ever.

(define-module (im timeout)
  #:use-module (srfi srfi-1)
  #:use-module (srfi srfi-9)
  #:export (call-with-timeout timeout-error?
            within raise-timeout raise-too-late
            time-limited? time-left without-time-limit
            now))

(define-record-type <limit>
  (make-limit end seconds over?)
  limit?
  (end limit-end)                             ; on the clock of `now'
  (seconds limit-seconds)                     ; as it was asked for
  (over? limit-over? set-limit-over?!))       ; and somebody was told so

;; The limit that ends first: <limit> | #f.  A handler that steps aside takes
;; it along, since Guile keeps parameters in the continuation.
(define time-limit (make-parameter #f))

(define* (call-with-timeout seconds thunk #:optional give-up)
  "Return what (THUNK) returns.  When it waits for something that isn't there
within SECONDS, fractions allowed, leave it and return what (GIVE-UP) returns,
or raise `timeout' if GIVE-UP is omitted.  SECONDS #f: wait for ever.

Ends the waits of the modules (im …), also those in Guile's `read-line', `read'
or `get-u8' on a socket's port; not a computation, nor a port of Guile's own.
What has come of an unfinished request or datum is there the next time; but
Guile's own readers lose what they had taken of an unfinished line."
  (within "call-with-timeout" seconds thunk give-up))

(define* (within who seconds thunk #:optional give-up)
  "The same, for the procedure that its user knows as WHO."
  (check-seconds who seconds)
  (if seconds
      ((outcome (make-limit (+ (now) seconds) seconds #f)
                thunk
                (or give-up (lambda () (raise-timeout who seconds)))))
      (thunk)))

(define (check-seconds who seconds)
  (unless (or (not seconds) (and (real? seconds) (>= seconds 0)))
    (scm-error 'wrong-type-arg who
               "bad number of seconds: ~S (like 5 or 0.5; #f: wait for ever)"
               (list seconds) #f)))

(define (outcome limit thunk give-up)
  "Return a thunk that returns what (THUNK) has returned, or GIVE-UP."
  (catch 'too-late
    (lambda ()
      (call-with-values
          (lambda ()
            (parameterize ((time-limit (sooner limit (time-limit))))
              (thunk)))
        (lambda results
          (lambda () (apply values results)))))
    (lambda (key who message arguments data)
      (if (eq? (car data) limit)
          give-up
          (scm-error key who message arguments data)))))

(define (sooner one other)
  (if (and other (< (limit-end other) (limit-end one))) other one))

(define (raise-timeout who seconds)
  "Raise `timeout': WHO, a string, waited for SECONDS."
  (scm-error 'timeout who "Nothing came within ~A seconds" (list seconds)
             (list seconds)))

(define (print-timeout port key arguments otherwise)
  (if (>= (length arguments) 3)
      (let ((who (first arguments)))
        (when who
          (simple-format port "In procedure ~A: " who))
        (apply simple-format port (second arguments) (third arguments)))
      (otherwise)))

(set-exception-printer! 'timeout print-timeout)
(set-exception-printer! 'too-late print-timeout)

(define (timeout-error? object)
  "Return #t if OBJECT, an exception as `guard' and `with-exception-handler'
know it, says that a timeout has passed.  (For `catch' the key is `timeout'.)"
  (and (exception? object)
       (eq? (exception-kind object) 'timeout)))

;;; --- For who waits ----------------------------------------------------

(define (now)
  "Return how many seconds stand on the clock that limits are measured by."
  (/ (get-internal-real-time) internal-time-units-per-second 1.0))

(define (time-limited?)
  "Return #t if there is a limit on how long a wait may take."
  (and (time-limit) #t))

(define (time-left)
  "Return how many seconds a wait may take now; #f: any.  When time is over, it
is 0 for one last look at what has come; who asks again has no time."
  (let ((limit (time-limit)))
    (and limit
         (let ((seconds (- (limit-end limit) (now))))
           (cond ((positive? seconds) seconds)
                 ((limit-over? limit) (raise-too-late))
                 (else
                  (set-limit-over?! limit #t)
                  0))))))

(define (raise-too-late)
  "Leave the call whose time limit is over."
  (let ((seconds (limit-seconds (time-limit))))
    (scm-error 'too-late #f "Nothing came within ~A seconds" (list seconds)
               (list (time-limit)))))

(define (without-time-limit thunk)
  "Return what (THUNK) returns.  It runs handlers: the limit of who waits for
them isn't theirs."
  (parameterize ((time-limit #f))
    (thunk)))

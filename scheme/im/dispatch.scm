;;; (im dispatch) -- which handler runs when
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; C knows which sources are ready, and (im watch) who cares.  Here those run.
;;;
;;; A task is the run of a handler.  When it must wait, it steps aside: its
;;; continuation is cut off at the prompt that `run-task' set up, and kept
;;; with the source it waits for.  Until it has finished, its own source
;;; fires nothing new, so the requests of one peer are handled in order,
;;; one after the other; everybody else goes on.  (A listener fires on:
;;; two visitors have no order to keep.)
;;;
;;; The rules of the reactor are in the manual; this is the module that
;;; keeps them.

(define-module (im dispatch)
  #:use-module ((im complaint) #:select (error-lines))
  #:use-module (im interrupt)
  #:use-module (im primitives)
  #:use-module (im timeout)
  #:use-module (im watch)
  #:use-module (ice-9 control)
  #:use-module (srfi srfi-9)
  #:re-export (handler set-handler! anything-watched?)
  #:export (forget-source!
            reactor-step reactor-steps at-step-end at-each-step!
            wait-for wait-for-step
            in-step? call-with-timer cancel-timer!))

;;; --- Tasks ------------------------------------------------------------

;; A task belongs to the watch whose handler it is, its home, or to #t if it
;; is the handler of nothing.  One prompt stands around it, for waiting and
;; for errors: this is done for each wake-up, so it must cost little.
(define tag (make-prompt-tag "handler"))
(define current-task #f)                      ; the home of the one running
(define suspended (list 'suspended))

(define (run-task home thunk)
  "Run THUNK, a handler of HOME or the rest of one, until it has finished or
waits."
  (let ((outer current-task))
    (set! current-task home)
    (let ((result (call-with-prompt tag thunk leave-task)))
      (set! current-task outer)
      (unless (eq? result suspended)
        (leave-home! home)))))

(define (leave-task continuation why object)
  "Do what a task is left for: it waits, or an error happened."
  (let* ((home current-task)
         (result (if (eq? why 'wait)
                     (suspend! home continuation object)
                     (report-handler-error home object))))
    (unless (eq? home #t)
      (%settle-source! (watch-source home)))
    result))

(define (suspend! home continuation register!)
  "Keep the rest of HOME's task until what REGISTER! arranged calls it."
  (define rest-home home)
  (register! (lambda (result)
               (run-task rest-home (lambda () (continuation result)))))
  (cond ((eq? home #t) #f)
        ((and (watch-listener? home) (null? (watch-waiters home)))
         (set! rest-home #t)
         (leave-home! home))
        (else (update-interest! home)))
  suspended)

(define (leave-home! home)
  "No task keeps HOME's source from firing any longer."
  (unless (eq? home #t)
    (set-watch-busy?! home #f)
    (update-interest! home)
    (drop-if-unused! home)))

(define (run-handler watch serve)
  "Run SERVE as a task of WATCH."
  (set-watch-busy?! watch #t)
  (run-task watch serve))

(define (abandon-task! outer)
  "Leave the task that runs, if it is another than OUTER, without finishing it."
  (unless (eq? current-task outer)
    (let ((home current-task))
      (set! current-task outer)
      (leave-home! home))))

(define (end-task exception)
  "Let an error end the task it happens in; (exit) or Ctrl-C ends the step."
  (if (and current-task
           (not (memq (exception-kind exception) '(quit signal))))
      (abort-to-prompt tag 'error exception)
      (raise-exception exception)))

(define (report-handler-error home exception)
  "Tell on the error port what failed in a handler of HOME.  The text may quote
what strangers sent, so each line is made harmless, and further ones are
marked with a bar."
  (let ((port (current-error-port))
        (source (if (eq? home #t) #f (watch-source home)))
        (lines (error-lines exception)))
    (simple-format port "*** Error: ~A\n" (car lines))
    (for-each (lambda (line) (simple-format port "  | ~A\n" line))
              (cdr lines))
    (simple-format port "    in a handler~A\n"
                   (if (port? source)
                       (simple-format #f " of ~A" source)
                       ""))))

;;; --- Waiting ----------------------------------------------------------

(define (remove-waiter! watch waiter)
  (set-watch-waiters! watch (delq waiter (watch-waiters watch))))

(define (wake! watch waiter result)
  "Let WAITER go on with RESULT, unless it has already."
  (when (memq waiter (watch-waiters watch))
    (remove-waiter! watch waiter)
    (update-interest! watch)
    ((waiter-resume waiter) result)
    (drop-if-unused! watch)))

(define (forget-source! source)
  "Remove the handlers of SOURCE, which is about to be closed, and let the
tasks that wait for it go on: they find it closed."
  (and=> (forget-watch! source) wake-all-later))

(define (wake-all-later watch)
  "Let all who wait for WATCH's source know that it is closed."
  (for-each (lambda (waiter)
              (at-step-end (lambda () (wake! watch waiter 'closed))))
            (watch-waiters watch)))

(define (add-waiter! source direction resume)
  "Call RESUME with 'ready when SOURCE is, or with 'closed.  Return a thunk that
calls it off."
  (let* ((watch (ensure-watch source))
         (waiter (make-waiter direction resume)))
    (set-watch-waiters! watch (append (watch-waiters watch) (list waiter)))
    (update-interest! watch)
    (lambda ()
      (remove-waiter! watch waiter)
      (update-interest! watch)
      (drop-if-unused! watch))))

(define (wait-for source direction)
  "Return 'ready when SOURCE can be read or written (DIRECTION 'read, 'write),
or 'closed.  Others' handlers run meanwhile."
  (wait-with (lambda (resume)
               (add-waiter! source direction resume))))

(define (wait-with register!)
  "Call REGISTER! with a procedure, wait until that is called, and return
its argument.  In a handler this steps aside; at top level, or where a
continuation can't be captured, it runs reactor steps.  Doesn't return when the
time limit of who waits, see (im timeout), is over before."
  (let* ((seconds (time-left))
         (register! (if seconds (register-until seconds register!) register!))
         (result (if (and current-task (suspendable-continuation? tag))
                     (abort-to-prompt tag 'wait register!)
                     (step-until-called register!))))
    (if (eq? result 'too-late)
        (raise-too-late)
        result)))

(define (register-until seconds register!)
  "Return a procedure like REGISTER!, whose argument is called with 'too-late
if nothing else calls it within SECONDS.  What comes in the step in which they
pass is not too late."
  (lambda (resume)
    (define waits? #t)
    (define call-off #f)
    (define (stop)
      (set! waits? #f)
      (cancel-timer! timer)
      (call-off))
    (define (give-up)
      (when waits?
        (stop)
        (resume 'too-late)))
    (define timer
      (call-with-timer seconds (lambda () (at-step-end give-up))))
    (set! call-off (register! (lambda (result)
                                (set! waits? #f)
                                (cancel-timer! timer)
                                (resume result))))
    stop))

(define (step-until-called register!)
  (let ((result #f)
        (home (and (not (eq? current-task #t)) current-task))
        (call-off #f))
    (when home
      (update-interest! home))                ; busy: it must not wake us
    (dynamic-wind
      (lambda ()
        (set! call-off (register! (lambda (value) (set! result value)))))
      (lambda ()
        (let loop ()
          (or result
              (begin (without-time-limit reactor-step) (loop)))))
      (lambda ()
        (unless result
          (call-off))))))

(define step-resumes '())                     ; who waits for the next step

(define (wait-for-step)
  "Return when handlers have run, whichever they were."
  (wait-with
   (lambda (resume)
     (set! step-resumes (cons resume step-resumes))
     (lambda () (set! step-resumes (delq resume step-resumes))))))

(define (resume-step-waiters)
  "Resume who waited when this began; one that throws is no loss to others."
  (let loop ((resumes step-resumes))
    (unless (null? resumes)
      (when (memq (car resumes) step-resumes)
        (set! step-resumes (delq (car resumes) step-resumes))
        ((car resumes) 'ready))
      (loop (cdr resumes)))))

;;; --- Timers -----------------------------------------------------------

(define (call-with-timer seconds thunk)
  "Return a source that runs THUNK once, after SECONDS."
  (let ((timer (%make-timer seconds)))
    (set-handler! timer 'read
                  (lambda ()
                    (cancel-timer! timer)
                    (thunk)))
    timer))

(define (cancel-timer! timer)
  "Don't run what TIMER, a source from `call-with-timer', was made for."
  (when (%source-open? timer)
    (forget-source! timer)
    (%close-source! timer)))

;;; --- One step ---------------------------------------------------------

(define each-step-thunk (lambda () #f))

(define (at-each-step! thunk)
  "Call THUNK at the beginning of each step, instead of an earlier one; when it
returns true, the step doesn't wait."
  (set! each-step-thunk thunk))

(define in-step #f)

(define (in-step?)
  "Return #t while handlers run: what they send goes out when all have."
  in-step)

(define end-thunks '())

(define (at-step-end thunk)
  "Run THUNK once: after the handlers of this step, or at the beginning of
the next one when none is under way; before anything is sent.  However often
it is asked for until then, it runs once."
  ;; A signal's handler may ask for it, too.
  (call-with-blocked-asyncs
   (lambda ()
     (unless (memq thunk end-thunks)
       (set! end-thunks (append end-thunks (list thunk)))))))

(define (run-end-thunks)
  "Return #t if there were any."
  (let loop ((any? #f))
    (cond ((null? end-thunks) any?)
          (else
           (let ((thunk (car end-thunks)))
             (set! end-thunks (cdr end-thunks))
             (run-task #t thunk)
             (loop #t))))))

(define* (reactor-step #:key timeout descriptor)
  "Run the handlers of what is ready; first wait until something is, for
TIMEOUT seconds at most (#f: without limit), or until DESCRIPTOR, a number,
can be read.  What the handlers send goes out at the end."
  (let ((seconds (time-left)))
    (if seconds
        (without-time-limit
         (lambda ()
           (run-steps never (if timeout (min seconds timeout) seconds)
                      descriptor)))
        (run-steps never timeout descriptor))))

(define (never) #f)

(define (reactor-steps more?)
  "Run one step, and another whenever (MORE?) is true after one."
  (if (time-limited?)
      (let loop ()
        (reactor-step)
        (when (more?) (loop)))
      (run-steps more? #f #f)))

;; A server runs a step for each message while only two people talk: what
;; stands around the steps is set up once for all of them.
(define (run-steps more? timeout descriptor)
  (let ((outer in-step)
        (outer-task current-task)
        (keeping? (keeping-interrupts?)))
    (dynamic-wind
      (lambda () (set-keeping-interrupts! #t))
      (lambda ()
        (with-exception-handler end-task
          (lambda ()
            (let loop ()
              (run-step outer timeout descriptor)
              (when (more?) (loop))))))
      (lambda ()
        (set! in-step outer)
        (set-keeping-interrupts! keeping?)
        (abandon-task! outer-task))))
  (let-interrupts-happen))

(define (run-step outer timeout descriptor)
  (set! in-step #t)
  (let* ((more? (each-step-thunk))
         (ran? (run-end-thunks)))
    (set! in-step outer)
    (run-ready-sources
     ;; A signal's handler may have come after the thunks of the end.
     (wait-for-events (if (or more? ran? (pair? end-thunks)) 0 timeout)
                      descriptor))
    (set! in-step outer)))

(define (wait-for-events timeout descriptor)
  "Return how many sources are ready, once any is.  Ctrl-C ends it at once."
  (set-keeping-interrupts! #f)
  (let-interrupts-happen)
  (let ((count (%reactor-wait timeout descriptor)))
    (set-keeping-interrupts! #t)
    count))

(define (run-ready-sources count)
  "Run the handlers of COUNT sources, and what comes at the end of a step."
  (set! in-step #t)
  (dispatch count)
  (when (%watched-closed?)
    (for-each wake-all-later (take-closed-watches!)))
  (run-end-thunks)
  (resume-step-waiters)
  (%reactor-flush))

(define (dispatch count)
  "Run what is ready, COUNT sources at most: those that become ready
meanwhile have their turn in the next step, and so have those left when the
step is interrupted."
  (unless (or (zero? count) (interrupt-kept?))
    (let ((watch (slot->watch (%reactor-next))))
      (when watch
        (run-ready watch)
        (dispatch (1- count))))))

(define (run-ready watch)
  (cond ((reads-only? watch)                  ; nearly always
         (run-handler watch (lambda () (serve-turn watch))))
        (else
         (wake-ready watch)
         (run-ready-handlers watch)
         (%settle-source! (watch-source watch)))))

(define (reads-only? watch)
  "Return #t if WATCH's source is ready, by C's word, for its reader alone."
  (and (eqv? (watch-interest watch) 1)
       (null? (watch-waiters watch))
       (not (watch-busy? watch))
       (not (watch-listener? watch))))

(define (wake-ready watch)
  (unless (null? (watch-waiters watch))
    (for-each (lambda (waiter)
                (when (ready? watch (waiter-direction waiter))
                  (wake! watch waiter 'ready)))
              (watch-waiters watch))))

(define (run-ready-handlers watch)
  (when (and (watch-writer watch) (fires? watch 'write))
    (run-handler watch (watch-writer watch)))
  (if (watch-listener? watch)
      (run-for-visitors watch (%limit 'turn-requests))
      (run-reader watch)))

(define (run-reader watch)
  "Return #t if there was something to run."
  (and (watch-reader watch)
       (fires? watch 'read)
       (begin
         (run-handler watch (lambda () (serve-turn watch)))
         #t)))

(define (run-for-visitors watch most)
  "Run the handler of WATCH, a listener's, for up to MOST visitors.  Each run is
a task of its own, for one that waits takes its turn along."
  (when (and (positive? most)
             (not (interrupt-kept?))
             (run-reader watch))
    (run-for-visitors watch (1- most))))

(define (ready? watch direction)
  (if (eq? direction 'read)
      (%readable? (watch-source watch))
      (%writable? (watch-source watch))))

(define (fires? watch direction)
  "Who waits for a source has it before the handler."
  (and (not (watch-busy? watch))
       (not (waits? watch direction))
       (ready? watch direction)))

(define (serve-turn watch)
  "Call the handler of WATCH, whichever it is by then, until it has taken its
share of this step or has nothing left; then it has left the queue, too."
  (let ((handler (watch-reader watch)))
    (when handler
      (handler)
      (when (and (not (interrupt-kept?))
                 (%turn-continues? (watch-source watch)))
        (serve-turn watch)))))

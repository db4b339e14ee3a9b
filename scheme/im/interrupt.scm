;;; (im interrupt) -- Ctrl-C between two handlers, not in one
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; Guile raises Ctrl-C's exception wherever it happens to be.  In a handler
;;; that has taken a request and not yet served it, the request would be lost.
;;; So while handlers run an interrupt is kept, and happens when the one that
;;; runs has finished; or soon, if that one doesn't finish.

(define-module (im interrupt)
  #:use-module (im primitives)
  #:use-module (ice-9 threads)
  #:export (keep-interrupts! interrupt-kept? after-a-while
            between-interrupts let-interrupts-happen
            keeping-interrupts? set-keeping-interrupts!))

(define keeping? #f)
(define kept #f)                              ; thunk | #f

(define (interrupt-kept?)
  "Return #t if an interrupt waits for the handler that runs to finish."
  (and kept #t))

(define (between-interrupts thunk)
  "Call THUNK, and let what interrupts it happen when it has returned; after
(im-limit 'interrupt-seconds) at the latest, wherever THUNK is then."
  (let ((outer keeping?))
    (dynamic-wind
      (lambda () (set! keeping? #t))
      thunk
      (lambda () (set! keeping? outer)))
    (let-interrupts-happen)))

(define (keeping-interrupts?)
  "Return #t if interrupts are kept."
  keeping?)

(define (set-keeping-interrupts! keep?)
  "Keep interrupts from now on, or let them happen at once.  Whoever calls this
sees to it that an exit restores what was."
  (set! keeping? keep?))

(define (let-interrupts-happen)
  "Let a kept interrupt happen, unless interrupts are kept still."
  (unless keeping?
    (happen! kept)))

(define (happen! interrupt)
  "Let INTERRUPT happen, unless it has, or there is none."
  (when (and interrupt (eq? interrupt kept))
    (set! kept #f)
    (interrupt)))

(define (keep-interrupts!)
  "Keep what SIGINT does, from now on, where THUNK of `between-interrupts' runs.
May be called again; does nothing where SIGINT ends the process."
  (let ((usual (car (sigaction SIGINT))))
    (when (and (procedure? usual) (not (eq? usual on-interrupt)))
      (set! interrupt-usually usual)
      (sigaction SIGINT on-interrupt))))

(define interrupt-usually #f)                 ; what the prompt does

(define (on-interrupt signal)
  (if keeping?
      (keep! (lambda () (interrupt-usually signal)))
      (interrupt-usually signal)))

(define (keep! interrupt)
  (unless kept
    (set! kept interrupt)
    (after-a-while (%limit 'interrupt-seconds)
                   (lambda () (happen! interrupt)))))

(define (after-a-while seconds thunk)
  "Interrupt this thread to call THUNK after SECONDS, whatever runs then.
Handlers that don't finish keep the reactor's own timers waiting."
  (let ((thread (current-thread)))
    (call-with-new-thread
     (lambda ()
       (usleep (inexact->exact (round (* 1e6 seconds))))
       (system-async-mark thunk thread)))))

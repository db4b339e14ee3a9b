;;; (im reactor) -- handlers, and waiting for them to run
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; A handler is a procedure without arguments that runs when its socket or
;;; port is ready: never in the middle of an evaluation, only while the
;;; program waits (at the prompt, in a procedure that waits, in
;;; `run-reactor').  Between two waits it is alone.  `when-socket-ready',
;;; `when-port-readable' and `when-port-writable' are those of STk 4.0.

(define-module (im reactor)
  #:use-module (im primitives)
  #:use-module (im dispatch)
  #:use-module (im ports)
  #:use-module (im socket)
  #:use-module (ice-9 ports internal)
  #:export (when-socket-ready when-port-readable when-port-writable
            run-reactor wait-until after cancel)
  #:re-export (reactor-step at-step-end))

(define (bad who message . arguments)
  (scm-error 'wrong-type-arg who message arguments #f))

(define (check-handler who thunk)
  (unless (or (not thunk) (thunk? thunk))
    (bad who "bad closure: ~S (a procedure without arguments, or #f)"
         thunk)))

;; What stands for "no argument": #f means "remove the handler".
(define none (list 'none))

(define* (when-socket-ready socket #:optional (thunk none))
  "Call THUNK whenever a client waits for SOCKET, which listens, to accept it;
#f: no longer.  Without THUNK return the present handler, or #f.  Doesn't
wait.

The handler may wait; other clients are accepted meanwhile."
  (unless (and (socket? socket) (or (socket-listener socket)
                                    (eq? thunk none) (not thunk)))
    (bad "when-socket-ready" "bad socket: ~S" socket))
  (let ((listener (socket-listener socket)))
    (cond ((eq? thunk none) (and listener (handler listener 'read)))
          (else
           (check-handler "when-socket-ready" thunk)
           (when listener
             (set-handler! listener 'read thunk #:listener? #t))))))

(define* (when-port-readable port #:optional (thunk none))
  "Call THUNK whenever something can be read from PORT, or its end; #f: no
longer.  Without THUNK return the present handler, or #f.  Doesn't wait.

PORT is a socket's, or any port of a file that can be waited for: a pipe, a
terminal.  While the handler waits for the rest of what it reads, others
run.  Raises an error that says `bad port' for anything else."
  (set-port-handler! "when-port-readable" port 'read thunk))

(define* (when-port-writable port #:optional (thunk none))
  "Call THUNK, once in each reactor step, while nothing waits to be sent on
PORT, a socket's; #f: no longer.  Without THUNK return the present handler, or
#f.  Doesn't wait.  Who leaves it set keeps the processor busy."
  (set-port-handler! "when-port-writable" port 'write thunk))

(define (set-port-handler! who port direction thunk)
  (unless (and (port? port) (not (port-closed? port))
               (or (%stream-port? port)
                   (and (eq? direction 'read) (input-port? port))))
    (bad who "bad port: ~S" port))
  (if (eq? thunk none)
      (port-handler port direction)
      (begin
        (check-handler who thunk)
        (if (%stream-port? port)
            (set-handler! port direction thunk)
            (set-file-handler! who port thunk)))))

(define (port-handler port direction)
  (let ((source (if (%stream-port? port) port (hashq-ref file-sources port))))
    (and source (handler source direction))))

;; File ports have no source of their own: port -> C's duplicate of their
;; descriptor.
(define file-sources (make-weak-key-hash-table))

(define (forget-file! port)
  (let ((source (hashq-ref file-sources port)))
    (when source
      (set-handler! source 'read #f)
      (%close-source! source)
      (hashq-remove! file-sources port))))

(define (look-after-files)
  "Let go of the files whose ports were closed: their peers wait for that.  Call
the handlers of those whose own buffer holds input, which their descriptors no
longer show.  Return #t if there is more of that."
  (let ((files (hash-map->list cons file-sources)))
    (for-each (lambda (file)
                (when (port-closed? (car file))
                  (forget-file! (car file))))
              files)
    (let ((buffering (filter holds-input? (map car files))))
      (for-each (lambda (port) (at-step-end (port-handler port 'read)))
                buffering)
      (pair? buffering))))

(define (holds-input? port)
  (and (hashq-ref file-sources port)
       (not (port-closed? port))
       (let ((buffer (port-read-buffer port)))
         (< (port-buffer-cur buffer) (port-buffer-end buffer)))))

(define (set-file-handler! who port thunk)
  (forget-file! port)
  (when thunk
    (at-each-step! look-after-files)
    (let ((source (file-source who port)))
      (hashq-set! file-sources port source)
      (set-handler! source 'read (lambda () (call-if-open port thunk))))))

(define (call-if-open port thunk)
  (unless (port-closed? port)
    (thunk)))

(define (file-source who port)
  (catch #t
    (lambda () (%watch-descriptor (fileno port)))
    (lambda error (bad who "bad port: ~S" port))))

;;; --- Waiting ----------------------------------------------------------

(define (run-reactor)
  "Run handlers, until none is left to wait for.  A script ends with this."
  (when (anything-watched?)
    (force-output)                            ; what handlers have shown
    (reactor-step)
    (run-reactor)))

(define* (wait-until holds? #:key timeout)
  "Return the first true value of (HOLDS?), which is called now and after each
time that handlers have run.  Waits; raises `timeout' when TIMEOUT seconds
have passed."
  (let* ((passed? #f)
         (timer (and timeout
                     (call-with-timer timeout
                                      (lambda () (set! passed? #t))))))
    (let loop ()
      (cond ((holds?) => (lambda (value)
                           (when timer (cancel-timer! timer))
                           value))
            (passed? (raise-timeout "wait-until" timeout))
            (else
             (wait-for-step)
             (loop))))))

(define (after seconds thunk)
  "Call THUNK once when SECONDS, fractions allowed, have passed, as a handler.
Return what `cancel' takes.  Doesn't wait."
  (unless (and (real? seconds) (>= seconds 0))
    (bad "after" "bad number of seconds: ~S" seconds))
  (check-handler "after" thunk)
  (call-with-timer seconds thunk))

(define (cancel timer)
  "Don't call what `after' returned TIMER for.  May be called again."
  (cancel-timer! timer))

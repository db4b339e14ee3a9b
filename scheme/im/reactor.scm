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
  #:use-module (im complaint)
  #:use-module (im primitives)
  #:use-module (im dispatch)
  #:use-module (im ports)
  #:use-module (im socket)
  #:use-module (im timeout)
  #:use-module (ice-9 ports internal)
  #:use-module (srfi srfi-9)
  #:export (when-socket-ready when-port-readable when-port-writable
            run-reactor wait-until after cancel)
  #:re-export (reactor-step at-step-end call-with-timeout timeout-error?))

(define (check-handler who thunk)
  (unless (or (not thunk) (thunk? thunk))
    (bad-argument who "bad closure: ~S (a procedure without arguments, or #f)"
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
    (bad-argument "when-socket-ready" "bad socket: ~S" socket))
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
PORT; #f: no longer.  Without THUNK return the present handler, or #f.  Doesn't
wait.  Who leaves it set keeps the processor busy.

PORT is a socket's, or any port of a file that can be waited for.  Raises an
error that says `bad port' for anything else."
  (set-port-handler! "when-port-writable" port 'write thunk))

(define (set-port-handler! who port direction thunk)
  (unless (and (port? port) (not (port-closed? port))
               (or (%stream-port? port)
                   (and (file-port? port)
                        (if (eq? direction 'read)
                            (input-port? port)
                            (output-port? port)))))
    (bad-argument who "bad port: ~S" port))
  (if (eq? thunk none)
      (port-handler port direction)
      (begin
        (check-handler who thunk)
        (if (%stream-port? port)
            (set-handler! port direction thunk)
            (set-file-handler! who port direction thunk)))))

;;; --- Files ------------------------------------------------------------

;; What stands for a file port, which has no source of its own.
(define-record-type <file>
  (make-file source reader writer)
  file?
  (source file-source)                        ; C's, of its descriptor
  (reader file-reader set-file-reader!)       ; thunk | #f
  (writer file-writer set-file-writer!))      ; thunk | #f

(define files (make-weak-key-hash-table))     ; port -> <file>

(define (port-handler port direction)
  (if (%stream-port? port)
      (handler port direction)
      (let ((file (hashq-ref files port)))
        (and file
             (if (eq? direction 'read)
                 (file-reader file)
                 (file-writer file))))))

(define (forget-file! port)
  (let ((source (file-source (hashq-ref files port))))
    (set-handler! source 'read #f)
    (set-handler! source 'write #f)
    (%close-source! source)
    (hashq-remove! files port)))

(define (look-after-files)
  "Let go of the files whose ports were closed: their peers wait for that.  Call
the handlers of those whose own buffer holds input, which their descriptors no
longer show.  Return #t if there is more of that."
  (let ((ports (hash-map->list (lambda (port file) port) files)))
    (for-each (lambda (port)
                (when (port-closed? port)
                  (forget-file! port)))
              ports)
    (let ((buffering (filter holds-input? ports)))
      (for-each (lambda (port)
                  (at-step-end
                   (handler (file-source (hashq-ref files port)) 'read)))
                buffering)
      (pair? buffering))))

(define (holds-input? port)
  (let ((file (hashq-ref files port)))
    (and file
         (file-reader file)
         (let ((buffer (port-read-buffer port)))
           (< (port-buffer-cur buffer) (port-buffer-end buffer))))))

(define (set-file-handler! who port direction thunk)
  (let ((file (or (hashq-ref files port)
                  (and thunk (look-after-file! who port)))))
    (when file
      ((if (eq? direction 'read) set-file-reader! set-file-writer!)
       file thunk)
      (set-handler! (file-source file) direction
                    (and thunk (lambda () (call-if-open port thunk))))
      (unless (or (file-reader file) (file-writer file))
        (forget-file! port)))))

(define (look-after-file! who port)
  (let ((file (make-file (new-source who port) #f #f)))
    (at-each-step! look-after-files)
    (hashq-set! files port file)
    file))

(define (call-if-open port thunk)
  (unless (port-closed? port)
    (thunk)))

(define (new-source who port)
  (catch #t
    (lambda () (%watch-descriptor (fileno port)))
    (lambda error (bad-argument who "bad port: ~S" port))))

;;; --- Waiting ----------------------------------------------------------

(define* (run-reactor #:key timeout)
  "Run handlers, until none is left to wait for: return #t; or until TIMEOUT
seconds have passed: return #f.  A script ends with this."
  (within "run-reactor" timeout run-while-watched (const #f)))

(define (run-while-watched)
  (when (more-to-wait-for?)
    (reactor-steps more-to-wait-for?))
  #t)

(define (more-to-wait-for?)
  (force-output)                              ; what handlers have shown
  (anything-watched?))

(define* (wait-until holds? #:key timeout)
  "Return the first true value of (HOLDS?), which is called now and after each
time that handlers have run.  Waits; raises `timeout' when TIMEOUT seconds
have passed."
  (define (wait)
    (or (holds?)
        (begin
          (wait-for-step)
          (wait))))
  (within "wait-until" timeout wait))

(define (after seconds thunk)
  "Call THUNK once when SECONDS, fractions allowed, have passed, as a handler.
Return what `cancel' takes.  Doesn't wait."
  (unless (and (real? seconds) (>= seconds 0))
    (bad-argument "after" "bad number of seconds: ~S" seconds))
  (check-handler "after" thunk)
  (call-with-timer seconds thunk))

(define (cancel timer)
  "Don't call what `after' returned TIMER for.  May be called again."
  (cancel-timer! timer))

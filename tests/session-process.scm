;;; session-process.scm --- run programs and read what they print
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; A process runs a shell command.  Its transcript is all it has printed.

(define-module (session-process)
  #:use-module (ice-9 binary-ports)
  #:use-module (ice-9 iconv)
  #:use-module (ice-9 popen)
  #:use-module (ice-9 rdelim)
  #:use-module (ice-9 textual-ports)
  #:use-module (session-wire)
  #:use-module (srfi srfi-1)
  #:use-module (srfi srfi-9)
  #:export (start-process process-pid process-input process-output
            process-transcript process-ended?
            type! signal! drain! wait-for wait-until-asleep
            reap! kill-the-forgotten))

(define-record-type <process>
  (make-process pid input output transcript ended?)
  process?
  (pid process-pid)
  (input process-input)                 ; port to its standard input
  (output process-output)               ; port from its output and errors
  (transcript process-transcript set-process-transcript!)
  (ended? process-ended? set-process-ended!))


;;; Start

(define (start-process command user)
  "Start the shell's COMMAND for USER and return it as a process."
  ;; (pipeline forks in C.  Between a fork and an exec in Scheme the child may
  ;; wait for ever for a lock of the collector's other threads.)
  (call-with-values
      (lambda () (pipeline (list (full-command command user))))
    (lambda (from to pids)
      (set-port-encoding! to "UTF-8")
      (remember-process (make-process (car pids) to from "" #f)))))

(define (full-command command user)
  "Return the words that run the shell's COMMAND for USER, in a process group
of its own."
  (list "setsid" "env" "--default-signal=PIPE"
        (string-append "USER=" user) "LC_ALL=C.UTF-8"
        "sh" "-c" (string-append "exec " command " 2>&1")))


;;; Input and output

(define (type! process text)
  "Type TEXT and Enter at the prompt of PROCESS."
  (ignoring (list EPIPE)
            (lambda ()
              (put-string (process-input process) text)
              (newline (process-input process))
              (force-output (process-input process)))))

(define (drain! process)
  "Add to the transcript of PROCESS what it has printed."
  (unless (or (process-ended? process)
              (null? (readable (list (process-output process)) 0)))
    (let ((bytes (get-bytevector-some (process-output process))))
      (if (eof-object? bytes)
          (set-process-ended! process #t)
          (set-process-transcript!
           process
           (string-append (process-transcript process)
                          (bytevector->string bytes "UTF-8" 'substitute))))
      (drain! process))))

(define (wait-for process done?)
  "Wait until (DONE?) is true, reading what PROCESS prints.  Return its value,
or #f if the process ends first or our patience does."
  (let ((time (deadline (patience))))
    (let loop ()
      (drain! process)
      (or (done?)
          (and (not (process-ended? process))
               (pair? (readable (list (process-output process))
                                (seconds-until time)))
               (loop))))))

(define (wait-until-asleep process)
  "Return when PROCESS waits for something, so that it has read all that was
sent to it.  Where the system can't tell, return at once."
  (let ((time (deadline (patience))))
    (let loop ()
      (when (and (memv (process-state (process-pid process)) '(#\R #\D))
                 (positive? (seconds-until time)))
        (usleep 200)                    ; leave it the processor
        (loop)))))

(define (process-state pid)
  "Return the letter by which Linux tells the state of the process PID, or #f."
  (let ((line (ignoring (list ENOENT ESRCH)
                        (lambda ()
                          (call-with-input-file (format #f "/proc/~a/stat" pid)
                            read-line)))))
    (and (string? line)
         (string-ref line (+ 2 (string-rindex line #\)))))))


;;; End

(define live-processes '())

(define (remember-process process)
  "Return PROCESS, which is to be killed if nobody reaps it."
  (set! live-processes (cons process live-processes))
  process)

(define (kill-the-forgotten)
  "Kill the processes that nobody has reaped."
  (for-each (lambda (process) (signal! process SIGKILL)) live-processes))

(define (signal! process signal)
  "Send SIGNAL to PROCESS, also where a wrapper script didn't exec it."
  (ignoring (list ESRCH)
            (lambda () (kill (process-pid process) signal)))
  (ignoring (list ESRCH EPERM)
            (lambda () (kill (- (process-pid process)) signal))))

(define (reap! process)
  "Wait for the end of PROCESS.  Return its exit status, or a word that tells
why it has none."
  (wait-for process (const #f))
  (let ((timely? (process-ended? process)))
    (unless timely?
      (signal! process SIGKILL))
    (let ((status (bury! process)))
      (cond ((not timely?) 'never-ended)
            ((status:exit-val status))
            (else 'died-of-a-signal)))))

(define (bury! process)
  "Forget PROCESS, which is about to end, and return its status."
  (set! live-processes (delq process live-processes))
  (let ((status (cdr (waitpid (process-pid process)))))
    (close-port (process-input process))
    (close-port (process-output process))
    status))

;;; server-process.scm --- a server in a process of its own, for faults
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; Peers of (program-test) that are made afterwards call the server that was
;;; started last.

(define-module (server-process)
  #:use-module (program-test)
  #:use-module (session-process)
  #:use-module (ice-9 format)
  #:use-module (ice-9 rdelim)
  #:use-module (srfi srfi-1)
  #:export (start-server start-client server-port-of printed?
            interrupt! terminate! kill! ended?
            processor-ticks sleeps-of resident-kilobytes descriptors-of
            long? scaled))

(define (long?)
  "Return #t if the tests shall take minutes."
  (equal? (getenv "LONG") "1"))

(define (scaled short long)
  "Return how many of something a test tries."
  (if (long?) long short))

;;; --- Start and end --------------------------------------------------------

(define* (start-server #:key (port 0) (before '()) headless? quiet?
                       (options (if quiet? '("--quiet") '())))
  "Return the process of a server that listens on PORT, after evaluating
BEFORE, a list of expressions: without a prompt if HEADLESS?, and then without
a log if QUIET?, or with OPTIONS; else at one that reads from a pipe, for
`type!'."
  (sigaction SIGPIPE SIG_IGN)       ; a dead server must not end its test
  (let ((process (start-process (if headless?
                                    (headless-command port before options)
                                    "guile -q --no-auto-compile")
                                "teacher")))
    (unless headless?
      (for-each (lambda (expression)
                  (type! process (object->string expression)))
                `(,@before
                  (load-from-path "im-server.scm")
                  (im-server-start #:port ,port #:address "127.0.0.1"))))
    (wait-for process (lambda () (server-port-of process)))
    (the-server-listens-on! (lambda () (server-port-of process)))
    process))

(define (start-client name port)
  "Return the process of a client at a prompt that reads from a pipe, which
enrolls as NAME, a string, at PORT here."
  (let ((process (start-process "guile -q --no-auto-compile" name)))
    (type! process "(load-from-path \"im-client.scm\")")
    (type! process (format #f "(im-enroll \"127.0.0.1\" ~a)" port))
    process))

(define (headless-command port before options)
  (format #f "guile -q --no-auto-compile -c '~{~s ~}~s'"
          `((use-modules (im limits)) ,@before)
          `((@ (im main) main)
            (list "server" "--headless" "--address" "127.0.0.1"
                  "--port" ,(number->string port)
                  ,@options))))

(define (server-port-of process)
  "Return the port that PROCESS says it listens on, or #f."
  (let* ((text (process-transcript process))
         (sign "server port: ")
         (start (string-contains text sign)))
    (and start
         (let* ((digits (substring text (+ start (string-length sign))))
                (end (string-index digits (char-set-complement
                                           char-set:digit))))
           (and end (string->number (substring digits 0 end)))))))

(define (printed? process text)
  "Return #t if PROCESS has printed TEXT."
  (drain! process)
  (and (string-contains (process-transcript process) text) #t))

(define (interrupt! process) (kill (process-pid process) SIGINT))
(define (terminate! process) (kill (process-pid process) SIGTERM))
(define (kill! process) (kill (process-pid process) SIGKILL))

(define (ended? process)
  (drain! process)
  (process-ended? process))

;;; --- What it costs, as Linux tells ---------------------------------------

(define (stat-fields pid)
  "Return the fields of /proc/PID/stat behind the program's name."
  (let ((line (call-with-input-file (format #f "/proc/~a/stat" pid)
                read-line)))
    (string-split (substring line (+ 2 (string-rindex line #\)))) #\space)))

(define (processor-ticks process)
  "Return the processor time that PROCESS has used, in hundredths of a second."
  (let ((fields (stat-fields (process-pid process))))
    (+ (string->number (list-ref fields 11))
       (string->number (list-ref fields 12)))))

(define (resident-kilobytes process)
  "Return how much memory PROCESS holds."
  (* 4 (string->number (list-ref (stat-fields (process-pid process)) 21))))

(define (sleeps-of process)
  "Return how often PROCESS has waited: while nothing wakes it, that stays."
  (call-with-input-file (format #f "/proc/~a/status" (process-pid process))
    (lambda (port)
      (let loop ()
        (let ((line (read-line port)))
          (if (string-prefix? "voluntary_ctxt_switches:" line)
              (string->number (string-trim-both (substring line 24)))
              (loop)))))))

(define (descriptors-of process)
  "Return how many descriptors PROCESS has open."
  (let ((stream (opendir (format #f "/proc/~a/fd" (process-pid process)))))
    (let loop ((count -2))
      (if (eof-object? (readdir stream))
          (begin (closedir stream) count)
          (loop (1+ count))))))

;;; (im log) -- lines for who watches a server
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; One line tells one event, on the screen or in the log file.  Whoever can
;;; cause events can cause many, so a second has room for some lines, and what
;;; came beyond that is counted.

(define-module (im log)
  #:use-module (im log-file)
  #:use-module (im primitives)
  #:use-module (im reactor)
  #:use-module (im text)
  #:export (print-log-line print-log-line-seldom make-log-port))

(define (write-line template . arguments)
  "Write a line of the log, where it belongs."
  (if (log-file?)
      (write-to-log-file (apply line-text template arguments))
      (apply print-line template arguments)))

(define lines 0)                              ; in this second
(define second-ends #f)                       ; what `after' returned | #f

(define (print-log-line template . arguments)
  "Print TEMPLATE, in which ~a stands for one of ARGUMENTS each, made harmless,
and a line break.  Of more than (im-limit 'log-lines) in one second only the
number is printed.  Doesn't wait."
  (unless second-ends
    (set! second-ends (after 1 end-second)))
  (set! lines (1+ lines))
  (when (<= lines (%limit 'log-lines))
    (apply write-line template arguments)))

(define (end-second)
  (let ((left-out (- lines (%limit 'log-lines))))
    (set! lines 0)
    (set! second-ends #f)
    (when (positive? left-out)
      (write-line "(~a more lines in this second)" left-out))))

(define said (make-hash-table))               ; sentence -> #t, for a second

(define (print-log-line-seldom sentence)
  "Print SENTENCE, a string, and a line break, but no more than once a second;
then however full that is.  Doesn't wait."
  (unless (hash-ref said sentence)
    (hash-set! said sentence #t)
    (after 1 (lambda () (hash-remove! said sentence)))
    (write-line "~a" sentence)))

(define (make-log-port)
  "Return a port that logs each line printed to it."
  (define pieces '())                         ; of a line, the newest first
  (define (take text)
    (let ((lines (string-split text #\newline)))
      (set! pieces (cons (car lines) pieces))
      (for-each (lambda (next)
                  (print-log-line "~a" (string-concatenate-reverse pieces))
                  (set! pieces (list next)))
                (cdr lines))))
  (let ((port (make-soft-port (vector (lambda (char) (take (string char)))
                                      take
                                      (lambda () #t)
                                      #f
                                      (lambda () #t))
                              "w")))
    (setvbuf port 'none)
    port))

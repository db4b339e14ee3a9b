;;; session-suite.scm --- run a suite of tests and report them
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(define-module (session-suite)
  #:use-module (session-process)
  #:use-module (srfi srfi-64)
  #:export (run-test-suite))

(define (run-test-suite name thunk)
  "Run THUNK's tests, and exit: with success iff all of them passed."
  (let ((runner (test-runner-null)))
    (test-runner-on-test-end! runner report-test)
    (test-with-runner runner
      (test-begin name)
      (thunk)
      (test-end name))
    (kill-the-forgotten)
    (exit (zero? (report-failures name runner)))))

(define (report-failures name runner)
  "Print how many tests of the suite NAME passed and failed in RUNNER.  Return
how many failed."
  (let ((failed (+ (test-runner-fail-count runner)
                   (test-runner-xpass-count runner))))
    (format #t "~a: ~a passed, ~a failed~%"
            name (test-runner-pass-count runner) failed)
    failed))

(define (report-test runner)
  "Print the test RUNNER has just run, and why it failed if it did."
  (let ((result (test-result-kind runner)))
    (format #t "~a: ~a~%"
            (string-upcase (symbol->string result))
            (test-runner-test-name runner))
    (when (eq? result 'fail)
      (for-each (lambda (property)
                  (format #t "  ~a: ~a~%" property
                          (test-result-ref runner property "")))
                '(expected-value actual-value actual-error)))
    (force-output)))

;;; run.scm --- put a server or a client of the Instant Message program to test
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;;     guile -L tests tests/conformance/run.scm
;;;
;;; Set in the environment:
;;;
;;;     SERVER=HOST:PORT         test the server that runs there
;;;     SERVER_COMMAND=COMMAND   test a server that is started and printed
;;;                              `Server IP address: A, server port: P'
;;;     CLIENT_COMMAND=COMMAND   test a client that reads expressions
;;;     PROFILE=original         it is to do what the programs on STk did
;;;     WITHOUT=xml              leave these groups out, as not applicable
;;;     GROUP=states             run these groups only
;;;     VERBOSE=1                name also the cases that pass
;;;
;;; With nothing set, Guile-IM's own server and client are tested.  The last
;;; line is `N passed, N failed'; the exit status is 0 iff some passed and none
;;; failed.

(use-modules (ice-9 format)
             (conformance cases)
             (conformance suite)
             (conformance target)
             (session-link)
             (session-process)
             (srfi srfi-1)
             (srfi srfi-26))

(setvbuf (current-output-port) 'line)

(define (setting name)
  "Return the value of the variable NAME of the environment, or #f."
  (let ((value (getenv name)))
    (and value (not (string-null? value)) value)))

(define (words name)
  "Return the words in the variable NAME of the environment."
  (remove string-null? (string-split (or (setting name) "") #\space)))

(define profile (or (setting "PROFILE") "guile-im"))

(define (plan)
  "Return what to run: pairs of a target and its groups."
  (let ((server? (or (setting "SERVER") (setting "SERVER_COMMAND")))
        (client? (setting "CLIENT_COMMAND")))
    (append
     (if (or server? (not client?))
         (list (cons (if (setting "SERVER")
                         (server-at (setting "SERVER"))
                         (own-server))
                     server-groups))
         '())
     (if (or client? (not server?))
         (list (cons (own-clients) client-groups))
         '()))))

(define (check-settings)
  "Raise an error if a setting has a value that means nothing."
  (check-words "PROFILE" profiles)
  (check-words "WITHOUT" (append server-groups client-groups))
  (check-words "GROUP" (append server-groups client-groups)))

(define (check-words name known)
  "Raise an error if the setting NAME has a word that isn't KNOWN."
  (let ((unknown (remove (cut member <> known) (words name))))
    (unless (null? unknown)
      (error (format #f "~a can be made of ~a, not of" name known)
             (car unknown)))))

(define (wanted? group)
  (or (null? (words "GROUP")) (member group (words "GROUP"))))


;;; Reports

(define (report case result)
  "Print how CASE went, if it failed or all are to be named."
  (cond ((string? result)
         (format #t "FAIL: ~a~%  rule: ~a~%  ~a~%" (case-name case)
                 (case-rule case) result)
         (print-lines (case-lines case)))
        ((setting "VERBOSE")
         (format #t "~a: ~a~%"
                 (if (eq? result 'not-applicable) "SKIP" "PASS")
                 (case-name case)))))

(define (print-lines lines)
  "Print LINES, the session of a case, if it isn't a recorded one."
  (when lines
    (for-each (cut format #t "  ~3@a  ~a~%" <> <>)
              (iota (length lines) 1)
              (map shorten lines))))

(define (print-tally name tally)
  "Print TALLY, that of the group NAME; return TALLY."
  (format #t "~20a ~5d passed ~5d failed ~5d not applicable~%" name
          (tally-passed tally) (tally-failed tally) (tally-skipped tally))
  tally)

(define (run target group)
  "Return the tally of GROUP, run against TARGET."
  (print-tally group
               (if (member group (words "WITHOUT"))
                   (make-tally 0 0 (length (group-cases group target profile)))
                   (run-group group target profile report))))

(define (run-all)
  "Run what is wanted.  Return the tally of it all."
  (check-settings)
  (add-tallies
   (append-map (lambda (item)
                 (target-renew! (car item))
                 (map (cut run (car item) <>) (filter wanted? (cdr item))))
               (plan))))

(define (give-up key . arguments)
  "Say what is wrong, so that the rest can't be run, and exit."
  (kill-the-forgotten)
  (print-exception (current-output-port) #f key arguments)
  (format #t "0 passed, 1 failed~%")
  (exit 1))

(let ((sum (catch #t run-all give-up)))
  (kill-the-forgotten)
  (print-tally "all" sum)
  (format #t "~a passed, ~a failed~%" (tally-passed sum) (tally-failed sum))
  (exit (and (zero? (tally-failed sum))
             (positive? (tally-passed sum)))))

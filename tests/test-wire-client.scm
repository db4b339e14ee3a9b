;;; test-wire-client.scm --- our client says what the recorded clients said
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; What a person typed in each recorded session is typed to our client, and
;;; the recorded server's lines are played to it.  It says what is recorded,
;;; but for the lines in wire/deviations.txt.  CLIENT_COMMAND in the
;;; environment runs another client instead.

(use-modules (session-format)
             (session-player)
             (session-subject)
             (session-suite)
             (session-variants)
             (session-wire)
             (srfi srfi-1)
             (srfi srfi-26)
             (srfi srfi-64))

(define deviations (recorded-deviations))

(define sessions
  (map (lambda (name) (deviate (recorded-session name) deviations #\>))
       '("original.session" "original-symbols.session" "stklos.session"
         "stk-server-stklos-client.session")))

(define (play-with-new-clients session cut)
  "Return the result of playing SESSION to new clients, and their exit
statuses, each once."
  (let* ((clients (start-clients))
         (result (play #\< session (clients-subject clients) #:cut cut)))
    (list result (delete-duplicates (stop-clients! clients)))))

(define (play-at-each-byte session)
  "Return the first result that isn't agreement, or agreement, of playing
SESSION with each line cut at each byte, to the same clients."
  (let* ((clients (start-clients))
         (all-leave (without-killing session))
         (result (every-agrees
                  (lambda (position)
                    (play #\< all-leave (clients-subject clients)
                          #:cut (cut-in-two position)))
                  (iota (longest-line session #\<)))))
    (list result (delete-duplicates (stop-clients! clients)))))

(define (test-session session)
  (define name (cut string-append (session-name session) ", " <>))
  (test-equal (name "line by line") (list agrees '(0))
              (play-with-new-clients session whole))
  (test-equal (name "byte by byte") (list agrees '(0))
              (play-with-new-clients session byte-by-byte))
  (test-equal (name "each line cut at each byte") (list agrees '(0))
              (play-at-each-byte session)))

(run-test-suite "wire-client"
  (lambda () (for-each test-session sessions)))

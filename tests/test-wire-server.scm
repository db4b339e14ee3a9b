;;; test-wire-server.scm --- our server says what the recorded servers said
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; The clients' lines of each recorded session are played to our server,
;;; which answers as recorded but for the lines in wire/deviations.txt.
;;; SERVER_COMMAND in the environment runs another server instead.

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
  (map (lambda (name) (deviate (recorded-session name) deviations #\<))
       '("original.session" "original-symbols.session" "stklos.session"
         "stk-server-stklos-client.session" "xml.session")))

(define (play-with-new-server session cut)
  "Return the result of playing SESSION, and the exit status of the server
that was started for it and closed in it."
  (let* ((server (start-server))
         (result (play #\> session (server-subject server) #:cut cut)))
    (list result (stop-server! server))))

(define (play-at-each-byte session)
  "Return the first result that isn't agreement, or agreement, of playing
SESSION with each line cut at each byte, to one and the same server."
  (let* ((server (start-server))
         (open-end (without-server-close session))
         (result (every-agrees
                  (lambda (position)
                    (play #\> open-end (server-subject server)
                          #:cut (cut-in-two position)))
                  (iota (longest-line session #\>)))))
    (list result (stop-server! server))))

(define (test-session session)
  (define name (cut string-append (session-name session) ", " <>))
  (test-equal (name "line by line") (list agrees 0)
              (play-with-new-server session whole))
  (test-equal (name "byte by byte") (list agrees 0)
              (play-with-new-server session byte-by-byte))
  (test-equal (name "each line cut at each byte") (list agrees 0)
              (play-at-each-byte session)))

(run-test-suite "wire-server"
  (lambda () (for-each test-session sessions)))

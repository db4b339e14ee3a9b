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
             (session-program)
             (session-rounds)
             (session-suite)
             (session-variants))

(define deviations (recorded-deviations))

(define (test-session name program)
  (test-clients-session program
                        (deviate (recorded-session name) deviations #\>)))

(run-test-suite "wire-client"
  (lambda ()
    (for-each (lambda (name) (test-session name (our-client)))
              '("original.session" "original-symbols.session"
                "stklos.session" "stk-server-stklos-client.session"))
    (test-session "xml.session" (our-xml-client))))

;;; test-wire-original-client.scm --- an STk program's client says the same
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; What a person typed in each recorded session is typed to the client in
;;; original/, and the recorded server's lines are played to it.  It says in
;;; the course interpreter what the original said in STk, but for the lines
;;; in wire/deviations-original.txt.

(use-modules (session-format)
             (session-program)
             (session-rounds)
             (session-suite)
             (session-variants))

(define deviations (recorded-deviations "deviations-original.txt"))

(define (test-session name fold?)
  (test-clients-session (original-client #:fold? fold?)
                        (deviate (recorded-session name) deviations #\>)))

(run-test-suite "wire-original-client"
  (lambda ()
    (for-each (lambda (name) (test-session name #t))
              '("original.session" "original-symbols.session"))
    (for-each (lambda (name) (test-session name #f))
              '("stklos.session" "stk-server-stklos-client.session"))))

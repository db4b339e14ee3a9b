;;; test-wire-original-server.scm --- an STk program's server says the same
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; The clients' lines of each recorded session are played to the server in
;;; original/, which answers in the course interpreter as the original did in
;;; STk, but for the lines in wire/deviations-original.txt.

(use-modules (session-format)
             (session-program)
             (session-rounds)
             (session-suite)
             (session-variants))

(define deviations (recorded-deviations "deviations-original.txt"))

(run-test-suite "wire-original-server"
  (lambda ()
    (for-each (lambda (name)
                (test-server-session (original-server)
                                     (deviate (recorded-session name)
                                              deviations #\<)))
              '("original.session" "original-symbols.session"
                "stklos.session" "stk-server-stklos-client.session"))))

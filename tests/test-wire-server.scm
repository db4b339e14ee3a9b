;;; test-wire-server.scm --- our server says what the recorded servers said
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; The clients' lines of each recorded session are played to our server,
;;; which answers as recorded but for the lines in wire/deviations.txt.
;;; SERVER_COMMAND in the environment runs another server instead.

(use-modules (session-format)
             (session-program)
             (session-rounds)
             (session-suite)
             (session-variants))

(define deviations (recorded-deviations))

(run-test-suite "wire-server"
  (lambda ()
    (for-each (lambda (name)
                (test-server-session (our-server)
                                     (deviate (recorded-session name)
                                              deviations #\<)))
              '("original.session" "original-symbols.session"
                "stklos.session" "stk-server-stklos-client.session"
                "xml.session"))))

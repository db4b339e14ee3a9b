;;; suite.scm --- run groups of cases and count what passes
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(define-module (conformance suite)
  #:use-module (conformance cases)
  #:use-module (conformance target)
  #:use-module (session-format)
  #:use-module (session-player)
  #:use-module (session-variants)
  #:use-module (session-wire)
  #:use-module (srfi srfi-1)
  #:use-module (srfi srfi-26)
  #:export (server-groups client-groups group-cases
            run-group run-until-failure
            make-tally add-tallies tally-passed tally-failed tally-skipped))


;;; Groups

(define server-groups
  '("recorded" "states" "names" "data" "splits" "pipelining" "wrong-requests"
    "closings" "xml"))

(define client-groups
  '("client-recorded" "client-handshake" "client-actions" "client-data"
    "client-splits" "client-pipelining" "client-vanishing"))

(define recordings
  '(("recorded" "original.session" "original-symbols.session"
     "stklos.session" "stk-server-stklos-client.session")
    ("client-recorded" "original.session" "original-symbols.session"
     "stklos.session" "stk-server-stklos-client.session")
    ("xml" "xml.session")))

(define (group-cases group target profile)
  "Return the cases of GROUP for TARGET, a program of PROFILE."
  (append (append-map (cut recorded-cases <> target profile)
                      (or (assoc-ref recordings group) '()))
          (if (string-suffix? "recorded" group)
              '()
              (read-cases (string-append group ".cases")
                          (target-side target) profile))))

(define (recorded-cases name target profile)
  "Return the recorded session NAME as a case for TARGET, a program of PROFILE,
in a list; or () if that speaks otherwise."
  (define recorded (recorded-session name))
  (if (speaks? profile target name)
      (list (make-case name "`tests/wire/' holds recorded sessions" #f
                       (playable (deviate recorded
                                          (profile-deviations profile)
                                          (other-side (target-side target)))
                                 target)
                       whole))
      '()))

(define (speaks? profile target name)
  "True iff TARGET, a program of PROFILE, speaks as in the recorded session
NAME: an original one isn't on STklos, which folds and prints otherwise than
STk, and doesn't print the same sockets in XML."
  (or (string=? profile "guile-im")
      (not (or (string-prefix? "stklos" name)
               (string-prefix? "xml" name)
               (and (char=? #\< (target-side target))
                    (string-contains name "stklos-client"))))))

(define (profile-deviations profile)
  "Return what programs of PROFILE send otherwise than is recorded."
  (if (string=? profile "guile-im") (recorded-deviations) '()))

(define (other-side side)
  (if (char=? side #\>) #\< #\>))

(define (playable session target)
  "Return SESSION, with another end if TARGET is a server that we can't close."
  (if (or (target-closes? target) (char=? #\< (target-side target)))
      session
      (without-server-close session)))


;;; Tallies: (PASSED FAILED NOT-APPLICABLE)

(define (make-tally passed failed skipped)
  (list passed failed skipped))
(define (tally-passed tally) (first tally))
(define (tally-failed tally) (second tally))
(define (tally-skipped tally) (third tally))

(define (add-tallies tallies)
  "Return the sum of TALLIES."
  (fold (cut map + <> <>) (make-tally 0 0 0) tallies))

(define (tally results)
  "Return how many of RESULTS are of which kind."
  (make-tally (count (cut eq? agrees <>) results)
              (count string? results)
              (count (cut eq? 'not-applicable <>) results)))


;;; Running

(define (run-group group target profile report)
  "Return the tally of the cases of GROUP, run against TARGET, a program of
PROFILE.  Call (REPORT case result) after each."
  (let ((results (map (lambda (case)
                        (let ((result (run-case case target)))
                          (report case result)
                          result))
                      (group-cases group target profile))))
    (target-renew! target)
    (tally results)))

(define (run-until-failure group target profile)
  "Return the name of the first case of GROUP that TARGET, a program of
PROFILE, fails, or #f."
  (let ((failed (find (lambda (case) (string? (run-case case target)))
                      (group-cases group target profile))))
    (target-renew! target)
    (and=> failed case-name)))

(define (run-case case target)
  "Return `agrees', `not-applicable' or a report of why TARGET fails CASE."
  (define closes? (any closing? (session-events (case-session case))))
  (if (and closes? (char=? #\> (target-side target))
           (not (target-closes? target)))
      'not-applicable
      (let ((result (play-case case target)))
        (when (or closes? (string? result))
          (target-renew! target))
        result)))

(define (play-case case target)
  "Return `agrees', or a report of why TARGET fails CASE: also that nobody
listens there any more."
  (catch 'system-error
    (lambda ()
      (play (target-side target) (case-session case) (target-subject target)
            #:cut (case-cut case)))
    (lambda error
      (string-append (case-name case) ": "
                     (strerror (system-error-errno error))))))

(define (closing? event)
  "True iff EVENT closes the server."
  (and (act? event) (eq? 'close (act-kind (event-payload event)))))

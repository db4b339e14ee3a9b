;;; session-variants.scm --- sessions made from recorded ones
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; A deviation says what our programs send where the recorded ones sent
;;; something else.  A session with another ending can be played again and
;;; again to the same programs.

(define-module (session-variants)
  #:use-module (ice-9 regex)
  #:use-module (session-format)
  #:use-module (srfi srfi-1)
  #:use-module (srfi srfi-9)
  #:export (map-events without-server-close without-killing
            recorded-deviations parse-deviation deviate about?))

(define (map-events procedure session)
  "Return SESSION with each event replaced by the list (PROCEDURE event)."
  (session-with-events session
                       (append-map procedure (session-events session))))


;;; Other endings

(define (without-server-close session)
  "Return SESSION, at its end the remaining clients killed instead of the
server closed: so one server can play it again and again."
  (let* ((step (close-step session))
         (events (remove (lambda (event) (= (event-step event) step))
                         (session-events session))))
    (session-with-events
     session
     (append events
             (append-map (lambda (connection)
                           (kill-step connection (+ step connection)))
                         (open-connections events))))))

(define (close-step session)
  "Return the step of SESSION in which the server is closed."
  (any (lambda (event)
         (and (act? event)
              (in-direction? event #\<)
              (event-step event)))
       (session-events session)))

(define (open-connections events)
  "Return the connections without an END in EVENTS."
  (define (connections events)
    (delete-duplicates (filter-map event-connection events)))
  (lset-difference = (connections events)
                   (connections (filter end? events))))

(define (kill-step connection step)
  "Return the events by which the client of CONNECTION ends in STEP, whatever
the server still sends to it."
  (list (kill-act (make-event #f step connection #\> 'end))
        (make-event #f step connection #\> 'end)
        (make-event #f step connection #\< 'anything)
        (make-event #f step connection #\< 'end)))

(define (without-killing session)
  "Return SESSION, its killed clients leaving politely instead: so the same
clients can play it again and again."
  (define events (session-events session))
  (define killed (map event-connection (filter kill? events)))
  (map-events (lambda (event)
                (cond ((kill? event) (polite-exit event events))
                      ((and (end? event)
                            (memv (event-connection event) killed))
                       (polite-end event))
                      (else (list event))))
              session))

(define (polite-end event)
  "Return what stands for EVENT, one of the two ENDs of a connection, where
the server's comes first."
  (if (in-direction? event #\>)
      '()
      (list event
            (make-event #f (event-step event) (event-connection event)
                        #\> 'end))))

(define (polite-exit kill events)
  "Return what happens when the client that KILL kills logs out instead."
  (list (set-event-payload kill (make-act 'type "(im-exit)" ""))
        (set-event-payload
         kill
         (string-replace-first (client-hello events (event-connection kill))
                               "hello" "logout"))))

(define (string-replace-first string old new)
  "Return STRING with NEW in place of the first OLD."
  (let ((start (string-contains string old)))
    (string-replace string new start (+ start (string-length old)))))


;;; Deviations

(define-record-type <deviation>
  (make-deviation session line event)
  deviation?
  (session deviation-session)
  (line deviation-line)
  (event deviation-event))              ; what ours sends there, or #f

(define* (recorded-deviations #:optional (file "deviations.txt"))
  "Return the deviations that FILE declares: those of our programs."
  (filter-map (lambda (line)
                (and (not (string-null? line))
                     (not (string-prefix? "#" line))
                     (parse-deviation line)))
              (wire-lines file)))

(define deviation-pattern
  (make-regexp "^([^:]+):([0-9]+) \\| (.*) \\| (.+)$"))

(define (parse-deviation text)
  "Return the deviation that TEXT, `FILE:LINE | EVENT | REASON', describes."
  (let ((m (regexp-exec deviation-pattern text)))
    (unless m
      (error "no deviation:" text))
    (let ((line (string->number (match:substring m 2)))
          (event (match:substring m 3)))
      (make-deviation (match:substring m 1) line
                      (and (not (string=? event "-"))
                           (parse-event event line))))))

(define (deviate session deviations direction)
  "Return SESSION with those of DEVIATIONS that replace a line sent in
DIRECTION.  Raise an error for one that is about no line or doesn't deviate."
  (for-each (lambda (deviation) (check-line deviation session)) deviations)
  (map-events
   (lambda (event)
     (let ((here (deviations-from event session deviations)))
       (if (and (pair? here) (in-direction? event direction))
           (replacements here event)
           (list event))))
   session))

(define (deviations-from event session deviations)
  "Return those of DEVIATIONS that are about EVENT of SESSION."
  (filter (lambda (deviation) (about? deviation session (event-line event)))
          deviations))

(define (about? deviation session line)
  "True iff DEVIATION is about LINE of SESSION."
  (and (about-session? deviation session)
       (eqv? (deviation-line deviation) line)))

(define (about-session? deviation session)
  "True iff DEVIATION is about SESSION."
  (string=? (deviation-session deviation) (session-name session)))

(define (check-line deviation session)
  "Raise an error if DEVIATION is about a line that SESSION doesn't have."
  (when (and (about-session? deviation session)
             (not (member (deviation-line deviation)
                          (map event-line (session-events session)))))
    (error "a deviation from no line:"
           (session-name session) (deviation-line deviation))))

(define (replacements deviations event)
  "Return what DEVIATIONS say is sent instead of EVENT.  Raise an error if
that is EVENT."
  (let ((events (map (lambda (replacement)
                       (set-event-step replacement (event-step event)))
                     (filter-map deviation-event deviations))))
    (when (equal? events (list event))
      (error "a deviation that doesn't deviate, line" (event-line event)))
    events))

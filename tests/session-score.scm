;;; session-score.scm --- what may happen before what in a session
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; A score is a session from the view of one player: a list of cues, one for
;;; each event.  What the session shows after a line of the player may come
;;; only when the player has sent that line, and the player sends a line only
;;; when everything the session shows before it has come.  The exceptions:
;;; `incomparable?' and `farewell?'.

(define-module (session-score)
  #:use-module (session-format)
  #:use-module (srfi srfi-1)
  #:use-module (srfi srfi-9)
  #:export (make-score score-events
            cue-event cue-done? cue-optional? done!
            incoming next-own next-open next-missing must-wait?))

(define-record-type <cue>
  (make-cue event own? loose? optional? done?)
  cue?
  (event cue-event)
  (own? cue-own?)                       ; is it the player's to do?
  (loose? cue-loose?)                   ; an END that caused nothing?
  (optional? cue-optional? set-cue-optional!) ; may it be missing?
  (done? cue-done? set-cue-done!))

(define (make-score side session)
  "Return the score of SESSION for a player of SIDE, #\\> the clients or #\\<
the server."
  (let* ((events (played-events side session))
         (score (map (lambda (event loose?)
                       (make-cue event (own? side event) loose? #f #f))
                     events (loose-ends events))))
    (for-each (lambda (cue) (set-cue-optional! cue (farewell? cue score)))
              score)
    score))

(define (played-events side session)
  "Return the events of SESSION that matter to a player of SIDE: nobody types
anything to the player."
  (remove (lambda (event) (and (act? event) (in-direction? event side)))
          (session-events session)))

(define (own? side event)
  "True iff a player of SIDE does EVENT: its own lines, and acts on the
others."
  (or (act? event) (in-direction? event side)))

(define (loose-ends events)
  "Return for each of EVENTS whether it is an END that didn't start its step."
  (let loop ((events events) (step #f))
    (cond ((null? events) '())
          ((act? (car events)) (cons #f (loop (cdr events) step)))
          (else (cons (and (end? (car events))
                           (eqv? step (event-step (car events))))
                      (loop (cdr events) (event-step (car events))))))))

(define (farewell? cue score)
  "True iff CUE of SCORE goes to a client that is killed in the same step, so
that it may be missing."
  (let ((event (cue-event cue)))
    (and (in-direction? event #\<)
         (not (or (act? event) (end? event)))
         (any (lambda (other)
                (and (killed-end? other)
                     (same-step? event (cue-event other))
                     (same-connection? event (cue-event other))))
              score))))

(define (killed-end? cue)
  "True iff CUE is the END of a client that was killed."
  (and (end? (cue-event cue))
       (not (cue-loose? cue))
       (in-direction? (cue-event cue) #\>)))

(define (score-events score)
  "Return the events of SCORE."
  (map cue-event score))

(define (done! cue)
  "Remember that what CUE shows has happened."
  (set-cue-done! cue #t))

(define (incoming score connection)
  "Return the cues of SCORE that the other side sends on CONNECTION."
  (filter (lambda (cue)
            (and (on-connection? (cue-event cue) connection)
                 (not (cue-own? cue))
                 (not (open? (cue-event cue)))))
          score))

(define (next-own score)
  "Return the first cue of SCORE that the player has yet to do, or #f."
  (find (lambda (cue) (and (cue-own? cue) (not (cue-done? cue)))) score))

(define (next-open score)
  "Return the first cue of SCORE whose connection is yet to open, or #f."
  (find (lambda (cue) (and (open? (cue-event cue)) (not (cue-done? cue))))
        score))

(define (next-missing score)
  "Return the first cue of SCORE that is yet to come, or #f."
  (find (lambda (cue) (not (or (cue-done? cue) (cue-optional? cue)))) score))

(define (must-wait? score cue own?)
  "Return an earlier event for which CUE of SCORE has to wait, one that is, as
OWN? says, the player's own or not; or #f."
  (and=> (find (lambda (other)
                 (and (eq? own? (cue-own? other))
                      (not (or (cue-done? other) (cue-optional? other)))
                      (not (incomparable? other cue))))
               (take-while (lambda (other) (not (eq? other cue))) score))
         cue-event))

(define (incomparable? a b)
  "True iff the order of the cues A and B is nobody's business: an END against
the other END of its connection, or against other connections."
  (and (same-step? (cue-event a) (cue-event b))
       (if (same-connection? (cue-event a) (cue-event b))
           (and (cue-loose? a) (cue-loose? b))
           (or (cue-loose? a) (cue-loose? b)))))

;;; target.scm --- the server or the clients that the suite is run against
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(define-module (conformance target)
  #:use-module (ice-9 match)
  #:use-module (session-format)
  #:use-module (session-player)
  #:use-module (session-subject)
  #:use-module (session-wire)
  #:use-module (srfi srfi-9)
  #:export (own-server server-at own-clients
            target-side target-closes? target-subject target-renew!))

;; SIDE      #\> or #\<: which side the player takes against it
;; CLOSES?   can it be told to close?
;; SUBJECT   () -> the program for the next session, a subject
;; RENEW!    () -> forgets what the last session left in it
(define-record-type <target>
  (make-target side closes? subject renew!)
  target?
  (side target-side)
  (closes? target-closes?)
  (subject target-subject-procedure)
  (renew! target-renew-procedure))

(define (target-subject target)
  "Return TARGET's program as a subject for one session."
  ((target-subject-procedure target)))

(define (target-renew! target)
  "Let the next session meet a program of TARGET that remembers nothing."
  ((target-renew-procedure target)))

(define (own-server)
  "Return the target of servers that we start, one after the other."
  (define server #f)
  (make-target #\> #t
               (lambda ()
                 (unless server
                   (set! server (start-server)))
                 (server-subject server))
               (lambda ()
                 (when server
                   (stop-server! server))
                 (set! server #f))))

(define (own-clients)
  "Return the target of clients that we start."
  (define clients (start-clients))
  (make-target #\< #f
               (lambda () (clients-subject clients))
               (lambda ()
                 (stop-clients! clients)
                 (set! clients (start-clients)))))


;;; A server that somebody else has started

(define (server-at place)
  "Return the target of the server at PLACE, \"HOST:PORT\"."
  (let* ((address (place->address place))
         (subject (make-subject #:address (const address))))
    (make-target #\> #f
                 (const subject)
                 (lambda () (wait-until-empty subject)))))

(define (place->address place)
  "Return the socket address of PLACE, HOST:PORT."
  (match (string-rindex place #\:)
    (#f (error "SERVER is written HOST:PORT, not" place))
    (colon
     (let ((host (string-trim-both (string-take place colon)
                                   (char-set #\[ #\]))))
       (addrinfo:addr
        (car (getaddrinfo host (string-drop place (+ colon 1))
                          AI_NUMERICSERV 0 SOCK_STREAM)))))))

(define visit
  (parse-session "a visit"
    '("1 OPEN"
      "1 > (visitor server hello ())"
      "1 < (server visitor welcome ())"
      "1 > (visitor server thanks ())"
      "1 < (server visitor client-list (visitor))"
      "1 > (visitor server logout ())"
      "1 < (server visitor goodbye ())"
      "1 < END")))

(define (wait-until-empty subject)
  "Return when a visitor to SUBJECT, a server, finds nobody else enrolled.
Raise an error if that doesn't happen in time."
  (let ((time (deadline (patience))))
    (let loop ()
      (let ((result (play #\> visit subject)))
        (unless (eq? result agrees)
          (when (zero? (seconds-until time))
            (error "The server must let a visitor in, and nobody else may \
be enrolled." result))
          (loop))))))

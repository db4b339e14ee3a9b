;;; session-rounds.scm --- play a session in all its cuts
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; Three tests for each session: its lines come whole, byte by byte, and each
;;; cut in two at each byte.

(define-module (session-rounds)
  #:use-module (session-format)
  #:use-module (session-player)
  #:use-module (session-subject)
  #:use-module (session-variants)
  #:use-module (session-wire)
  #:use-module (srfi srfi-1)
  #:use-module (srfi srfi-64)
  #:export (test-server-session test-clients-session))

(define (test-rounds session all-ended play-new play-each-byte)
  "Test that SESSION agrees, and that the programs end with ALL-ENDED."
  (define expected (list agrees all-ended))
  (define (name cut) (string-append (session-name session) ", " cut))
  (test-equal (name "line by line") expected (play-new whole))
  (test-equal (name "byte by byte") expected (play-new byte-by-byte))
  (test-equal (name "each line cut at each byte") expected (play-each-byte)))


;;; Servers

(define (test-server-session program session)
  "Play the clients of SESSION to servers that run PROGRAM."
  (test-rounds session 0
               (lambda (cut) (play-with-new-server program session cut))
               (lambda () (play-to-one-server program session))))

(define (play-with-new-server program session cut)
  "Return the result of playing SESSION, and the exit status of the server
that was started for it and closed in it."
  (let* ((server (start-server program))
         (result (play #\> session (server-subject server) #:cut cut)))
    (list result (stop-server! server))))

(define (play-to-one-server program session)
  "Return the first result that isn't agreement, or agreement, of playing
SESSION with each line cut at each byte, to one and the same server."
  (let* ((server (start-server program))
         (open-end (without-server-close session))
         (result (every-agrees
                  (lambda (position)
                    (play #\> open-end (server-subject server)
                          #:cut (cut-in-two position)))
                  (iota (longest-line session #\>)))))
    (list result (stop-server! server))))


;;; Clients

(define (test-clients-session program session)
  "Play the server of SESSION to clients that run PROGRAM."
  (test-rounds session '(0)
               (lambda (cut) (play-with-new-clients program session cut))
               (lambda () (play-to-the-same-clients program session))))

(define (play-with-new-clients program session cut)
  "Return the result of playing SESSION to new clients, and their exit
statuses, each once."
  (let* ((clients (start-clients program))
         (result (play #\< session (clients-subject clients) #:cut cut)))
    (list result (delete-duplicates (stop-clients! clients)))))

(define (play-to-the-same-clients program session)
  "Return the first result that isn't agreement, or agreement, of playing
SESSION with each line cut at each byte, to the same clients."
  (let* ((clients (start-clients program))
         (all-leave (without-killing session))
         (result (every-agrees
                  (lambda (position)
                    (play #\< all-leave (clients-subject clients)
                          #:cut (cut-in-two position)))
                  (iota (longest-line session #\<)))))
    (list result (delete-duplicates (stop-clients! clients)))))

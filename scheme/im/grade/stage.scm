;;; (im grade stage) -- students' clients and servers, ready to be asked
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(define-module (im grade stage)
  #:use-module (im grade exercise)
  #:use-module (im grade link)
  #:use-module (im grade rules)
  #:use-module (im grade server)
  #:use-module (im grade student)
  #:use-module (im grade wire)
  #:use-module (ice-9 match)
  #:use-module (ice-9 regex)
  #:use-module (srfi srfi-1)
  #:export (open-stage! stage-server stage-port relay-port
            server-student restart-server!
            start-client tapped tapped-clients said-while
            first-violation legal enroll-row legal-row))

(define server #f)                      ; the student who is the server, or #f
(define server-port #f)
(define relay #f)                       ; the port clients go to
(define clients '())                    ; those that came through the relay

(define* (open-stage! files #:key more-actions?)
  "Start the server of FILES or, if there is none, our own."
  (match (assq-ref files 'server)
    (#f (set! server-port (start-server)))
    (file (start-students-server file)))
  (set! relay (start-relay server-port
                           (lambda (client) (set! clients (cons client clients)))
                           #:more-actions? more-actions?)))

(define (stage-port)
  "Return the port of the server."
  server-port)

(define (relay-port)
  "Return the port by which a student's client gets to the server."
  relay)

(define (server-student)
  "Return the student who is the server, or #f."
  server)

(define (start-students-server file)
  (set! server (start-student 'server file))
  ;; The first such programs asked a computer in Berkeley for their address.
  (type server '(define (get-ip-address-as-string) "127.0.0.1"))
  (type server '(im-server-start))
  (in-step! server)
  (set! server-port (wait-until (lambda () (printed-port server)) 1))
  (unless server-port
    (over "(im-server-start) printed no line with `server port: NUMBER'")))

(define (printed-port student)
  "Return the number of the port that STUDENT printed last, as a person would
read it there, or #f."
  (match (list-matches "server port: *([0-9]+)" (student-output student))
    (() #f)
    (matches (string->number (match:substring (last matches) 1)))))

(define (restart-server! file)
  "Let the student's server close and leave, and start FILE again."
  (type server '(im-server-close))
  (in-step! server)
  (end-student! server)
  (start-students-server file)
  (set! relay (start-relay server-port
                           (lambda (client) (set! clients (cons client clients)))
                           #:more-actions? #t)))

(define (start-client name file)
  "Return a student called NAME, who has loaded FILE and enrolled."
  (let ((student (start-student name file)))
    (expect-client name)
    (type student `(if (defined? 'whoiam) (set! whoiam ',name)))
    (type student `(im-enroll "127.0.0.1" ,relay))
    (in-step! student)
    (at-rest!)
    student))

(define (tapped name)
  "Return the newest client called NAME that came through the relay, or #f."
  (find (lambda (client) (eq? name (tapped-name client))) clients))

(define (tapped-clients)
  "Return all clients that came through the relay."
  (reverse clients))

(define (said-while name thunk)
  "Call THUNK, and return the requests that the client called NAME said
meanwhile."
  (let ((client (tapped name)))
    (if client
        (tapped-since! client thunk)
        (begin (thunk) '()))))

;;; --- Legality -------------------------------------------------------------

(define (first-violation dialogues)
  "Return `not-met' for the first illegal request in DIALOGUES, or #t."
  (match (append-map dialogue-violations dialogues)
    (() #t)
    ((violation . _)
     (not-met (bytes->text (violation-received violation))
              (violation-expected violation)
              (violation-rule violation)))))

(define (legal)
  "Return #t, or `not-met' for the first illegal thing that a client which came
through the relay said."
  (if (null? clients)
      (not-met "nothing" "a client that enrolls" 'hello)
      (apply all-met
             (first-violation (map tapped-dialogue (tapped-clients)))
             (map whole (tapped-clients)))))

(define (whole client)
  (let ((rest (said-rest client)))
    ;; Who was interrupted may have been in the middle of one.
    (if (or (string-null? rest) (not (fact? 'script-ended)))
        #t
        (not-met (bytes->text rest) "the rest of that request" 'four))))

;;; --- Requirements of every client -----------------------------------------

(define (enroll-row . names)
  "Return the requirement that the clients whose names are the facts NAMES
have enrolled."
  `(enroll "enrolls: hello, then thanks when the server says welcome"
           ,(lambda ()
              (apply all-met (map (lambda (name) (has-enrolled (fact name)))
                                  names)))))

(define (has-enrolled name)
  (let ((client (tapped name)))
    (if (and client
             (member `(,name server hello ()) (said-by client))
             (member `(,name server thanks ()) (said-by client)))
        #t
        (not-met (if client (requests-text (said-by client)) "nothing")
                 (format #f "(~a server hello ()), and after the welcome \
(~a server thanks ())" name name)
                 'hello))))

(define legal-row
  `(legal "each request is as the protocol has it" ,legal))

;;; (im grade im-broadcast) -- exercise: (im-broadcast "...")
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; A new action that the server understands.  With a server alone, one of us
;;; asks for the action `broadcast'; with a client alone, it is only seen that
;;; it asks.

(define-module (im grade im-broadcast)
  #:use-module (im grade exercise)
  #:use-module (im grade link)
  #:use-module (im grade people)
  #:use-module (im grade stage)
  #:use-module (im grade student)
  #:use-module (ice-9 match)
  #:use-module (srfi srfi-1)
  #:export (im-broadcast))

;;; --- What happens ---------------------------------------------------------

(define (script files)
  (define me (new-name))
  (note-fact! 'me me)
  (open-stage! files #:more-actions? #t)
  (let* ((others (map enroll (new-names 3)))
         (speaker (if (assq-ref files 'client)
                      (start-client me (assq-ref files 'client))
                      (enroll-person me (stage-port) #:more-actions? #t))))
    (note-fact! 'persons others)
    (broadcast 'first speaker others)
    (let ((late (enroll (new-name))))
      (broadcast 'late speaker (list late)))
    (person-asks (first others) 'logout)
    (wait-until (lambda () (link-ended? (person-link (first others)))))
    (broadcast 'left speaker (cdr others))
    (note-fact! 'unknown (answer-to-unknown (second others)))))

(define (enroll name)
  (enroll-person name (stage-port)))

(define (broadcast name speaker persons)
  "Let SPEAKER, a student or a person, write to everybody.  Note under NAME what
it said, (TEXT REQUESTS), and who of PERSONS got what."
  (let ((text (new-text)))
    (for-each forget-heard! persons)
    (note-fact! name (list text (speak speaker text)))
    (mark speaker persons)
    (note-fact! (symbol-append name '-heard)
                (map (lambda (person)
                       (cons person (heard-messages person)))
                     persons))))

(define (speak speaker text)
  (cond ((person? speaker)
         (person-asks speaker 'broadcast text)
         '())
        (else
         (said-while (student-name speaker)
                     (lambda ()
                       (type speaker `(im-broadcast ,text))
                       (in-step! speaker))))))

(define (mark speaker persons)
  "Return when each of PERSONS got a message that SPEAKER sent after all else."
  (let ((requests
         (map (lambda (person)
                (let ((name (person-name person)) (text (new-text)))
                  (if (person? speaker)
                      (person-tells speaker name text)
                      (type speaker `(im ',name ,text)))
                  (list (fact 'me) name 'receive-msg text)))
              persons)))
    (wait-until (lambda () (every heard? persons requests)))))

(define (answer-to-unknown person)
  "Return what PERSON gets for an action nobody knows."
  (let ((action (new-name)))
    (forget-heard! person)
    (person-asks person action)
    (wait-until (lambda () (pair? (heard-messages person))))
    (cons action (person-heard person))))

;;; --- What is required -----------------------------------------------------

(define (requirements files)
  (append (if (assq-ref files 'client) client-rows '())
          (if (assq-ref files 'server) server-rows '())))

(define client-rows
  `(,(enroll-row 'me)
    ,legal-row
    (asks "the client asks the server, once, with an action of its own"
          ,(lambda () (asks-once (fact 'first))))))

(define (asks-once said)
  (match said
    ((text ((_ 'server (? (lambda (a) (not (eq? a 'send-msg)))) data)))
     (if (holds? data text)
         #t
         (not-met (object->string data) (object->string text)
                  "the message goes with the request")))
    ((text requests)
     (not-met (requests-text requests)
              (format #f "one request, like (~a server broadcast ~s)"
                      (fact 'me) text)
              "the server does the work: the client needn't know who is here"))))

(define (holds? data text)
  (or (equal? data text)
      (and (pair? data) (or (holds? (car data) text)
                            (holds? (cdr data) text)))))

(define server-rows
  `((everyone "everybody else gets the message"
              ,(lambda () (got-it 'first 'everyone)))
    (sender "and sees who it is from" ,(lambda () (got-it 'first 'sender)))
    (once "nobody gets it twice" ,(lambda () (once 'first)))
    (late "who came later gets the next one" ,(lambda () (got-it 'late 'sender)))
    (left "when somebody has left, the others still get it"
          ,(lambda () (got-it 'left 'sender)))
    (unknown "what nobody knows is still answered \"Unrecognized action\""
             ,(lambda () (unknown (fact 'unknown))))
    (server-legal "what the server sends is as the protocol has it"
                  ,(lambda ()
                     (first-violation (map person-dialogue
                                           (fact 'persons)))))))

(define (got-it name how)
  (let ((text (car (fact name))))
    (apply all-met
           (map (match-lambda
                  ((person . heard)
                   (if (any (lambda (request)
                              (got? request text person how))
                            heard)
                       #t
                       (not-met (requests-text heard)
                                (request-text
                                 (list (fact 'me) (person-name person)
                                       'receive-msg text))
                                'deliver))))
                (fact (symbol-append name '-heard))))))

(define (got? request text person how)
  (match request
    ((src dst 'receive-msg data)
     (and (equal? data text)
          (or (eq? how 'everyone) (equal? src (fact 'me)))))
    (_ #f)))

(define (once name)
  (let ((text (car (fact name))))
    (apply all-met
           (map (match-lambda
                  ((person . heard)
                   (if (> (count (lambda (request)
                                   (equal? text (fourth request)))
                                 heard)
                          1)
                       (not-met (requests-text heard)
                                "the message once"
                                "each message is delivered once")
                       #t)))
                (fact (symbol-append name '-heard))))))

(define (unknown answer)
  (match answer
    ((action . heard)
     (if (any (match-lambda
                (('server _ 'receive-msg text)
                 (equal? text (format #f "Unrecognized action: ~a" action)))
                (_ #f))
              heard)
         #t
         (not-met (requests-text heard)
                  (format #f "\"Unrecognized action: ~a\"" action)
                  'unknown-action)))))

(define im-broadcast
  (make-exercise 'im-broadcast "SERVER and CLIENT, or one of them"
                 '() 'server script requirements))

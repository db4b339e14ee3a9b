;;; (im grade own-server) -- exercise: write your own server
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; Each requirement is a probe: persons come, say something, and hear or
;;; don't hear the answer.

(define-module (im grade own-server)
  #:use-module (im grade exercise)
  #:use-module (im grade link)
  #:use-module (im grade people)
  #:use-module (im grade rules)
  #:use-module (im grade stage)
  #:use-module (im grade student)
  #:use-module (im grade wire)
  #:use-module (ice-9 match)
  #:use-module (srfi srfi-1)
  #:export (own-server))

(define (script files)
  (open-stage! files)
  (for-each (match-lambda
              ((id text probe)
               (in-step! (server-student)) ; a server that hangs is over
              (note-fact! id (catch 'over
                                probe
                                (lambda (key why)
                                  (not-met why "an answer"
                                           "the server serves everybody"))))))
            probes))

(define (requirements files)
  (map (match-lambda ((id text probe) (list id text (lambda () (fact id)))))
       probes))

;;; --- Persons --------------------------------------------------------------

(define everybody '())                  ; persons, for their dialogues

(define (come name)
  (let ((person (meet name (stage-port))))
    (unless person (over "nobody listens where your server should"))
    (set! everybody (cons person everybody))
    person))

(define (enroll)
  (let ((person (enroll-person (new-name) (stage-port))))
    (set! everybody (cons person everybody))
    person))

(define (leave . persons)
  (for-each (lambda (person) (hang-up! (person-link person))) persons))

(define (to person src action data)
  (list src (person-name person) action data))

(define* (hears person request rule)
  "Return #t once PERSON gets REQUEST, or `not-met'."
  (let ((before (length (person-heard person))))
    (if (hears? person request)
        #t
        (not-met (requests-text (person-heard person)) (request-text request)
                 rule))))

(define (hung-up person rule)
  "Return #t once the server has ended PERSON's connection, or `not-met'."
  (if (wait-until (lambda () (link-ended? (person-link person))))
      #t
      (not-met (string-append (requests-text (person-heard person))
                              ", and the connection stays")
               "its end" rule)))

(define (sees-list person names)
  "Return #t once the newest list that PERSON got is NAMES, or `not-met'."
  (if (wait-until (lambda () (equal? names (last-list person))))
      #t
      (not-met (requests-text (person-heard person))
               (request-text (to person 'server 'client-list names))
               'newest)))

(define (names . persons)
  (map person-name persons))

(define (pass one other text)
  "Return #t iff a message of ONE reaches OTHER."
  (person-tells one (person-name other) text)
  (hears other (to other (person-name one) 'receive-msg text) 'deliver))

;;; --- Probes ---------------------------------------------------------------

(define (probe-welcome)
  (let ((person (come (new-name))))
    (person-asks person 'hello)
    (let ((verdict (hears person (to person 'server 'welcome '()) 'answer)))
      (leave person)
      verdict)))

(define (probe-lists)
  (let* ((one (enroll)) (alone (sees-list one (names one)))
         (two (enroll))
         (verdict (all-met alone
                           (sees-list one (names two one))
                           (sees-list two (names two one)))))
    (leave one two)
    verdict))

(define (probe-taken)
  (let* ((one (enroll)) (two (come (person-name one))))
    (person-asks two 'hello)
    (let ((verdict (all-met (hears two (to two 'server 'sorry '()) 'one-name)
                            (hung-up two 'sorry))))
      (leave one two)
      verdict)))

(define (probe-no-hello)
  (let ((person (come (new-name))))
    (say-request (person-link person) (person-name person) 'server 'send-msg "x")
    (hung-up person 'first-thing)))

(define (probe-no-thanks)
  (let ((person (come (new-name))))
    (person-asks person 'hello)
    (hears? person (to person 'server 'welcome '()))
    (say-request (person-link person) (person-name person) 'server 'send-msg "x")
    (hung-up person 'first-thing)))

(define (probe-deliver)
  (let* ((one (enroll)) (two (enroll))
         (verdict (all-met (pass one two (new-text))
                           (pass two one "a \"quote\", a \\, a (paren and é")
                           (pass one two '(1 (two "three") #t))
                           (once two))))
    (leave one two)
    verdict))

(define (once person)
  (let* ((messages (heard-messages person))
         (twice (find (lambda (message)
                        (< 1 (count (lambda (m) (equal? m message)) messages)))
                      messages)))
    (if twice
        (not-met (requests-text messages) (request-text twice)
                 "each message is delivered once")
        #t)))

(define (probe-source)
  (let ((one (enroll)) (two (enroll)) (text (new-text)))
    (say-request (person-link one) (new-name) (person-name two) 'send-msg text)
    (let ((verdict (hears two (to two (person-name one) 'receive-msg text)
                          'source)))
      (leave one two)
      verdict)))

(define (answered action dst template what rule)
  "Return #t iff a person who asks for ACTION is told TEMPLATE with WHAT."
  (let ((person (enroll)))
    (person-asks person action "x" dst)
    (let ((verdict (hears person (to person 'server 'receive-msg
                                     (format #f template what))
                          rule)))
      (leave person)
      verdict)))

(define (probe-unknown-user)
  (let ((nobody (new-name)))
    (answered 'send-msg nobody "User not found: ~a" nobody 'unknown-user)))

(define (probe-unknown-action)
  (let ((action (new-name)))
    (answered action 'server "Unrecognized action: ~a" action
              'unknown-action)))

(define (probe-pieces)
  (let ((one (enroll)) (two (enroll)) (text (new-text)))
    (string-for-each (lambda (byte)
                       (say (person-link one) (string byte))
                       (pump 1/1000))
                     (request->bytes (list (person-name one) (person-name two)
                                           'send-msg text)))
    (let ((verdict (hears two (to two (person-name one) 'receive-msg text)
                          'pieces)))
      (leave one two)
      verdict)))

(define (probe-together)
  (let* ((one (enroll)) (two (enroll)) (texts (list (new-text) (new-text)
                                                    (new-text))))
    (say (person-link one)
         (string-concatenate
          (map (lambda (text)
                 (request->bytes (list (person-name one) (person-name two)
                                       'send-msg text)))
               texts)))
    (let ((verdict (hears two (to two (person-name one) 'receive-msg
                                  (last texts))
                          'pieces)))
      (leave one two)
      (if (equal? (heard-from two (person-name one)) texts)
          verdict
          (not-met (requests-text (heard-messages two))
                   (format #f "in this order: ~s" texts) 'pieces)))))

(define (probe-half)
  (let* ((slow (enroll)) (one (enroll)) (two (enroll)))
    (say (person-link slow) (format #f "(~a ~a send-ms" (person-name slow)
                                    (person-name two)))
    (let ((verdict (pass one two (new-text))))
      (leave slow one two)
      verdict)))

(define (probe-logout)
  (let ((one (enroll)) (two (enroll)))
    (person-asks one 'logout)
    (let ((verdict (all-met (hears one (to one 'server 'goodbye '()) 'goodbye)
                            (hung-up one 'goodbye)
                            (sees-list two (names two)))))
      (leave one two)
      verdict)))

(define (probe-broken)
  (let ((one (enroll)) (two (enroll)))
    (leave one)
    (let ((verdict (all-met (if (eq? #t (sees-list two (names two)))
                                #t
                                (not-met (requests-text (person-heard two))
                                         (request-text (to two 'server
                                                           'client-list
                                                           (names two)))
                                         'broken)))))
      (leave two)
      verdict)))

(define (probe-garbage)
  (let ((bad (enroll)) (one (enroll)) (two (enroll)))
    (say (person-link bad) ")))(((\n")
    (say (person-link bad) "#<what>")
    (let ((verdict (all-met (hung-up bad 'data) (pass one two (new-text)))))
      (leave one two)
      verdict)))

(define (probe-legal)
  (first-violation (map person-dialogue (reverse everybody))))

(define (probe-close)
  (let ((one (enroll)) (two (enroll)))
    (type (server-student) '(im-server-close))
    (let ((ends (lambda (person)
                  (all-met
                   (hears person (to person 'server 'receive-msg
                                     "Server shutting down...")
                          'shutdown)
                   (hears person (to person 'server 'goodbye '()) 'shutdown)
                   (hung-up person 'shutdown)))))
      (all-met (ends one) (ends two)))))

(define probes
  `((welcome "answers hello with welcome" ,probe-welcome)
    (list "after thanks everybody gets the list of clients, newest first"
          ,probe-lists)
    (taken "a name that is taken gets sorry, and the end" ,probe-taken)
    (no-hello "who doesn't say hello is hung up on" ,probe-no-hello)
    (no-thanks "who doesn't say thanks is hung up on" ,probe-no-thanks)
    (deliver "messages are delivered, whatever data they are" ,probe-deliver)
    (source "a message comes from who enrolled, whatever SRC says"
            ,probe-source)
    (unknown-user "a message for nobody is answered" ,probe-unknown-user)
    (unknown-action "an unknown action is answered" ,probe-unknown-action)
    (pieces "a request that comes byte by byte is understood" ,probe-pieces)
    (together "several requests in one piece are all obeyed, in order"
              ,probe-together)
    (half "half a request keeps nobody else waiting" ,probe-half)
    (logout "logout gets goodbye, the end, and the others a new list"
            ,probe-logout)
    (broken "a connection that breaks is a logout" ,probe-broken)
    (garbage "what is no request ends that connection, and no other"
             ,probe-garbage)
    (close "(im-server-close) tells everybody, says goodbye and hangs up"
           ,probe-close)
    (legal "all that it sends is as the protocol has it" ,probe-legal)))

(define own-server
  (make-exercise 'server
                 "SERVER, which defines im-server-start and im-server-close"
                 '(server) 'server script requirements))

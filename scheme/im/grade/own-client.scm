;;; (im grade own-client) -- exercise: write your own client
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; The counterpart is a server that says exactly what we let it, in the
;;; pieces we choose.

(define-module (im grade own-client)
  #:use-module (im grade exercise)
  #:use-module (im grade link)
  #:use-module (im grade people)
  #:use-module (im grade rules)
  #:use-module (im grade stage)
  #:use-module (im grade student)
  #:use-module (im grade wire)
  #:use-module (ice-9 match)
  #:use-module (srfi srfi-1)
  #:export (own-client))

(define listener #f)
(define me #f)
(define friend #f)
(define dialogues '())                  ; of all connections, newest first

;;; --- A server, step by step -----------------------------------------------

(define (script files)
  (set! listener (listen-here))
  (match-let (((one two) (new-names 2)))
    (set! me one)
    (set! friend two))
  (let ((student (start-student me (assq-ref files 'client))))
    (type student `(if (defined? 'whoiam) (set! whoiam ',me)))
    (let ((link (come-in student)))
      (note-fact! 'before-welcome (arrivals-after-pause link))
      (welcome link)
      (note-fact! 'handshake (requests link))
      (talk student link)
      (leave student link))
    (refuse-entry student)
    (send-out student)
    (note-fact! 'comes-back (requests (come-in student)))))

(define (come-in student)
  "Return the link of the student, who enrolls and has said something."
  (type student `(im-enroll "127.0.0.1" ,(port-of listener)))
  (let ((link (or (next-call! listener)
                  (over "(im-enroll ...) didn't connect to the server")))
        (dialogue (make-dialogue me)))
    (set! dialogues (cons dialogue dialogues))
    (set-link-data! link dialogue)
    (on-arrival! link (lambda (arrival) (judge-client! dialogue arrival)))
    (wait-until (lambda ()
                  (or (pair? (link-arrivals link)) (link-ended? link))))
    link))

(define (requests link)
  (filter-map arrival-request (link-arrivals link)))

(define (arrivals-after-pause link)
  (wait-for-quiet 3/10)
  (requests link))

(define* (tell link src action data #:key (pieces 1))
  "Send the client a request in so many PIECES."
  (let ((bytes (request->bytes (list src me action data))))
    (judge-server! (link-data link) (take-arrival bytes 0))
    (for-each (lambda (piece) (say link piece) (pump 1/50))
              (cut bytes pieces))))

(define (cut bytes pieces)
  (let ((size (max 1 (quotient (string-length bytes) pieces))))
    (if (or (= pieces 1) (<= (string-length bytes) size))
        (list bytes)
        (cons (substring bytes 0 size)
              (cut (substring bytes size) (1- pieces))))))

(define (welcome link)
  (tell link 'server 'welcome '() #:pieces 3)
  (wait-until (lambda ()
                (or (eq? 'in (dialogue-state (link-data link)))
                    (link-ended? link)))))

(define (said student link expression)
  "Return what the student's client sends when EXPRESSION is typed."
  (let ((before (length (requests link))))
    (when expression (type student expression))
    (in-step! student)
    (drop (requests link) before)))

;;; --- Talking --------------------------------------------------------------

(define (talk student link)
  (let ((text (new-text)) (odd "a \"quote\", a \\, a (paren, é and ☺"))
    (tell link 'server 'client-list (list me friend))
    (note-fact! 'plain (list text (said student link `(im ',friend ,text))))
    (note-fact! 'odd (list odd (said student link `(im ',friend ,odd))))
    (let ((datum '(1 (two "three") #t)))
      (note-fact! 'datum (list datum (said student link
                                           `(im ',friend ',datum))))))
  (note-fact! 'silent (let ((before (length (requests link))))
                        (receive-things link)
                        (at-rest!)
                        (drop (requests link) before)))
  (note-fact! 'not-fooled (try-im student link))
  (let* ((bytes (request->bytes (list friend me 'receive-msg (new-text))))
         (half (quotient (string-length bytes) 2)))
    (say link (substring bytes 0 half))
    (in-step! student)
    (note-fact! 'not-blocked (try-im student link))
    (say link (substring bytes half))
    (at-rest!)
    (note-fact! 'whole-again (try-im student link))))

(define (receive-things link)
  "Several requests in one piece, one in many, and one that looks like others."
  (say link (string-append
             (request->bytes (list friend me 'receive-msg (new-text)))
             (request->bytes (list friend me 'receive-msg '(a "b" 3)))
             (request->bytes (list 'server me 'client-list (list me friend)))))
  (tell link friend 'receive-msg
        (format #f ") \\ \" (server ~a goodbye ())" me) #:pieces 9)
  (tell link 'server 'receive-msg "User not found: nobody"))

(define (try-im student link)
  "Return (TEXT REQUESTS) for one more message."
  (let ((text (new-text)))
    (list text (said student link `(im ',friend ,text)))))

;;; --- Leaving --------------------------------------------------------------

(define (leave student link)
  (let ((before (length (requests link))))
    (type student '(im-exit))
    (wait-until (lambda ()
                  (or (> (length (requests link)) before) (link-ended? link))))
    (note-fact! 'logout (drop (requests link) before)))
  (tell link 'server 'goodbye '())
  (in-step! student)
  (note-fact! 'closed? (hangs-up? link))
  (hang-up! link))

(define (hangs-up? link)
  (at-rest!)
  (link-ended? link))

(define (refuse-entry student)
  "The name is taken."
  (let ((link (come-in student)))
    (tell link 'server 'sorry '())
    (in-step! student)
    (note-fact! 'after-sorry (cdr-or-nothing (requests link)))
    (hang-up! link)
    (in-step! student)))

(define (cdr-or-nothing list)
  (if (pair? list) (cdr list) '()))

(define (send-out student)
  "The server says goodbye to who didn't ask for it."
  (let ((link (come-in student)))
    (welcome link)
    (in-step! student)
    (tell link 'server 'goodbye '() #:pieces 4)
    (note-fact! 'sent-out? (hangs-up? link))
    (hang-up! link)
    (in-step! student)))

;;; --- What is required -----------------------------------------------------

(define (requirements files)
  `((hello "says hello to the server, and nothing before the answer"
           ,(lambda () (exactly (fact 'before-welcome) '(hello))))
    (thanks "answers welcome, which comes in pieces, with thanks"
            ,(lambda () (exactly (fact 'handshake) '(hello thanks))))
    (legal "each request is as the protocol has it"
           ,(lambda () (first-violation (reverse dialogues))))
    (im "(im 'bob \"...\") sends the message, once" ,(lambda () (sent 'plain)))
    (odd "also one with quotes, parentheses and é in it"
         ,(lambda () (sent 'odd)))
    (datum "also one that is a list" ,(lambda () (sent 'datum)))
    (silent "what comes in is read, not answered"
            ,(lambda ()
               (if (null? (fact 'silent))
                   #t
                   (not-met (requests-text (fact 'silent)) "nothing"
                            "only hello and logout are answered"))))
    (not-fooled "a message that looks like a goodbye is none"
                ,(lambda () (sent 'not-fooled)))
    (not-blocked "half a request doesn't block the prompt"
                 ,(lambda () (sent 'not-blocked)))
    (whole-again "its other half makes it whole"
                 ,(lambda () (sent 'whole-again)))
    (logout "(im-exit) sends logout"
            ,(lambda () (exactly (fact 'logout) '(logout))))
    (closed "and after the goodbye the connection is closed"
            ,(lambda () (closed (fact 'closed?))))
    (sorry "after sorry it says nothing more"
           ,(lambda ()
              (if (null? (fact 'after-sorry))
                  #t
                  (not-met (requests-text (fact 'after-sorry)) "nothing"
                           'sorry))))
    (goodbye "a goodbye that it didn't ask for ends the connection too"
             ,(lambda () (closed (fact 'sent-out?))))
    (comes-back "and then it can enroll again"
                ,(lambda () (exactly (fact 'comes-back) '(hello))))))

(define (exactly requests actions)
  (let ((expected (map (lambda (action) (list me 'server action '())) actions)))
    (if (equal? requests expected)
        #t
        (not-met (requests-text requests) (requests-text expected)
                 (last actions)))))

(define (sent name)
  (match (fact name)
    ((data requests)
     (let ((expected (list me friend 'send-msg data)))
       (if (equal? requests (list expected))
           #t
           (not-met (requests-text requests) (request-text expected)
                    'deliver))))))

(define (closed closed?)
  (if closed?
      #t
      (not-met "nothing: the connection stays" "its end" 'goodbye)))

(define own-client
  (make-exercise 'client "CLIENT, which defines im-enroll, im and im-exit"
                 '(client) 'client script requirements))

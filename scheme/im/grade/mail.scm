;;; (im grade mail) -- exercise: (mail 'bob "..."), (get-mail)
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; Server and client agree on their own actions and on the form of a letter.
;;; So a letter has come when a request to the client holds its text.

(define-module (im grade mail)
  #:use-module (im grade exercise)
  #:use-module (im grade people)
  #:use-module (im grade server)
  #:use-module (im grade stage)
  #:use-module (im grade student)
  #:use-module (ice-9 match)
  #:use-module (srfi srfi-1)
  #:export (mail))

;;; --- What happens ---------------------------------------------------------

(define (script files)
  (define client (assq-ref files 'client))
  (match-let (((ann bob eve) (new-names 3))
              ((one two three) (list (new-text) (new-text) (new-text))))
    (for-each note-fact! '(ann bob eve one two three)
              (list ann bob eve one two three))
    (open-stage! files #:more-actions? #t)
    (let ((sender (start-client ann client)))
      (type sender `(mail ',bob ,one))
      (type sender `(mail ',bob ,two))
      (at-rest!)
      (let ((receiver (start-client bob client)))
        (note-fact! 'unasked (all-said-to bob))
        (note-fact! 'got (get-mail receiver))
        (note-fact! 'private (get-mail (start-client eve client)))
        (talk sender ann bob))
      (type sender `(mail ',eve ,three))
      (at-rest!)
      (type sender '(im-exit))
      (at-rest!))
    (when (server-student)
      (restart-server! (assq-ref files 'server))
      (let ((late (start-client eve client)))
        (note-fact! 'after-restart (get-mail late))))))

(define (get-mail student)
  "Return what STUDENT is sent when it asks for its mail."
  (let* ((name (student-name student))
         (before (length (all-said-to name))))
    (type student '(get-mail))
    (at-rest!)
    (drop (all-said-to name) before)))

(define (all-said-to name)
  "Return what was said to the client called NAME; nothing if there is none."
  (let ((client (tapped name)))
    (if client (said-to client) '())))

(define (talk sender ann bob)
  "Note whether a plain message still arrives."
  (let ((text (new-text)))
    (type sender `(im ',bob ,text))
    (at-rest!)
    (note-fact! 'talk
                (and (tapped bob)
                     (member (list ann bob 'receive-msg text)
                             (said-to (tapped bob)))))))

;;; --- What is required -----------------------------------------------------

(define (requirements files)
  `(,(enroll-row 'ann 'bob 'eve)
    ,legal-row
    (kept "who wasn't here gets the letter by (get-mail)"
          ,(lambda () (holds (fact 'got) (fact 'two))))
    (all "a second letter doesn't replace the first"
         ,(lambda () (all-met (holds (fact 'got) (fact 'one))
                              (holds (fact 'got) (fact 'two)))))
    (unasked "it comes when it is asked for, not before"
             ,(lambda () (lacks (fact 'unasked) (fact 'one))))
    (from "a letter says who it is from"
          ,(lambda () (holds (fact 'got) (symbol->string (fact 'ann)))))
    (private "nobody else gets it"
             ,(lambda () (lacks (fact 'private) (fact 'one))))
    (talk "im works as before"
          ,(lambda ()
             (if (fact 'talk)
                 #t
                 (not-met "nothing" "the message, as receive-msg" 'deliver))))
    (restart "letters survive that the server ends and starts again"
             ,(lambda () (holds (fact 'after-restart) (fact 'three))))))

(define (holds requests text)
  (if (any (lambda (request) (inside? request text)) requests)
      #t
      (not-met (requests-text requests)
               (format #f "a request that holds ~s" text)
               "get-mail brings every letter that was sent to that name")))

(define (lacks requests text)
  (match (find (lambda (request) (inside? request text)) requests)
    (#f #t)
    (request (not-met (request-text request)
                      (format #f "nothing that holds ~s" text)
                      "a letter is for whom it was sent to, when asked for"))))

(define (inside? datum text)
  "Return true iff TEXT stands anywhere in DATUM."
  (match datum
    ((one . other) (or (inside? one text) (inside? other text)))
    ((? string?) (string-contains datum text))
    ((? symbol?) (string-contains (symbol->string datum) text))
    ((? vector?) (inside? (vector->list datum) text))
    (_ #f)))

(define mail
  (make-exercise 'mail "SERVER and CLIENT" '(server client) 'server
                 script requirements))

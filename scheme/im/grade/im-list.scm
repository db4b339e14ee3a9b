;;; (im grade im-list) -- exercise: (im-list '(ann bob) "...")
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(define-module (im grade im-list)
  #:use-module (im grade exercise)
  #:use-module (im grade people)
  #:use-module (im grade stage)
  #:use-module (im grade student)
  #:use-module (ice-9 match)
  #:use-module (srfi srfi-1)
  #:export (im-list))

;;; --- What happens ---------------------------------------------------------

(define (script files)
  (define me (new-name))
  (define others (new-names 4))
  (open-stage! files)
  (note-fact! 'me me)
  (for-each (lambda (name) (enroll-person name (stage-port))) others)
  (let ((student (start-client me (assq-ref files 'client))))
    (say-to-list student 'three (take others 3))
    (say-to-list student 'two (list (fourth others) (second others)))
    (say-to-list student 'none '())
    (say-to-list student 'one (list (third others)))
    (say-to-list student 'absent (list (new-name) (first others)))
    (type student `(im ',(first others) "Bye"))
    (note-fact! 'after (said-while me at-rest!))))

(define (say-to-list student name receivers)
  "Note under NAME (TEXT RECEIVERS REQUESTS), what the student is to send to
whom, and sends."
  (let ((text (new-text)))
    (type student `(im-list ',receivers ,text))
    (note-fact! name
                (list text receivers
                      (said-while (student-name student)
                                  (lambda () (in-step! student)))))))

;;; --- What is required -----------------------------------------------------

(define (requirements files)
  `(,(enroll-row 'me)
    ,legal-row
    (everyone "each person on the list gets the message"
              ,(lambda () (everyone 'three)))
    (once "nobody gets it twice"
          ,(lambda () (all-met (once 'three) (once 'two))))
    (only "nobody gets anything else"
          ,(lambda () (all-met (only 'three) (only 'two))))
    (again "another list and another message work as well"
           ,(lambda () (all-met (everyone 'two) (everyone 'one))))
    (none "for an empty list nothing is sent" ,(lambda () (only 'none)))
    (absent "a name that isn't here doesn't keep the others from theirs"
            ,(lambda () (everyone 'absent)))
    (after "im works afterwards as before"
           ,(lambda ()
              (if (pair? (fact 'after))
                  #t
                  (not-met "nothing" "(NAME OTHER send-msg \"Bye\")"
                           'deliver))))))

(define (wanted receiver text)
  (list (fact 'me) receiver 'send-msg text))

(define (everyone name)
  (match (fact name)
    ((text receivers requests)
     (let ((missing (find (lambda (receiver)
                            (not (member (wanted receiver text) requests)))
                          receivers)))
       (if missing
           (not-met (requests-text requests)
                    (request-text (wanted missing text))
                    'deliver)
           #t)))))

(define (once name)
  (match (fact name)
    ((text receivers requests)
     (let ((twice (find (lambda (request)
                          (< 1 (count (lambda (r) (equal? r request))
                                      requests)))
                        requests)))
       (if twice
           (not-met (requests-text requests)
                    (string-append "only once: " (request-text twice))
                    "each message is sent once to each person")
           #t)))))

(define (only name)
  (match (fact name)
    ((text receivers requests)
     (let ((other (find (lambda (request)
                          (not (member request
                                       (map (lambda (receiver)
                                              (wanted receiver text))
                                            receivers))))
                        requests)))
       (if other
           (not-met (request-text other)
                    (format #f "only ~s, to each of ~a" text receivers)
                    'deliver)
           #t)))))

(define im-list
  (make-exercise 'im-list "CLIENT" '(client) 'client script requirements))

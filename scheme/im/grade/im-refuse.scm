;;; (im grade im-refuse) -- exercise: (im-refuse 'eve), (im-accept 'eve)
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; Who tells eve, the client or its server, is the student's choice.  What
;;; the client shows can't be seen from here.

(define-module (im grade im-refuse)
  #:use-module (im grade exercise)
  #:use-module (im grade link)
  #:use-module (im grade people)
  #:use-module (im grade server)
  #:use-module (im grade stage)
  #:use-module (im grade student)
  #:use-module (ice-9 match)
  #:use-module (srfi srfi-1)
  #:export (im-refuse))

;; So many requests may follow a message between two that refuse each other:
;; each may tell the other, by way of the server.
(define most-after 6)

;;; --- What happens ---------------------------------------------------------

(define (script files)
  (match-let (((me other eve friend) (new-names 4))
              (file (assq-ref files 'client)))
    (note-fact! 'me me)
    (note-fact! 'other other)
    (open-stage! files #:more-actions? (assq-ref files 'server))
    (let ((eve (enroll-person eve (stage-port)))
          (friend (enroll-person friend (stage-port)))
          (student (start-client me file)))
      (note-fact! 'before (told-after eve student))
      (type student `(im-refuse ',(person-name eve)))
      (note-fact! 'refused (told-after eve student))
      (note-fact! 'friend (told-after friend student))
      (type student `(im-accept ',(person-name eve)))
      (note-fact! 'accepted (told-after eve student))
      (type student `(im-refuse ',(person-name eve)))
      (note-fact! 'again (told-after eve student))
      (refuse-each-other student (start-client other file)))))

(define (told-after person student)
  "Return what PERSON gets after a message to STUDENT, until a mark."
  (let ((mark (new-text)) (name (person-name person)))
    (in-step! student)
    (forget-heard! person)
    (person-tells person (student-name student) (new-text))
    (at-rest!)
    (type student `(im ',name ,mark))
    (in-step! student)
    (hears? person (list (student-name student) name 'receive-msg mark))
    (remove (lambda (request) (equal? mark (fourth request)))
            (heard-messages person))))

(define (refuse-each-other one other)
  "Note what both say after one message."
  (define (said)
    (append-map said-by (tapped-clients)))
  (type one `(im-refuse ',(student-name other)))
  (type other `(im-refuse ',(student-name one)))
  (at-rest!)
  (let ((before (length (said))))
    (type one `(im ',(student-name other) ,(new-text)))
    (wait-until (lambda () (> (length (said)) before)) 1)
    (let loop ()
      (when (and (< (- (length (said)) before) (* 3 most-after))
                 (pump 3/10))
        (loop)))
    (note-fact! 'mutual (- (length (said)) before 1))
    (note-fact! 'mutual-last (let ((all (said)))
                               (if (null? all) '() (list (last all)))))))

;;; --- What is required -----------------------------------------------------

(define (requirements files)
  `(,(enroll-row 'me 'other)
    ,legal-row
    (before "nobody is told before anybody is refused"
            ,(lambda () (nothing 'before)))
    (told "after (im-refuse 'eve), eve is told when she sends a message"
          ,(lambda ()
             (if (pair? (fact 'refused))
                 #t
                 (not-met "nothing" "a message to eve that says so"
                          "the sender of a refused message is told"))))
    (told-once "she is told once for it"
               ,(lambda ()
                  (if (< (length (fact 'refused)) 2)
                      #t
                      (not-met (requests-text (fact 'refused))
                               "one message"
                               "one refused message, one notice"))))
    (others "others aren't told anything" ,(lambda () (nothing 'friend)))
    (accept "after (im-accept 'eve) eve isn't told any more"
            ,(lambda () (nothing 'accepted)))
    (again "and after another (im-refuse 'eve) she is"
           ,(lambda ()
              (if (pair? (fact 'again))
                  #t
                  (not-met "nothing" "a message to eve that says so"
                           "the sender of a refused message is told"))))
    (no-loop "two clients that refuse each other fall silent"
             ,(lambda ()
                (if (<= (fact 'mutual) most-after)
                    #t
                    (not-met (format #f "~a requests after one message, the \
last: ~a" (fact 'mutual) (requests-text (fact 'mutual-last)))
                             (format #f "at most ~a" most-after)
                             "a refusal isn't answered with a refusal"))))))

(define (nothing name)
  (if (null? (fact name))
      #t
      (not-met (requests-text (fact name)) "nothing"
               "only who is refused is told so")))

(define im-refuse
  (make-exercise 'im-refuse "CLIENT, or SERVER and CLIENT"
                 '(client) 'client script requirements))

;;; (im grade people) -- who else is there, never the same
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; A person is a client on a connection of ours that obeys the protocol to
;;; the letter.  Names and texts are other ones each time, so that no file can
;;; know them.

(define-module (im grade people)
  #:use-module (im grade link)
  #:use-module (im grade rules)
  #:use-module (im grade wire)
  #:use-module (ice-9 match)
  #:use-module (srfi srfi-1)
  #:use-module (srfi srfi-9)
  #:export (new-names new-name new-text
            person-link person-name person-dialogue
            person? meet enroll-person person-tells person-asks person-heard
            heard-from heard-messages heard? hears? last-list
            forget-heard!))

(define state (random-state-from-platform))

(define first-names
  '("ada" "alan" "amir" "anna" "bela" "carl" "dora" "edgar" "emmy" "fay"
    "grace" "hal" "ines" "ivan" "joan" "kurt" "lisa" "maya" "nils" "olga"
    "paul" "rosa" "tim" "uma" "vera" "will" "xenia" "yara" "zoe"))

(define words
  '("the train" "a lecture" "our game" "the exam" "lunch" "a \"party\""
    "the film" "homework" "the café" "a (small) break"))

(define (new-names count)
  "Return COUNT names, symbols, that nobody has had."
  (map (lambda (number) (new-name)) (iota count)))

(define used '())

(define (new-name)
  "Return a name, a symbol, that nobody has had."
  (let ((name (string->symbol
               (string-append (any-of first-names)
                              (number->string (+ 100 (random 900 state)))))))
    (if (memq name used)
        (new-name)
        (begin (set! used (cons name used))
               name))))

(define (new-text)
  "Return a sentence that nobody has said."
  (format #f "~a begins at ~a:~a in room ~a" (any-of words)
          (random 24 state) (+ 10 (random 50 state))
          (random 1000000 state)))

(define (any-of list)
  (list-ref list (random (length list) state)))

;;; --- Persons --------------------------------------------------------------

(define-record-type <person>
  (make-person name link dialogue forgotten)
  person?
  (name person-name)
  (link person-link)
  (dialogue person-dialogue)
  (forgotten person-forgotten set-person-forgotten!)) ; how many arrivals

(define* (meet name port #:key more-actions?)
  "Return a person called NAME who has called the server at PORT and said
nothing yet, or #f."
  (let ((link (call port))
        (dialogue (make-dialogue name #:more-actions? more-actions?)))
    (and link
         (begin
           (on-arrival! link (lambda (arrival)
                               (judge-server! dialogue arrival)))
           (make-person name link dialogue 0)))))

(define* (enroll-person name port #:key more-actions?)
  "Return a person called NAME, enrolled with the server at PORT.  If that
can't be, grading is over."
  (let ((person (meet name port #:more-actions? more-actions?)))
    (unless person
      (over "nobody listens where your server should"))
    (person-asks person 'hello)
    (unless (hears? person `(server ,name welcome ()))
      (over (format #f "your server didn't say welcome to ~a" name)))
    (person-asks person 'thanks)
    (unless (wait-until (lambda () (memv name (or (last-list person) '()))))
      (over (format #f "your server didn't send ~a a list with that name"
                    name)))
    person))

(define* (person-asks person action #:optional (data '()) (dst 'server))
  "Let PERSON send a request."
  (let ((request (list (person-name person) dst action data)))
    (advance-client! (person-dialogue person) request)
    (say (person-link person) (request->bytes request))))

(define (person-tells person who text)
  "Let PERSON send TEXT to WHO."
  (person-asks person 'send-msg text who))

(define (person-heard person)
  "Return the requests that PERSON got, the oldest first, but for those that
are to be forgotten."
  (filter-map arrival-request
              (drop (link-arrivals (person-link person))
                    (person-forgotten person))))

(define (forget-heard! person)
  "Forget what PERSON has heard until now."
  (set-person-forgotten! person
                         (length (link-arrivals (person-link person)))))

(define (heard-messages person)
  "Return the requests that brought PERSON a message, and those of no known
action: all but the list of clients."
  (remove (lambda (request) (eq? 'client-list (third request)))
          (person-heard person)))

(define (heard-from person who)
  "Return the data of the messages that PERSON got from WHO, oldest first."
  (filter-map (match-lambda
                ((src _ 'receive-msg data) (and (equal? src who) data))
                (_ #f))
              (person-heard person)))

(define (heard? person request)
  "Return true iff PERSON has got REQUEST."
  (member request (person-heard person)))

(define* (hears? person request #:optional (seconds (patience)))
  "Return true iff PERSON gets REQUEST within SECONDS."
  (wait-until (lambda ()
                (or (heard? person request)
                    (and (link-ended? (person-link person)) 'ended)))
              seconds)
  (heard? person request))

(define (last-list person)
  "Return the newest list of clients that PERSON got, or #f."
  (any (match-lambda
         (('server _ 'client-list names) names)
         (_ #f))
       (reverse (filter-map arrival-request
                            (link-arrivals (person-link person))))))

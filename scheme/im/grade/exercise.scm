;;; (im grade exercise) -- exercises, what they require, and the verdict
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; An exercise is a script, which lets things happen and notes what was
;;; received as facts, and a table of requirements, which judge by the facts.
;;; A requirement whose facts the script never came to isn't met.

(define-module (im grade exercise)
  #:use-module (im grade link)
  #:use-module (im grade rules)
  #:use-module (im grade student)
  #:use-module (im grade wire)
  #:use-module (im text)
  #:use-module (ice-9 match)
  #:use-module (srfi srfi-1)
  #:use-module (srfi srfi-9)
  #:export (make-exercise exercise-name exercise-files exercise-role
            exercise-needs
            note-fact! fact fact? not-met all-met
            grade verdict-id verdict-met? print-verdicts
            request-text requests-text))

;; NAME: a symbol.  FILES: the files it takes, for the usage line.  NEEDS: the
;; roles, server and client, that it can't do without.  ROLE: what a file is that
;; doesn't say.  SCRIPT: (lambda (files)), FILES an association list of roles and
;; file names.  REQUIREMENTS: (lambda
;; (files)) to a list of (ID TEXT CHECK), where (CHECK) is #t or `not-met'.
(define-record-type <exercise>
  (make-exercise name files needs role script requirements)
  exercise?
  (name exercise-name)
  (files exercise-files)
  (needs exercise-needs)
  (role exercise-role)
  (script exercise-script)
  (requirements exercise-requirements))

;;; --- Facts ----------------------------------------------------------------

(define facts '())

(define (note-fact! name value)
  "Remember VALUE, of what was received, under NAME."
  (set! facts (acons name value facts)))

(define (fact name)
  "Return what was noted under NAME.  Where that was never, the requirement
that asks for it isn't met."
  (match (assq name facts)
    ((_ . value) value)
    (#f (throw 'no-such-fact name))))

(define (fact? name)
  "Return true iff something was noted under NAME."
  (and (assq name facts) #t))

;;; --- Verdicts -------------------------------------------------------------

;; What was RECEIVED and EXPECTED instead, texts, and the RULE, a symbol of
;; (im grade rules) or a text.
(define-record-type <failure>
  (not-met received expected rule)
  failure?
  (received failure-received)
  (expected failure-expected)
  (rule failure-rule))

(define-record-type <verdict>
  (make-verdict id text failure)
  verdict?
  (id verdict-id)
  (text verdict-text)
  (failure verdict-failure))            ; #f: met

(define (verdict-met? verdict)
  "Return true iff what VERDICT is about was met."
  (not (verdict-failure verdict)))

(define (all-met . checks)
  "Return #t, or the first of CHECKS, #t or `not-met' each, that isn't #t."
  (or (find failure? checks) #t))

(define (grade exercise files)
  "Run the script of EXERCISE with FILES.  Return the verdicts, in the order of
the requirements."
  (let ((end (with-students
              (lambda ()
                (catch 'over
                  (lambda ()
                    ((exercise-script exercise) files)
                    (note-fact! 'script-ended #t)
                    #f)
                  (lambda (key why) why))))))
    (map (match-lambda
           ((id text check)
            (make-verdict id text (outcome check end))))
         ((exercise-requirements exercise) files))))

(define (outcome check end)
  "Return #f or how CHECK failed.  END says why the script ended early, or #f."
  (catch 'no-such-fact
    (lambda ()
      (let ((result (check)))
        (and (failure? result) result)))
    (lambda (key name)
      (not-met "nothing: it didn't come to that"
               "that the program goes on"
               (or end "all that is asked for must be there")))))

;;; --- Showing --------------------------------------------------------------

(define (request-text request)
  "Return REQUEST as it goes over the wire."
  (bytes->text (request->bytes request)))

(define (requests-text requests)
  "Return REQUESTS as they go over the wire, or a word for none."
  (if (null? requests)
      "nothing"
      (string-join (map request-text requests) " ")))

(define (print-verdicts verdicts)
  "Print a line for each of VERDICTS, more for the first that isn't met, and the
sum."
  (let ((first-failed (find verdict-failure verdicts)))
    (for-each (lambda (verdict)
                (print-line "~a  ~a" (if (verdict-met? verdict)
                                         "met    " "NOT MET")
                            (verdict-text verdict))
                (when (eq? verdict first-failed)
                  (print-failure (verdict-failure verdict))))
              verdicts)
    (when first-failed
      (print-hint))
    (print-line "~a of ~a requirements met"
                (count verdict-met? verdicts) (length verdicts))))

(define (print-failure failure)
  (print-line "           received:  ~a" (shown (failure-received failure)))
  (print-line "           expected:  ~a" (shown (failure-expected failure)))
  (print-line "           rule:      ~a" (rule-text (failure-rule failure))))

(define (print-hint)
  "Print which errors the program itself told, on which no verdict depends."
  (match (complaints)
    (() #f)
    (lines
     (print-line "hint: at the prompt of your program stood")
     (for-each (lambda (line) (print-line "  | ~a" (shown line))) lines))))

(define most-shown 400)                 ; characters

(define (shown text)
  (let ((safe (harmless text)))
    (if (> (string-length safe) most-shown)
        (string-append (string-take safe most-shown) " ...")
        safe)))

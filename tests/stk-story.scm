;;; stk-story.scm --- stories about classes, told in four ways
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; A story is definitions and what holds after them, in this order.  Every
;;; story is told four times: interpreted, compiled, and from a file that is
;;; loaded, as it is and compiled.

(define-module (stk-story)
  #:use-module (ice-9 match)
  #:use-module (srfi srfi-64)
  #:use-module ((stk load) #:prefix stk:)
  #:use-module ((system base compile) #:select (compile compile-file))
  #:export (story new-module result-or-error account))

;;; --- Four ways to run a story ---------------------------------------

(define (new-module)
  (let ((module (make-fresh-user-module)))
    (module-use! module (resolve-interface '(stk oop)))
    module))

(define (compile-and-run form module) (compile form #:env module))

(define (one-by-one run)
  (lambda (forms module)
    (for-each (lambda (form) (run form module)) forms)))

(define (from-file load-file)
  "Return what calls LOAD-FILE in a module with a file of forms."
  (lambda (forms module)
    (let* ((port (mkstemp! (in-vicinity (or (getenv "TMPDIR") "/tmp")
                                        "story-XXXXXX")))
           (file (port-filename port)))
      (for-each (lambda (form) (write form port)) forms)
      (close-port port)
      (save-module-excursion
       (lambda () (set-current-module module) (load-file file)))
      (delete-file file))))

(define (load-object file)
  (let ((object (string-append file ".go")))
    (compile-file file #:output-file object #:env (current-module))
    (load-compiled object)
    (delete-file object)))

(define ways                            ; name, definitions, expressions
  `(("interpreted" ,(one-by-one eval) ,eval)
    ("compiled" ,(one-by-one compile-and-run) ,compile-and-run)
    ("loaded" ,(from-file stk:load) ,eval)
    ("loaded compiled" ,(from-file load-object) ,compile-and-run)))

(define (result-or-error run form module)
  (catch #t
    (lambda () (run form module))
    (lambda (key who text . rest)
      (list 'error (if (eq? key 'syntax-error)
                       text
                       (apply simple-format #f text (car rest)))))))

(define (story title definitions table)
  "Evaluate DEFINITIONS in each of the ways; then each row of TABLE has its
VALUE, (EXPRESSION VALUE), or its error, (EXPRESSION error TEXT)."
  (for-each
   (match-lambda
     ((way define-all run)
      (let ((module (new-module)))
        (define-all definitions module)
        (for-each
         (match-lambda
           ((form . expected)
            (test-equal (simple-format #f "~A, ~A: ~S" title way form)
              (if (null? (cdr expected)) (car expected) expected)
              (result-or-error run form module))))
         table))))
   ways))

;; The class of the first example in the manual.
(define account
  '(define-class (account balance)
     (method (deposit amount) (set! balance (+ balance amount)) balance)
     (method (withdraw amount)
       (if (> amount balance)
           "Insufficient funds"
           (begin (set! balance (- balance amount)) balance)))))

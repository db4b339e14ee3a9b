;;; test-docstrings.scm --- whatever a module exports can be described
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(use-modules (im-test) (ice-9 format) (srfi srfi-1) (srfi srfi-64))

(define modules
  '((im beginner) (im complaint) (im datagram) (im diagnose) (im dispatch) (im hosts)
    (im geiser) (im grade) (im grade bots) (im grade exercise) (im grade link)
    (im grade people) (im grade roles) (im grade rules) (im grade seat)
    (im grade server) (im grade stage) (im grade student) (im grade wire)
    (im inside) (im lab) (im limits) (im lines) (im log) (im log-file)
    (im main) (im manual) (im names)
    (im primitives) (im program) (im reactor) (im repl) (im request)
    (im screen) (im show) (im socket) (im text) (im timeout) (stk load)))

(define (exports name)
  "Return (SYMBOL . VALUE) of what the module NAME exports, in order."
  (sort (module-map (lambda (symbol variable)
                      (cons symbol (and (variable-bound? variable)
                                        (variable-ref variable))))
                    (resolve-interface name))
        (lambda (one other)
          (string<? (symbol->string (car one)) (symbol->string (car other))))))

(define (undocumented name)
  "Return the names of the procedures that module NAME exports and that have
no docstring of at least ten characters."
  (filter-map (lambda (export)
                (let ((value (cdr export)))
                  (and (procedure? value)
                       (not (macro? value))
                       (let ((text (or (procedure-documentation value) "")))
                         (< (string-length text) 10))
                       (car export))))
              (exports name)))

(define (test-docstrings)
  (for-each
   (lambda (name)
     (test-assert (format #f "~s exports something" name)
       (pair? (exports name)))
     (test-equal (format #f "all of ~s has docstrings" name)
       '() (undocumented name)))
   modules)
  (test-assert "procedures in C have them as a property"
    (any (lambda (export)
           (and (procedure? (cdr export))
                (string? (procedure-property (cdr export) 'documentation))))
         (exports '(im primitives)))))

(run-tests "docstrings" `("docstrings" ,test-docstrings))

;;; test-stk.scm --- all that STk programs expect is in (stk)
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(use-modules (im-test) (stk-test) (srfi srfi-1) (srfi srfi-64))

;;; --- The module -----------------------------------------------------------

(define look-at-all
  '(module-for-each (lambda (name variable)
                      (module-variable (current-module) name))
                    (resolve-interface '(stk))))

(define (test-quiet)
  (test-equal "(use-modules (stk)) prints nothing" ""
              (guile-says '(use-modules (stk)) look-at-all))
  (test-equal "what is imported later wins, and prints nothing"
    "(1 (2) #t #t #t)"
    (guile-says '(use-modules (stk))
                '(use-modules (srfi srfi-1) (ice-9 format) (ice-9 rdelim))
                '(write (list (first '(1 2)) (remove odd? '(1 2))
                              (eq? first (@ (srfi srfi-1) first))
                              (eq? format (@ (ice-9 format) format))
                              (eq? read-line (@ (ice-9 rdelim) read-line))))
                look-at-all))
  (test-equal "and so does (stk), later" "(b #t)"
    (guile-says '(use-modules (srfi srfi-1) (ice-9 format) (ice-9 rdelim))
                '(use-modules (stk))
                '(write (list (first 'bob) (catch (car 1))))
                look-at-all))
  (test-equal "the programs of the library load beside it" ""
    (guile-says '(use-modules (stk))
                '(load "im-server")
                '(load "~cs61a/lib/im-client") look-at-all)))

(define names
  '(make-client-socket make-server-socket socket-accept-connection socket-dup
    socket-shutdown socket-input socket-output socket-host-name
    socket-host-address socket-local-address socket-port-number socket?
    socket-down? when-socket-ready when-port-readable when-port-writable
    port-closed? read char-ready? flush format catch error nil string->word
    word sentence se first bf butfirst last bl butlast item member? empty?
    count every keep appearances cons-stream stream-car stream-cdr
    the-empty-stream stream-null? exec getenv string-index split-string
    read-line filter delete remove random put get define-class instantiate
    ask load))

(define (test-names)
  (let ((module (fresh-user)))
    (test-equal "every name of the contract is there" '()
      (remove (lambda (name) (module-variable module name)) names)))
  (module-for-each
   (lambda (name variable)
     (let* ((value (variable-ref variable))
            (what (if (macro? value) (macro-transformer value) value)))
       (when (procedure? what)
         (test-assert (format #f "~a has a docstring" name)
           (string? (procedure-documentation what))))))
   (resolve-interface '(stk)))
  (gives ((sentence 'hello (word 'b 'o 'b)) '(hello bob))
         ((stream-car (stream-cdr (cons-stream 1 (cons-stream 2 '())))) 2)
         ((begin (define-class (bot name)
                   (method (greet who) (sentence 'hi who 'from name)))
                 (ask (instantiate bot 'ann) 'greet 'bob))
          '(hi bob from ann))))

(run-tests "stk"
  `("quiet" ,test-quiet)
  `("names" ,test-names))

;;; test-stk.scm --- all that STk programs expect is in (stk)
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(use-modules (im-test) (stk-test) (ice-9 format) (ice-9 match)
             (ice-9 regex) (manual-text) (srfi srfi-1) (srfi srfi-64))

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
  (test-equal "a module may use it beside those it gathers from" ""
    (guile-says '(define-module (bot)
                   #:use-module (im reactor)
                   #:use-module (stk)
                   #:use-module (im socket))
                look-at-all))
  (test-equal "the programs of the library load beside it" ""
    (guile-says '(use-modules (stk))
                '(load "im-server")
                '(load "~cs61a/lib/im-client") look-at-all)))


;;; --- The names ------------------------------------------------------------

;; What a program may use.
(define expected
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

(define (in-source name)
  (in-vicinity (or (getenv "abs_top_srcdir") "..") name))

;; In the manual a section with a table says "Tests: @code{FILE …}", and each
;; row is (NAMES HOME DIFFERENCE).
(define chapter "coming-from-stk.texi")
(define sections (chapter-tables chapter))    ; ((HEADING ROW …) …)

(define (words text)
  (string-tokenize text char-set:graphic))

(define (section-tests section)
  (let* ((text (string-join (chapter-lines chapter) "\n"))
         (start (string-contains text
                                 (string-append "@section " (car section)))))
    (words (match:substring (string-match "\nTests: @code\\{([^}]*)\\}"
                                          text start)
                            1))))

(define (section-rows section)
  "Return ((NAME . HOME) …)."
  (define (unmarked cell) (plain cell #:quotes? #f))
  (append-map
   (match-lambda
     ((names home _)
      (let ((home (call-with-input-string (unmarked home) read)))
        (map (lambda (name) (cons (string->symbol name) home))
             (words (unmarked names))))))
   (cdr section)))

(define (manual-rows)
  (append-map section-rows sections))

(define (by-name one other)
  (string<? (symbol->string one) (symbol->string other)))

(define exports
  (sort (module-map (lambda (name variable) name) (resolve-interface '(stk)))
        by-name))

(define (value-of-macro value)
  (if (macro? value) (macro-transformer value) value))

(define (file-symbols name)
  "Return a table of the symbols in the file NAME."
  (let ((symbols (make-hash-table)))
    (define (note! datum)
      (cond ((symbol? datum) (hashq-set! symbols datum #t))
            ((pair? datum) (note! (car datum)) (note! (cdr datum)))))
    (call-with-input-file name
      (lambda (port)
        (let loop ((datum (read port)))
          (unless (eof-object? datum)
            (note! datum)
            (loop (read port))))))
    symbols))

(define (test-tests)
  (test-eqv "there are five tables" 5 (length sections))
  (for-each
   (lambda (section)
     (let ((files (map (lambda (file)
                         (file-symbols (in-source
                                        (string-append "tests/" file))))
                       (section-tests section))))
       (for-each
        (lambda (name)
          (test-assert (format #f "~a is in one of ~a" name
                               (section-tests section))
            (any (lambda (symbols) (hashq-ref symbols name)) files)))
        (map car (section-rows section)))))
   sections))

(define (test-names)
  (test-equal "whatever a program may use is there" '()
              (lset-difference eq? expected exports))
  (test-equal "the manual lists just what is there, once" exports
              (sort (map car (manual-rows)) by-name))
  (for-each
   (match-lambda
     ((name . home)
      (let* ((guile? (equal? home '(guile)))    ; a gathering itself
             (value (module-ref (resolve-interface '(stk)) name))
             (home-variable ((if guile? module-variable module-local-variable)
                             (resolve-module home) name)))
        (test-assert (format #f "~a is at home in ~a" name home)
          (and home-variable (eq? value (variable-ref home-variable))))
        (unless (or guile? (null? value))
          (test-assert (format #f "~a has a docstring" name)
            (string? (procedure-documentation (value-of-macro value))))))))
   (manual-rows))
  (gives ((sentence 'hello (word 'b 'o 'b)) '(hello bob))
         ((stream-car (stream-cdr (cons-stream 1 (cons-stream 2 '())))) 2)
         ((begin (define-class (bot name)
                   (method (greet who) (sentence 'hi who 'from name)))
                 (ask (instantiate bot 'ann) 'greet 'bob))
          '(hi bob from ann))
         ((list nil the-empty-stream) '(() ()))))

(run-tests "stk"
  `("quiet" ,test-quiet)
  `("names" ,test-names)
  `("tests" ,test-tests))

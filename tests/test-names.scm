;;; test-names.scm --- what people are called, and who is called so
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(use-modules (im-test) (im names) (ice-9 format) (srfi srfi-1)
             (srfi srfi-64))

(define (test-string->name)
  (for-each
   (lambda (text)
     (test-eq (format #f "~s as a login name is a symbol" text)
              (string->symbol text) (string->name text)))
   '("alice" "cs61as-xy" "a" "x2" "-" "+" "..." "a.b" "a/b" "<3" "+x" "_"
     "a:b" "x~" "root" "t" "nil" "-x-" "._." "a!?*"))
  (for-each
   (lambda (text)
     (test-equal (format #f "~s as a login name stays a string" text)
       text (string->name text)))
   '("Bob" "ALICE" "two words" "" "42" "2x" "007" "+1" "-1x" ".5" "-.5x" "1/2"
     "jos\xe9" "a@b" "a,b" "a'b" "a\"b" "a;b" "a|b" "a(b" "#t" "#:k" "a\\b"
     "a\nb" "." ":key" "key:" "o\u2019neil" "{x}" "[x]" "`x")))

(define (test-login-name)
  (define (with-user user)
    (let ((before (getenv "USER")))
      (if user (setenv "USER" user) (unsetenv "USER"))
      (let ((name (login-name)))
        (if before (setenv "USER" before) (unsetenv "USER"))
        name)))
  (test-equal "the login name is USER's" '(alice "Bob" "42")
              (map with-user '("alice" "Bob" "42")))
  (let ((system (false-if-exception (passwd:name (getpwuid (getuid))))))
    (for-each
     (lambda (user)
       (test-equal (format #f "with ~s: the system's, or anonymous" user)
         (if system (string->name system) 'anonymous) (with-user user)))
     '(#f ""))))

(define (test-same-name)
  (for-each
   (lambda (pair)
     (test-assert (format #f "~s and ~s are one name" (car pair) (cdr pair))
       (and (apply same-name? (list (car pair) (cdr pair)))
            (same-name? (cdr pair) (car pair)))))
   '((bob . bob) (bob . "Bob") ("BOB" . "bob") (Bob . bob)
     ("Jos\xe9" . "jose\u0301") ("\xc9mile" . "\xe9mile") ("a b" . "A B")
     ("H\u0331" . "h\u0331") ("h\u0331" . "\u1e96")))
  (for-each
   (lambda (pair)
     (test-assert (format #f "~s and ~s are two" (car pair) (cdr pair))
       (not (same-name? (car pair) (cdr pair)))))
   '((bob . bobby) ("bob" . "bob ") ("jose" . "jos\xe9") (a . b)
     ("" . " ") ("strasse" . "stra\xdf;e"))))

(define (test-problems)
  (for-each
   (lambda (name)
     (test-eq (format #f "~s is a good name" name) #f (name-problem name)))
   `(a bob "Bob" "two words" "42" "jos\xe9" ,(make-string 32 #\x)
     "\u5f20\u4f1f" "o'neil" "()" "#t" servers "serve r"))
  (for-each
   (lambda (case)
     (let ((problem (name-problem (car case))))
       (test-assert (format #f "~s is none: ~a" (car case) (cdr case))
         (and (string? problem) (string-contains problem (cdr case))))))
   `(("" . "at least one character") (,(string->symbol "") . "at least one")
     (,(make-string 33 #\x) . "at most 32") ("a\nb" . "control characters")
     ("\x1b[2J" . "control characters") ("a\u202eb" . "control characters")
     ("a\u200bb" . "control characters") ("a\u2028b" . "special spaces")
     ("a\xa0;b" . "special spaces") ("a\u3000b" . "special spaces")
     ("a\x00b" . "control") ("\ue000" . "control") (" a" . "space")
     ("a " . "space") (server . "only the server") ("SERVER" . "only")
     ("Server" . "only"))))

;;; --- Tables --------------------------------------------------------------

(define (test-table)
  (let ((table (make-name-table)))
    (test-equal "a table begins empty" '(*table*) table)
    (test-equal "adding returns #t; who is there, #f" '(#t #t #f #f)
      (list (table-add! table 'alice 1) (table-add! table "Bob" 2)
            (table-add! table 'bob 3) (table-add! table "ALICE" 4)))
    (test-equal "it is an association list, newest first"
      '(*table* ("Bob" . 2) (alice . 1)) table)
    (test-equal "found ignoring case, as they spell themselves"
      '(("Bob" . 2) ("Bob" . 2) (alice . 1) #f)
      (map (lambda (name) (table-entry table name))
           '(bob "BOB" "alice" carol)))
    (test-equal "removing returns the value, once" '(2 #f)
      (list (table-remove! table 'BOB) (table-remove! table "bob")))
    (test-equal "and the list shows it" '(*table* (alice . 1)) table)
    (test-assert "the name is free again" (table-add! table 'bob 5)))
  (let ((by-hand (list '*table* (cons 'a 1) (cons "B" 2))))
    (test-equal "a table made by hand works" '((a . 1) ("B" . 2) #f)
      (map (lambda (name) (table-entry by-hand name)) '("A" b c)))
    (table-remove! by-hand 'a)
    (test-equal "also for removing" '(*table* ("B" . 2)) by-hand)))

(define (test-table-against-list)
  ;; Whatever is done to it in whatever order, a table is what a plain
  ;; association list would be.
  (let ((table (make-name-table)) (model '()) (agree? #t)
        (state (seed->random-state 61)))
    (do ((i 0 (1+ i))) ((= i 5000))
      (let* ((name (list-ref '(a "A" b "B" c "c" "d e" "D E" "\xe9" "e\u0301")
                             (random 10 state)))
             (entry (find (lambda (entry) (same-name? (car entry) name))
                          model)))
        (set! agree?
              (and agree?
                   (equal? entry (table-entry table name))
                   (case (random 2 state)
                     ((0) (let ((added? (table-add! table name i)))
                            (unless entry
                              (set! model (acons name i model)))
                            (eq? added? (not entry))))
                     (else (let ((value (table-remove! table name)))
                             (set! model (delete entry model))
                             (equal? value (and entry (cdr entry))))))
                   (equal? (cdr table) model)))))
    (test-assert "5,000 changes leave what a plain list would hold" agree?)))

(run-tests "names"
           `("string->name" ,test-string->name)
           `("login name" ,test-login-name) `("same name" ,test-same-name)
           `("problems" ,test-problems) `("table" ,test-table)
           `("table against list" ,test-table-against-list))

;;; test-stk-words.scm --- words, sentences and streams as the books have them
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; Tables of expressions, each evaluated interpreted and compiled.

(use-modules (ice-9 match)
             (srfi srfi-64)
             (stk streams)
             (stk words)
             ((system base compile) #:select (compile)))

(define (new-module)
  (let ((module (make-fresh-user-module)))
    (module-use! module (resolve-interface '(stk words)))
    (module-use! module (resolve-interface '(stk streams)))
    module))

(define ways
  `(("interpreted" ,eval)
    ("compiled" ,(lambda (form module)
                   (compile form #:env module #:opts '())))))

(define (result-or-error run form module)
  (catch #t
    (lambda () (run form module))
    (lambda (key who text values . rest)
      (list 'error (apply simple-format #f text values)))))

(define (try title definitions table)
  "Evaluate DEFINITIONS; then each row of TABLE, (EXPRESSION VALUE), has this
VALUE, and (EXPRESSION error TEXT) this error."
  (for-each
   (match-lambda
     ((way run)
      (let ((module (new-module)))
        (for-each (lambda (form) (run form module)) definitions)
        (for-each
         (match-lambda
           ((form . expected)
            (test-equal (simple-format #f "~A, ~A: ~S" title way form)
              (if (null? (cdr expected)) (car expected) expected)
              (result-or-error run form module))))
         table))))
   ways))

;;; --- Text and words -------------------------------------------------

(define texts                           ; text, its word
  '(("42" 42) ("0" 0) ("-5" -5) ("3.0" 3.0) ("-0.5" -0.5)
    ("123456789012345678901234567890" 123456789012345678901234567890)
    ("007" "007") ("2x" "2x") ("+5" "+5") ("-0" "-0") (".5" ".5")
    ("+.5" "+.5") ("-.5" "-.5") ("1." "1.") ("1e3" "1e3") ("1/2" "1/2")
    ("1+2i" "1+2i") ("1.0+2.0i" "1.0+2.0i") ("1#" "1#") ("1e400" "1e400")
    ("1/0" "1/0") ("1.2.3" "1.2.3") ("1-2" "1-2") ("2-bit" "2-bit")
    ("bob" bob) ("a1" a1) ("x->y!" x->y!) ("-" -) ("+" +) ("..." ...)
    ("-x" -x) (".a" .a) ("a.b" a.b) ("$%_&~^" $%_&~^) ("a:b" a:b)
    ("+inf.0" #{+inf.0}#) ("-nan.0" #{-nan.0}#)
    ("" "") ("." ".") (":a" ":a") ("a:" "a:") ("Bob" "Bob") ("a b" "a b")
    ("a,b" "a,b") ("#t" "#t") ("who's" "who's") ("(a)" "(a)") ("é" "é")
    ("٣" "٣") ("a|b" "a|b") ("a\nb" "a\nb")))

(define (test-texts)
  (for-each
   (match-lambda
     ((text expected)
      (test-equal (simple-format #f "string->word ~S" text)
        expected (string->word text))
      (test-equal (simple-format #f "~S in two pieces" text)
        expected
        (if (< (string-length text) 2)
            (word text)
            (word (substring text 0 1) (substring text 1))))))
   texts)
  (try "string->word" '()
       '(((string->word 'bob)
          error "Invalid argument to STRING->WORD: bob is not a string"))))

(define (test-making)
  (try "making" '()
       '(((word 'a 1) a1)
         ((word 1 2) 12)
         ((word 1 'a) "1a")
         ((word '- 5) -5)
         ((word 1 "." 5) 1.5)
         ((word 0 0 7) "007")
         ((word "so" 'me "thing") something)
         ((word "B" 'ob) "Bob")
         ((word 'now '! '!) now!!)
         ((word) "")
         ((word "" 'a "") a)
         ((+ 1 (word 1 2)) 13)
         ((equal? (word 'a 'b) 'ab) #t)
         ((word 'a '(b))
          error "Invalid argument to WORD: (b) is not a word")
         ((word #t) error "Invalid argument to WORD: #t is not a word")
         ((sentence 'a '(b c) 4 "d e") (a b c 4 "d e"))
         ((se 'a '(b c) 4 "d e") (a b c 4 "d e"))
         ((se) ())
         ((se '() '()) ())
         ((se "") (""))
         ((se 'Hello '#{big one}#) (Hello #{big one}#))
         ((se 'a '(b (c)))
          error
          "Invalid argument to SENTENCE: (b (c)) is neither a word nor a \
sentence")
         ((se 'a #f)
          error
          "Invalid argument to SENTENCE: #f is neither a word nor a \
sentence"))))

;;; --- Taking apart ---------------------------------------------------

(define (test-taking-apart)
  (try "taking apart" '()
       '(((first 'abc) a) ((first 123) 1) ((first "abc") a)
         ((first "Bob") "B") ((first 'Bob) "B") ((first "2x") 2)
         ((first -5) -) ((first 0.5) 0) ((first '(a b)) a)
         ((first '((a b) c)) (a b)) ((first '(("x"))) ("x"))
         ((first "John") "J")
         ((bf 'ab) b) ((bf 'a) "") ((bf 'a1) 1) ((bf 123) 23) ((bf 100) "00")
         ((bf "Bob") ob) ((bf -5) 5) ((bf '(a b)) (b)) ((bf '(a)) ())
         ((butfirst 'abc) bc) ((butfirst "x y") " y")
         ((last 'abc) c) ((last 12.5) 5) ((last '(a b)) b) ((last "?!") !)
         ((bl 12) 1) ((bl 1.5) "1.") ((bl 'abc) ab) ((bl '(a b)) (a))
         ((butlast 'a) "") ((butlast '(a)) ()) ((bl "ab2") ab)
         ((item 2 'abc) b) ((item 1 '(a b)) a) ((item 3 '(a b (c))) (c))
         ((item 2 123) 2))))

(define (test-taking-apart-nothing)
  (for-each
   (match-lambda
     ((name upper)
      (for-each
       (match-lambda
         ((form text)
          (try "nothing there" '()
               `(((,name ,form)
                  error
                  ,(simple-format #f "Invalid argument to ~A: ~A"
                                  upper text))))))
       '(("" "\"\" is empty")
         ('() "() is empty")
         ('#{}# "#{}# is empty")
         (#t "#t is neither a word nor a sentence")
         (car "#<procedure car (_)> is neither a word nor a sentence")))))
   '((first FIRST) (last LAST) (butfirst BUTFIRST) (bf BUTFIRST)
     (butlast BUTLAST) (bl BUTLAST)))
  (try "item" '()
       '(((item 0 'abc)
          error "Invalid argument to ITEM: 0 is not a position in abc")
         ((item 4 'abc)
          error "Invalid argument to ITEM: 4 is not a position in abc")
         ((item 'a '(b))
          error "Invalid argument to ITEM: a is not a position in (b)")
         ((item 1 #t)
          error "Invalid argument to ITEM: #t is neither a word nor a \
sentence"))))

;;; --- Looking and higher-order procedures ----------------------------

(define (test-looking)
  (try "looking" '()
       '(((empty? "") #t) ((empty? '()) #t) ((empty? (bf 'a)) #t)
         ((empty? 'a) #f) ((empty? 0) #f) ((empty? '(())) #f) ((empty? #f) #f)
         ((count 'abc) 3) ((count 123) 3) ((count "") 0) ((count "a b") 3)
         ((count -1.5) 4) ((count '(ab cd)) 2) ((count '()) 0)
         ((count #f)
          error "Invalid argument to COUNT: #f is neither a word nor a \
sentence")
         ((count '(a . b))
          error "Invalid argument to COUNT: (a . b) is neither a word nor a \
sentence")
         ((member? 'b 'abc) #t) ((member? 'x 'abc) #f) ((member? 'bc 'abc) #f)
         ((member? 2 123) #t) ((member? "2" 123) #t) ((member? 'B "Bob") #t)
         ((member? 'b '(a b)) #t) ((member? 'x '(a b)) #f)
         ((member? "b" '(a b)) #t) ((member? 1 '("1")) #t)
         ((member? 'B '(b)) #f) ((member? '(a) '((a) b)) #t)
         ((member? 'a '()) #f) ((member? "" 'abc) #f)
         ((member? 'a #f)
          error "Invalid argument to MEMBER?: #f is neither a word nor a \
sentence")
         ((appearances 'a 'banana) 3) ((appearances 'b '(a b "b")) 2)
         ((appearances 1 1213) 2) ((appearances 'x '()) 0)
         ((appearances 'a #f)
          error "Invalid argument to APPEARANCES: #f is neither a word nor a \
sentence"))))

(define (test-higher-order)
  (try "higher-order"
       '((define seen '())
         (define (note x) (set! seen (cons x seen)) x)
         (define (plural wd) (word wd 's)))
       '(((every first '(the beatles)) (t b))
         ((every plural '(cat dog)) (cats dogs))
         ((every (lambda (x) (se x x)) 'ab) (a a b b))
         ((every (lambda (x) (* x x)) 345) (9 16 25))
         ((every (lambda (x) '()) '(a b)) ())
         ((every bf '(a bc)) ("" c))
         ((begin (every note '(a b c)) seen) (c b a))
         ((every even? '(1))
          error "Invalid argument to EVERY: #f is neither a word nor a \
sentence")
         ((every first #t)
          error "Invalid argument to EVERY: #t is neither a word nor a \
sentence")
         ((keep even? '(1 2 3 4)) (2 4))
         ((keep even? 12345) 24)
         ((keep number? 'a1b2) 12)
         ((keep number? 'ab) "")
         ((keep (lambda (x) (member? x 'aeiou)) 'purple) ue)
         ((keep (lambda (x) #t) "Bob") "Bob")
         ((keep (lambda (x) #t) '("Bob" #{B c}#)) ("Bob" #{B c}#))
         ((begin (set! seen '()) (keep note '(a b c)) seen) (c b a))
         ((keep even? car)
          error "Invalid argument to KEEP: #<procedure car (_)> is neither a \
word nor a sentence"))))

;;; --- Programs -------------------------------------------------------

(define (test-programs)
  (try "programs"
       '((define (pig-latin wd)
           (if (member? (first wd) 'aeiou)
               (word wd 'ay)
               (pig-latin (word (bf wd) (first wd)))))
         (define (reversed stuff)
           (if (empty? stuff)
               ""
               (word (last stuff) (reversed (bl stuff)))))
         (define (digits-sum n)
           (if (empty? n) 0 (+ (first n) (digits-sum (bf n)))))
         (define (reply message)
           (cond ((member? 'hello message) (se 'hello 'yourself))
                 (else (se '(you said) message)))))
       '(((every pig-latin '(hello computer science))
          (ellohay omputercay iencescay))
         ((reversed 'drawer) reward)
         ((reversed 123) 321)
         ((digits-sum 1005) 6)
         ((reply '(hello bot)) (hello yourself))
         ((reply "hi there") (you said "hi there")))))

(define (test-streams)
  (try "streams"
       '((define evaluated 0)
         (define (from n)
           (set! evaluated (+ evaluated 1))
           (cons-stream n (from (+ n 1))))
         (define (ref s n)
           (if (= n 0) (stream-car s) (ref (stream-cdr s) (- n 1))))
         (define (add a b)
           (cons-stream (+ (stream-car a) (stream-car b))
                        (add (stream-cdr a) (stream-cdr b))))
         (define fibs
           (cons-stream 0 (cons-stream 1 (add (stream-cdr fibs) fibs))))
         (define (without n s)
           (if (= 0 (remainder (stream-car s) n))
               (without n (stream-cdr s))
               (cons-stream (stream-car s) (without n (stream-cdr s)))))
         (define (sieve s)
           (cons-stream (stream-car s)
                        (sieve (without (stream-car s) (stream-cdr s)))))
         (define numbers (from 0))
         (define bad (cons-stream 1 (car '()))))
       '((evaluated 1)
         ((ref numbers 10) 10)
         ((ref numbers 10) 10)
         (evaluated 11)
         ((ref fibs 80) 23416728348467685)
         ((ref (sieve (from 2)) 150) 877)
         ((ref numbers 20000) 20000)
         ((stream-car bad) 1)
         ((car (force (cdr numbers))) 1)
         ((stream-cdr (cons-stream 1 the-empty-stream)) ())
         ((stream-null? the-empty-stream) #t)
         ((stream-null? numbers) #f)
         ((empty-stream? the-empty-stream) #t)
         ((empty-stream? numbers) #f)
         ((stream-car the-empty-stream)
          error "Invalid argument to STREAM-CAR: () is the empty stream")
         ((stream-cdr '())
          error "Invalid argument to STREAM-CDR: () is the empty stream")
         ((stream-cdr '(1 2))
          error "Invalid argument to STREAM-CDR: (1 2) is not a stream")
         ((stream-car 5)
          error "Invalid argument to STREAM-CAR: 5 is not a stream"))))

(define (test-documentation)
  (define (documented? value)
    (cond ((macro? value)
           (procedure-documentation (macro-transformer value)))
          ((procedure? value) (procedure-documentation value))
          (else #t)))
  (for-each
   (lambda (module)
     (module-for-each
      (lambda (name variable)
        (test-assert (simple-format #f "~A is documented" name)
          (documented? (variable-ref variable))))
      (resolve-interface module)))
   '((stk words) (stk streams))))

;;; --- Running the tests ----------------------------------------------

(define (report runner)
  (when (memq (test-result-kind runner) '(fail xpass))
    (simple-format #t "FAIL: ~A\n  expected ~S\n  got ~S\n"
                   (test-runner-test-name runner)
                   (test-result-ref runner 'expected-value)
                   (or (test-result-ref runner 'actual-error)
                       (test-result-ref runner 'actual-value)))))

(define (run-tests name . tests)
  "Run TESTS, thunks, and exit: with success iff all passed."
  (let ((runner (test-runner-null)))
    (test-runner-on-test-end! runner report)
    (test-with-runner runner
      (test-begin name)
      (for-each (lambda (test) (test)) tests)
      (test-end name))
    (simple-format #t "~A: ~A passed, ~A failed\n" name
                   (test-runner-pass-count runner)
                   (test-runner-fail-count runner))
    (exit (and (zero? (test-runner-fail-count runner))
               (positive? (test-runner-pass-count runner))))))

(run-tests "stk-words"
  test-texts test-making test-taking-apart test-taking-apart-nothing
  test-looking test-higher-order test-programs test-streams
  test-documentation)

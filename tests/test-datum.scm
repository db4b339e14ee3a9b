;;; test-datum.scm -- data and their canonical print are each other's inverse
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(use-modules (im primitives)
             (ice-9 match)
             (ice-9 weak-vector)
             (rnrs bytevectors)
             (srfi srfi-1)
             (srfi srfi-64))

(define limit 65536)

(define (bytes->datum bytes) (%parse-datum bytes))

(define (string->datum text) (bytes->datum (string->utf8 text)))

(define (datum->string datum) (utf8->string (%print-datum datum limit)))

(define (refusal thunk)
  "Return the symbol that says why THUNK refuses, or `accepted'."
  (catch 'bad-datum
    (lambda () (thunk) 'accepted)
    (lambda (key why) why)))

(define (refusal-of text)
  (refusal (lambda () (string->datum text))))

(define (refusal-of-bytes . bytes)
  (refusal (lambda () (bytes->datum (u8-list->bytevector bytes)))))

(define (refusal-to-print datum)
  (refusal (lambda () (%print-datum datum limit))))

(define (repeat count text)
  (string-concatenate (make-list count text)))

(define (report-failure runner)
  (when (eq? 'fail (test-result-kind runner))
    (format #t "FAIL ~a~%  expected ~s~%  found ~s ~s~%"
            (test-runner-test-name runner)
            (test-result-ref runner 'expected-value)
            (test-result-ref runner 'actual-value)
            (test-result-ref runner 'actual-error))))

(define runner (test-runner-null))
(test-runner-on-test-end! runner report-failure)
(test-runner-current runner)

(test-begin "datum")

;;; --- The table: (DATUM PRINT), in both directions ----------------------

(define (check-row datum text)
  (test-equal (string-append "prints as " text) text (datum->string datum))
  (test-equal (string-append "is read from " text) datum (string->datum text)))

(for-each
 (lambda (row) (apply check-row row))
 `((hello "hello")
   (send-msg "send-msg")
   (a.b/c*<=>!?$%_&~^+-:z "a.b/c*<=>!?$%_&~^+-:z")
   (+ "+") (- "-") (... "...") (.. "..") (-> "->") (+a "+a") (.a ".a")
   (a1 "a1")
   (,(string->symbol "Bob") "|Bob|")
   (,(string->symbol "") "||")
   (,(string->symbol ".") "|.|")
   (,(string->symbol ":key") "|:key|")
   (,(string->symbol "key:") "|key:|")
   (,(string->symbol ":") "|:|")
   (,(string->symbol "2x") "|2x|")
   (,(string->symbol "1/0") "|1/0|")
   (,(string->symbol "-1") "|-1|")
   (,(string->symbol "+1") "|+1|")
   (,(string->symbol ".5") "|.5|")
   (,(string->symbol "-.5x") "|-.5x|")
   (,(string->symbol "1+") "|1+|")
   (,(string->symbol "+inf.0") "|+inf.0|")
   (,(string->symbol "-nan.0") "|-nan.0|")
   (,(string->symbol "+i") "|+i|")
   (,(string->symbol "a b") "|a b|")
   (,(string->symbol "a|b\\c") "|a\\|b\\\\c|")
   (,(string->symbol "a\nb") "|a\nb|")
   (,(string->symbol "a@b") "|a@b|")
   (,(string->symbol "c#") "|c#|")
   (,(string->symbol "été") "|été|")
   (,(string->symbol (make-string 100 #\x)) ,(make-string 100 #\x))
   (,(string->symbol (make-string 100 #\X))
    ,(string-append "|" (make-string 100 #\X) "|"))
   ("" "\"\"")
   ("hello" "\"hello\"")
   ("\\ \" \n \r \t \b" "\"\\\\ \\\" \\n \\r \\t \\b\"")
   ("\a\f\v\x1b\x7f" "\"\a\f\v\x1b\x7f\"")
   ("café 你好 😀" "\"café 你好 😀\"")
   ("\xff\x80" "\"\xff\x80\"")
   ("a\x00b" "\"a\\0b\"")
   ('a "(quote a)")
   (''a "(quote (quote a))")
   (#\a "#\\a") (#\A "#\\A") (#\( "#\\(") (#\) "#\\)") (#\" "#\\\"")
   (#\| "#\\|") (#\\ "#\\\\") (#\; "#\\;") (#\0 "#\\0") (#\' "#\\'")
   (#\space "#\\space") (#\newline "#\\newline") (#\tab "#\\ht")
   (#\nul "#\\null") (#\return "#\\cr") (#\escape "#\\esc")
   (#\delete "#\\del") (#\é "#\\é") (#\x1F600 "#\\😀")
   (#t "#t") (#f "#f") (() "()")
   (0 "0") (42 "42") (-7 "-7")
   (,most-positive-fixnum ,(number->string most-positive-fixnum))
   (,most-negative-fixnum ,(number->string most-negative-fixnum))
   (99999999999999999999999999999999 "99999999999999999999999999999999")
   (-9999999999999999999999999999999 "-9999999999999999999999999999999")
   (1/2 "1/2") (-3/4 "-3/4")
   (123456789012345678901/1000000000 "123456789012345678901/1000000000")
   (3.5 "3.5") (0.1 "0.1") (-0.0 "-0.0") (1.0 "1.0") (1e21 "1.0e21")
   (5e-324 "5.0e-324") (1.7976931348623157e308 "1.7976931348623157e308")
   ((a b) "(a b)") ((a . b) "(a . b)") ((a b . c) "(a b . c)")
   ((a (b) ()) "(a (b) ())") ((() . ()) "(())")
   (#() "#()") (#(1 #(2) (3)) "#(1 #(2) (3))")))

;;; --- What is read, but printed otherwise: (TEXT PRINT) -----------------

(for-each
 (match-lambda
   ((text print)
    (test-equal (string-append "reads " text)
      print (datum->string (string->datum text)))))
 '(("'a" "(quote a)") ("' a" "(quote a)") ("('a '(b))"
                                           "((quote a) (quote (b)))")
   (" ( a\n.\tb ) " "(a . b)") ("(a . (b . (c)))" "(a b c)")
   ("(a\"b\"c)" "(a \"b\" c)") ("(a(b)c)" "(a (b) c)")
   ("(a .b)" "(a .b)") ("(a . .b)" "(a . .b)")
   ("Bob" "|Bob|") ("|bob|" "bob") ("x:" "|x:|") ("c#" "|c#|")
   ("été" "|été|")
   ("1+" "|1+|") ("1-" "|1-|") ("-1+" "|-1+|") ("+i" "|+i|")
   ("#\\tab" "#\\ht") ("#\\nul" "#\\null") ("#\\ " "#\\space")
   ("#\\return" "#\\cr") ("#\\x" "#\\x") ("#\\1" "#\\1")
   ("\"\\a\\b\\f\\n\\r\\t\\v\\0\"" "\"\a\\b\f\\n\\r\\t\v\\0\"")
   ("\"\\x41;\\xe9;\\x1F600;\\x0;\\x00041;\"" "\"Aé😀\\0A\"")
   ("\"a\\\n  b\"" "\"a  b\"") ("\"a\nb\"" "\"a\\nb\"")
   ("007" "7") ("+5" "5") ("-0" "0") ("4/6" "2/3") ("4/2" "2") ("0/5" "0")
   ("1." "1.0") (".5" "0.5") ("-.5" "-0.5") ("+.5e1" "5.0") ("1e3" "1000.0")
   ("1E3" "1000.0") ("1.e-2" "0.01") ("1e308" "1.0e308") ("1e-400" "0.0")
   ("0.0001e310" "1.0e306") ("12345678901234567890." "12345678901234567000.0")
   ("1000000000000000000" "1000000000000000000")
   ("00000000000000000000000000000001" "1")
   ("+9999999999999999999999999999999" "9999999999999999999999999999999")))

;;; --- What is refused ---------------------------------------------------

(define read-syntax-that-runs
  ;; With SRFI-10 and read-eval on, Guile's reader would run these.
  '("#.(begin (set! ran #t) 1)" "#,(trap 1)" "(a #,(trap 1))"
    "(a #.(set! ran #t))"))

(define ran #f)

(define (refuse why texts)
  (for-each (lambda (text)
              (test-equal (string-append "refuses " text)
                why (refusal-of text)))
            texts))

(let ((define-reader-ctor (@ (srfi srfi-10) define-reader-ctor)))
  (define-reader-ctor 'trap (lambda (x) (set! ran #t) x)))
(fluid-set! read-eval? #t)
(refuse 'bad-syntax read-syntax-that-runs)
(test-assert "nothing ran" (not ran))
(test-assert "Guile's own reader would have"
  (begin
    (for-each (lambda (text)
                (false-if-exception (call-with-input-string text read)))
              read-syntax-that-runs)
    ran))
(fluid-set! read-eval? #f)

(refuse 'bad-syntax
        '("" " " ")" "(" "(a" "(a))" "a b" "(a) b" "'" "(')" "(a ')" "." "'."
          "( . a)" "(. a)" "(a .)" "(a . )" "(a . b c)" "(a . b . c)"
          "#(a . b)" "#(. a)" "('. a)" "#(" "#" "##" "#!fold-case" "#!eof"
          "#!default"
          "#0=(a . #0#)" "#0#" "#|c|# a" "a #|c|#" "#;a b" ";c\na" "(a ;c\n)"
          "`a" ",a" ",@a" "[a]" "(a]" "{a}" "#[a]" "#<a>" "#:key" ":key" ":"
          "#2(1 2)" "#2((1))" "#u8(1)" "#vu8(1)" "#f64(1)" "#true" "#false"
          "#T" "#t1" "#t#f" "#nil" "#x10" "#b1" "#e1.5" "#i1" "#d1" "#*01"
          "#'a" "#`a" "#,a" "#@a" "#{a}#" "#\"a\"" "a\\b" "a'b" "a|b|" "|a|b"
          "|a||b|" "|a" "|a\\" "|a\\|" "|a\\n|" "|a\\x41;|" "\"a" "\"a\\"
          "\"a\\\"" "\"\\q\"" "\"\\A\"" "\"\\/\"" "\"\\u0041\"" "\"\\x41\""
          "\"\\x;\"" "\"\\x4g;\"" "\"\\x\"" "\"\\ \n\"" "\"\\\r\n\"" "\"\\1\""
          "#\\" "#\\foo" "#\\x41" "#\\SPACE" "#\\aa" "#\\a'" "#\\\n" "#\\\t"
          "a\x00" "\"\x00\"" "\"\\\x00\"" "|\x00|" "(\x00)" "#\\\x00" "\x1b"
          "\x7f" "a\x01"))

(refuse 'bad-number
        '("2x" "1/0" "0/0" "-1/0" "1/" "1/2/3" "1/2." "1.2.3" "127.0.0.1"
          "1e" "1e+" "1e1.5" "1e1e1" "+1x" "-2x" ".5x" "-.5.5" "1+2i" "1i"
          "+1i" "1@2" "3pm" "1++" "1+1" "1#" "1s2" "1d2" "0x10"
          "1e400" "-1e400" "1e309" "1e999999999" "1e1000000000"
          "1e9999999999999999999999999999" "1.8e308"
          "+inf.0" "-inf.0" "+nan.0" "-NaN.0" "+Inf.0" "+inf.0i"
          "123456789012345678901234567890123"
          "-12345678901234567890123456789012"
          "0.0000000000000000000000000000001"
          "(a 123456789012345678901234567890123)"))

(test-equal "a million digits are no number, at once"
  'bad-number (refusal-of (make-string 1000000 #\9)))

;;; --- UTF-8 -------------------------------------------------------------

(define bad-utf8
  '((#x80) (#xbf) (#xc0 #x80) (#xc1 #xbf) (#xc3) (#xc3 #x28) (#xe0 #x80 #x80)
    (#xe0 #x9f #xbf) (#xe2 #x82) (#xe2 #x28 #xa1) (#xe2 #x82 #x28)
    (#xed #xa0 #x80) (#xed #xad #xbf) (#xed #xae #x80) (#xed #xbf #xbf)
    (#xf0 #x80 #x80 #x80) (#xf0 #x8f #xbf #xbf) (#xf0 #x9f #x98)
    (#xf0 #x28 #x8c #xbc) (#xf4 #x90 #x80 #x80) (#xf5 #x80 #x80 #x80)
    (#xf8 #x88 #x80 #x80 #x80) (#xfc #x84 #x80 #x80 #x80 #x80) (#xfe) (#xff)
    (#xc3 #xa9 #xa9)))

(define good-utf8
  '((#xc2 #x80) (#xdf #xbf) (#xe0 #xa0 #x80) (#xed #x9f #xbf) (#xee #x80 #x80)
    (#xef #xbf #xbd) (#xef #xbf #xbf) (#xf0 #x90 #x80 #x80)
    (#xf4 #x8f #xbf #xbf)))

(define (in-places bytes)
  ;; As a string, with an escape, between bars, bare, and as a character.
  (let ((wrap (lambda (before after)
                (append (map char->integer (string->list before)) bytes
                        (map char->integer (string->list after))))))
    (list (wrap "\"" "\"") (wrap "\"a\\n" "b\"") (wrap "|" "|")
          (wrap "|\\|" "|") (wrap "(a" ")") (wrap "#\\" ""))))

(define (check-utf8 locale)
  (define (name what bytes)
    (format #f "~a ~a under ~a" what
            (map (lambda (byte) (number->string byte 16)) bytes) locale))
  (for-each
   (lambda (bytes)
     (test-equal (name "refuses" bytes)
       '(bad-utf8) (delete-duplicates
                    (map (lambda (whole) (apply refusal-of-bytes whole))
                         ;; As a character, é and a stray byte is a name.
                         (if (equal? bytes '(#xc3 #xa9 #xa9))
                             (drop-right (in-places bytes) 1)
                             (in-places bytes))))))
   bad-utf8)
  (for-each
   (lambda (bytes)
     (test-equal (name "passes on" bytes)
       (map u8-list->bytevector
            (let ((places (in-places bytes)))
              (list (first places) (third places) (sixth places))))
       (map (lambda (whole)
              (%print-datum (bytes->datum (u8-list->bytevector whole)) limit))
            (let ((places (in-places bytes)))
              (list (first places) (third places) (sixth places))))))
   good-utf8)
  (test-equal (format #f "1.5 is 1.5 under ~a" locale)
    "(1.5 |é| \"é\")" (datum->string (string->datum "(1.5 é \"é\")"))))

(for-each
 (lambda (locale)
   (when (false-if-exception (setlocale LC_ALL locale))
     (check-utf8 locale)))
 '("C" "C.UTF-8" "C.utf8" "de_DE.UTF-8" "en_US.ISO-8859-1"))

(for-each
 (lambda (text)
   (test-equal (string-append "names no character: " text)
     'bad-utf8 (refusal-of text)))
 '("\"\\xd800;\"" "\"\\xDFFF;\"" "\"\\x110000;\"" "\"\\xffffffffffffffff;\""
   "\"\\x100000041;\""))

;;; --- Depth and length --------------------------------------------------

(define (nested count before inside after)
  (string-append (repeat count before) inside (repeat count after)))

(define (nest count datum)
  (if (zero? count) datum (nest (- count 1) (list datum))))

(for-each
 (lambda (levels)
   (let ((expected (if (<= levels 64) 'accepted 'too-deep)))
     (test-equal (list "reads nested lists" levels)
       expected (refusal-of (nested levels "(" "" ")")))
     (test-equal (list "reads nested vectors" levels)
       expected (refusal-of (nested levels "#(" "a" ")")))
     (test-equal (list "reads nested pairs" levels)
       expected (refusal-of (nested levels "(a . " "b" ")")))
     (test-equal (list "reads nested quotations" levels)
       expected (refusal-of (nested levels "'" "a" "")))
     (test-equal (list "prints nested lists" levels)
       expected (refusal-to-print (nest levels 'a)))
     (test-equal (list "prints an empty list inside" levels)
       expected (refusal-to-print (nest (- levels 1) '())))))
 '(63 64 65 100000))

(test-equal "a million parentheses are refused"
  'too-deep (refusal-of (make-string 1000000 #\()))

(test-equal "what was nested as pairs is flat when printed"
  (string-append "(" (repeat 64 "a ") "b)")
  (datum->string (append (make-list 64 'a) '(b))))

(define (print-within limit datum)
  (refusal (lambda () (%print-datum datum limit))))

(for-each
 (match-lambda
   ((datum size)
    (test-equal (list "fits its own size" datum)
      'accepted (print-within size datum))
    (test-equal (list "fits in no less" datum)
      (make-list size 'too-long)
      (map (lambda (limit) (print-within limit datum)) (iota size)))))
 `((abc 3) ("abc" 5) ("é\n" 6) (,(string->symbol "A") 3) (() 2) ((a . b) 7)
   (#(1 2) 6) (#t 2) (-12 3) (1.5 3) (#\space 7) ((a "b" #\c) 11)
   ((,(make-string 300 #\x) ,(make-string 300 #\y)) 607)))

(test-equal "a circular list is too long"
  'too-long (refusal-to-print (circular-list 'a 'b)))
(test-equal "a pair that contains itself is too deep"
  'too-deep (let ((pair (list 'a))) (set-car! pair pair)
                 (refusal-to-print pair)))
(test-equal "ten megabytes are too long"
  '(too-long too-long)
  (map refusal-to-print
       (list (make-string 10000000 #\x)
             (string->symbol (make-string 10000000 #\x)))))
(test-equal "the longest string that fits"
  limit (bytevector-length
         (%print-datum (make-string (- limit 2) #\x) limit)))

;;; --- What has no print -------------------------------------------------

(for-each
 (lambda (datum)
   (test-equal (format #f "has no print: ~s" datum)
     '(unprintable unprintable unprintable)
     (map refusal-to-print (list datum (list 'a datum) (vector datum)))))
 (list car (lambda () 1) (if #f #f) #:key
       (read-char (open-input-string "")) (make-hash-table)
       (current-output-port) #vu8(1 2) #2((1)) (delay 1) #f64(1.0)
       (make-parameter 1) +inf.0 -inf.0 +nan.0 1+2i 1.5+2i #nil (make-fluid)
       (string->symbol "a\x00b") (make-weak-vector 1) #*101))

(for-each
 (lambda (number)
   (test-equal (format #f "is too long a number: ~a" number)
     'bad-number (refusal-to-print number)))
 (list (expt 10 32) (- (expt 10 31)) (expt 3 1000) (/ 1 (expt 10 31))
       (/ (expt 10 20) (+ 1 (expt 10 20)))))
(test-equal "a number of a million digits is refused at once"
  'bad-number (refusal-to-print (ash 1 4000000)))

;;; --- The recorded requests ---------------------------------------------

(define recorded
  '("(alice server hello ())" "(server alice welcome ())"
    "(alice server thanks ())" "(server alice client-list (alice))"
    "(|Bob| server hello ())" "(server |Bob| welcome ())"
    "(|Bob| server thanks ())" "(server |Bob| client-list (|Bob| alice))"
    "(server alice client-list (|Bob| alice))"
    "(alice |Bob| send-msg \"hello Bob\")"
    "(alice |Bob| receive-msg \"hello Bob\")"
    "(alice bob send-msg \"typed 'Bob, reader folds to bob\")"
    "(server alice receive-msg \"User not found: bob\")"
    "(|Bob| alice send-msg \"hi \\\"alice\\\" back\\\\slash\")"
    "(|Bob| alice receive-msg \"hi \\\"alice\\\" back\\\\slash\")"
    "(|Bob| alice send-msg (hi there alice 3.5 #t #\\a))"
    "(|Bob| alice receive-msg (hi there alice 3.5 #t #\\a))"
    "(|Bob| nobody send-msg \"x\")"
    "(server |Bob| receive-msg \"User not found: nobody\")"
    "(alice |Bob| send-msg \"café 你好 tab\\tnl\\nend\")"
    "(alice |Bob| receive-msg \"café 你好 tab\\tnl\\nend\")"
    "(server alice sorry ())"
    "(|Bob| server frobnicate ())"
    "(server server receive-msg \"Unrecognized action: frobnicate\")"
    "(|Bob| server logout ())" "(server |Bob| goodbye ())"
    "(dave server hello ())" "(server dave welcome ())"
    "(dave server thanks ())" "(server dave client-list (dave alice))"
    "(server alice client-list (dave alice))" "(server dave goodbye ())"
    "(server alice receive-msg \"Server shutting down...\")"
    "(server alice goodbye ())"
    "(\"Bob\" server hello ())" "(server \"Bob\" welcome ())"
    "(\"Bob\" server thanks ())"
    "(server \"Bob\" client-list (\"Bob\" alice))"
    "(server alice client-list (\"Bob\" alice))"
    "(server alice receive-msg \"User not found: Bob\")"
    "(\"Bob\" alice send-msg \"hi \\\"alice\\\" back\\\\slash\")"
    "(\"Bob\" alice receive-msg \"hi \\\"alice\\\" back\\\\slash\")"
    "(\"Bob\" alice send-msg (hi there alice 3.5 #t #\\a))"
    "(\"Bob\" alice receive-msg (hi there alice 3.5 #t #\\a))"
    "(\"Bob\" nobody send-msg \"x\")"
    "(server \"Bob\" receive-msg \"User not found: nobody\")"
    "(\"Bob\" server frobnicate ())" "(\"Bob\" server logout ())"
    "(server \"Bob\" goodbye ())"
    "(alice \"Bob\" send-msg \"from STk to STklos\")"
    "(alice \"Bob\" receive-msg \"from STk to STklos\")"
    "(\"Bob\" alice send-msg \"from STklos\")"
    "(\"Bob\" alice receive-msg \"from STklos\")"
    "(\"Bob\" alice receive-msg quoted)"
    "(alice \"Bob\" send-msg |Cap|)" "(alice \"Bob\" receive-msg |Cap|)"))

(for-each
 (lambda (request)
   (test-equal (string-append "comes out as it came in: " request)
     (string->utf8 request)
     (%print-datum (string->datum request) limit)))
 recorded)

;; An STklos peer leaves capitals bare; a client keeps what they say.
(for-each
 (match-lambda
   ((request canonical)
    (test-equal (string-append "is made canonical: " request)
      canonical (datum->string (string->datum request)))))
 '(("(alice Bob send-msg \"hello Bob\")"
    "(alice |Bob| send-msg \"hello Bob\")")
   ("(\"Bob\" alice send-msg (hi there Alice 3.5 #t #\\a 1/2))"
    "(\"Bob\" alice send-msg (hi there |Alice| 3.5 #t #\\a 1/2))")
   ("(\"Bob\" alice send-msg Quoted)"
    "(\"Bob\" alice send-msg |Quoted|)")))

;;; --- The tables of known symbols ---------------------------------------

(define (name-number n)
  ;; Of every length around what the tables remember, every third barred.
  (string-append (if (zero? (modulo n 3)) "X" "x")
                 (make-string (modulo n 40) #\y) "-" (number->string n)))

(define (knows? n)
  (let* ((name (name-number n))
         (symbol (string->symbol name))
         (barred (string-append "|" name "|")))
    (and (eq? symbol (string->datum name))
         (eq? symbol (string->datum barred))
         (string=? (datum->string symbol)
                   (if (string-prefix? "X" name) barred name)))))

(test-equal "more symbols than the tables hold, again after collections" #f
  (any (lambda (round)
         (gc)
         (find (lambda (n) (not (knows? n))) (iota 10000)))
       (iota 3)))

;;; --- Random data -------------------------------------------------------

(define seed 20260101)
(format #t "random seed ~a~%" seed)
(define state (seed->random-state seed))

(define (below count) (random count state))

(define (any-of . choices) (list-ref choices (below (length choices))))

(define (any-character)
  (let ((code (any-of (below 128) (+ 32 (below 95)) (below #x300)
                      (below #x110000))))
    (if (<= #xd800 code #xdfff) #\? (integer->char code))))

(define (any-string make-character)
  (list->string (list-tabulate (below (any-of 3 10 40))
                               (lambda (i) (make-character)))))

(define bare-characters "abcxyz0123456789+-.*/<=>!?:$%_&~^")

(define (any-bare-character)
  (string-ref bare-characters (below (string-length bare-characters))))

(define (any-symbol)
  (string->symbol
   (string-delete #\nul
                  (any-string (any-of any-character any-bare-character)))))

(define (any-float)
  (let ((x (* (any-of 1.0 -1.0) (+ (below 1.0) (below 1000))
              (expt 10.0 (- (below 600) 300)))))
    (if (or (inf? x) (nan? x)) 0.5 x)))

(define (any-number)
  (any-of (below 100) (- (below (expt 2 64))) (below (expt 10 32))
          (- (below (expt 10 31))) (/ (below 100000) (+ 1 (below 100000)))
          (any-float) (/ (below 1000) 8.0)))

(define (any-atom)
  ((any-of any-number any-symbol any-character
           (lambda () (any-string any-character))
           (lambda () (any-of #t #f '())))))

(define (any-list depth)
  (append (list-tabulate (+ 1 (below 4)) (lambda (i) (any-datum (- depth 1))))
          (any-of '() '() (any-atom))))

(define (any-datum depth)
  (if (zero? depth)
      (any-atom)
      ((any-of any-atom
               (lambda () (any-list depth))
               (lambda () (any-list depth))
               (lambda () (list 'quote (any-datum (- depth 1))))
               (lambda ()
                 (list->vector
                  (list-tabulate (below 4)
                                 (lambda (i) (any-datum (- depth 1))))))))))

(define (first-failure count make holds?)
  "Return #f, or the first of COUNT things that MAKE returns for which
HOLDS? does not hold, in a list."
  (let loop ((count count))
    (and (positive? count)
         (let ((thing (make)))
           (if (holds? thing) (loop (- count 1)) (list thing))))))

(test-equal "what is printed is read back as it was" #f
  (first-failure 20000 (lambda () (any-datum (below 7)))
                 (lambda (datum)
                   (equal? datum (string->datum (datum->string datum))))))

(test-equal "a print is its own print" #f
  (first-failure 5000 (lambda () (datum->string (any-datum (below 5))))
                 (lambda (text)
                   (string=? text (datum->string (string->datum text))))))

(define (guile-read text) (call-with-input-string text read))

(test-equal "Guile's reader agrees where no bars are" #f
  (first-failure 20000 (lambda () (datum->string (any-datum (below 5))))
                 (lambda (text)
                   (or (string-index text #\|)
                       (equal? (string->datum text) (guile-read text))))))

(test-equal "Guile's reader takes any bare symbol for the same symbol" #f
  (first-failure 20000
                 (lambda () (datum->string
                             (string->symbol (any-string any-bare-character))))
                 (lambda (text)
                   (or (string-prefix? "|" text)
                       (eq? (string->datum text) (guile-read text))))))

(test-equal "Guile's reader agrees on decimal numbers" #f
  (first-failure 20000
                 (lambda ()
                   (string-append (any-of "" "-" "+")
                                  (number->string (below 1000000))
                                  (any-of "" "." ".5" ".000123" "/7")))
                 (lambda (text)
                   (equal? (string->datum text) (guile-read text)))))

(test-equal "Guile's reader agrees on exponents" #f
  (first-failure 20000
                 (lambda ()
                   (format #f "~a.~ae~a" (below 1000) (below (expt 10 15))
                           (- (below 600) 305)))
                 (lambda (text)
                   (let ((ours (refusal-of text)))
                     (or (eq? ours 'bad-number)
                         (equal? (string->datum text) (guile-read text)))))))

(define (any-delimiter) (any-of #\( #\) #\" #\| #\\ #\# #\' #\.))

(define (spoil text)
  "Return the bytes of TEXT with some of them changed."
  (let* ((bytes (string->utf8 text))
         (size (bytevector-length bytes)))
    (do ((i (below 4) (- i 1)))
        ((zero? i) bytes)
      (bytevector-u8-set! bytes (below size)
                          (any-of (below 256) (below 128)
                                  (char->integer (any-delimiter)))))))

(test-equal "what is spoilt is refused, or it is a datum like others" #f
  (first-failure 50000
                 (lambda () (spoil (datum->string (any-datum (below 5)))))
                 (lambda (bytes)
                   (or (not (eq? 'accepted
                                 (refusal (lambda () (bytes->datum bytes)))))
                       (let* ((datum (bytes->datum bytes))
                              (text (datum->string datum)))
                         (equal? datum (string->datum text)))))))

(test-equal "no beginning of a list is a datum" #f
  (let ((bytes (string->utf8
                "(a #(1 -.5e3) |b\\|é| \"d\\\"é\\x41;\" #\\) '())")))
    (any (lambda (size)
           (let ((start (make-bytevector size)))
             (bytevector-copy! bytes 0 start 0 size)
             (and (eq? 'accepted
                       (refusal (lambda () (bytes->datum start))))
                  size)))
         (iota (bytevector-length bytes)))))

(test-end "datum")
(exit (zero? (test-runner-fail-count runner)))

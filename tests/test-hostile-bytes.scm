;;; test-hostile-bytes.scm --- whatever a stranger sends is refused or data
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; Each row goes through a connection of its own, the way that bytes come
;;; from strangers.  The reader alone is tested in test-datum.scm and, with
;;; inputs that nobody thought of, in tests/fuzz.

(use-modules (im-test) (im socket) (im reactor) (im request)
             ((im primitives) #:select (%parse-datum))
             ((srfi srfi-10) #:select (define-reader-ctor))
             (ice-9 format) (ice-9 i18n) (ice-9 match) (rnrs bytevectors)
             (srfi srfi-1) (srfi srfi-64))

(define request-bytes 65536)            ; what a server reads as one request

(define (repeat count text)
  (string-concatenate (make-list count text)))

(define* (answer-to bytes #:optional (more? #t))
  "Return the request that a peer's BYTES, a string or a bytevector, are; the
sentence that refuses them; or, unless MORE?, `waiting' for more."
  (match (connected-pair)
    ((socket . peer)
     (let ((port (socket-input socket)) (why #f))
       (limit! port 'request-bytes request-bytes)
       (send-bit-by-bit peer bytes)
       (let ((got (catch 'timeout
                    (lambda ()
                      (get-request port #:timeout (if more? 5 0.02)
                                   #:tell (lambda (text) (set! why text))))
                    (const 'waiting))))
         (socket-shutdown socket)
         (close-port peer)
         (or got why))))))

(define (send-bit-by-bit peer bytes)
  "Send BYTES while we read, until the kernel takes no more: then we don't
want to read on."
  (let* ((all (if (string? bytes) (string->utf8 bytes) bytes))
         (size (bytevector-length all)))
    (let loop ((from 0))
      (let ((end (min size (+ from 16384))))
        (when (and (say peer (part all from end)) (< end size))
          (steps 1)
          (loop end))))))

(define (part bytes from end)
  (let ((copy (make-bytevector (- end from))))
    (bytevector-copy! bytes from copy 0 (- end from))
    copy))

(define (refused? answer sentence)
  (and (string? answer) (string-contains answer sentence) #t))

(define (check-refused name bytes sentence)
  (let ((answer (answer-to bytes)))
    (test-assert (format #f "~a: ~a~@[, not ~s~]" name sentence
                         (and (not (refused? answer sentence)) answer))
      (refused? answer sentence))))

(define (check-read name bytes data)
  (test-equal name `(a b c ,data) (answer-to bytes)))

;;; --- Depth ---------------------------------------------------------------

;; The request itself is a level, so there are LEVELS - 1 in its data.
(define (nested levels opening inside closing)
  (string-append "(a b c " (repeat (- levels 1) opening) inside
                 (repeat (- levels 1) closing) ")"))

(define (test-depth)
  (for-each
   (match-lambda
     ((opening inside closing)
      (for-each
       (lambda (levels)
         (test-assert (format #f "~a levels of ~a are data" levels opening)
           (request? (answer-to (nested levels opening inside closing)))))
       '(63 64))
      (for-each
       (lambda (levels)
         (check-refused (format #f "~a levels of ~a" levels opening)
                        (nested levels opening inside closing)
                        "nested too deeply"))
       '(65 1000000))))
   '(("(" "" ")") ("#(" "x" ")") ("(x . " "y" ")") ("'" "x " ""))))

;;; --- What never ends -----------------------------------------------------

(define ten-million 10000000)

(define (test-digits)
  (for-each
   (match-lambda
     ((name start)
      (check-refused (format #f "ten million ~a on the wire" name)
                     (string-append "(a b c " start
                                    (make-string ten-million #\7))
                     "number that is too long")))
   '(("digits" "") ("digits behind a sign" "-") ("digits behind a dot" "1.")
     ("digits below a line" "1/") ("digits of an exponent" "1e")))
  (test-equal "and in the reader" 'bad-number
    (catch 'bad-datum
      (lambda () (%parse-datum (make-bytevector ten-million #x37)))
      (lambda (key why) why))))

(define (filled-up start part size)
  "Return START and as many PARTs as make SIZE bytes."
  (string-take (string-append start (repeat size part)) size))

(define (test-endless)
  (for-each
   (match-lambda
     ((name start part)
      (test-equal (format #f "~a: one byte below the limit it may go on" name)
        'waiting
        (answer-to (filled-up start part (- request-bytes 1)) #f))
      (check-refused (format #f "~a at the limit" name)
                     (filled-up start part request-bytes) "too long")
      (check-refused (format #f "~a beyond it" name)
                     (filled-up start part (* 10 request-bytes)) "too long")))
   '(("a string" "(a b c \"" "x") ("a string of escapes" "(a b c \"" "\\n")
     ("a symbol" "(a b c " "x") ("a symbol between bars" "(a b c |" "x")
     ("the name of a character" "(a b c #\\" "x")
     ("a list" "(a b c " "(x) ") ("white space in a list" "(a b c" " ")
     ("a line" "<command>" "x"))))

;;; --- Forms ---------------------------------------------------------------

;; Each is a form that some reader gives a meaning beyond data.
(define forms
  '("#.(set! ran #t)" "#.ran" "#,(trap 1)" "#,(trap . 1)" "#!eof"
    "#!fold-case" "#!default" "#!nil" "#!c comment !#" "#!\n!#"
    "#0=x" "#0#" "#0=(x . #0#)" "#1(x)" "#2((x))" "#2f64((1))" "#u8(1)"
    "#vu8(1)" "#s16(1)" "#@1(x)" "#*101" "#[socket]" "#<socket>" "#{x}#"
    "#:key" ":key" "#\"x\"" "#/x/" "#&x" "#true" "#false" "#nil" "#T" "#n"
    "#x10" "#b1" "#o7" "#d1" "#e1" "#i1" "#'x" "#`x" "#,x" "#,@x" "`x" ",x"
    ",@x" "[x]" "{x}" ";x\n x" "#;x y" "#|x|# y" "#\\nosuch" "#\\x41"
    "\"\\q\"" "\"\\u0041\"" "|x\\x41;|" "x|y|" "x'y" "x\\y"))

(define ran #f)

(define (places form)
  "Return requests that hold FORM at various places, and FORM alone."
  (list (string-append form " ")
        (format #f "(~a b c d)" form)
        (format #f "(a b c ~a)" form)
        (format #f "(a b c (x #(y '~a)))" form)))

(define (test-forms)
  (define-reader-ctor 'trap (lambda (x) (set! ran #t) x))
  (fluid-set! read-eval? #t)
  (for-each
   (lambda (form)
     (for-each
      (lambda (text)
        (check-refused (object->string text) text "no Scheme data"))
      (places form)))
   forms)
  (test-assert "nothing ran" (not ran))
  (for-each
   (lambda (form)
     (set! ran #f)
     (false-if-exception (call-with-input-string form read))
     (test-assert (format #f "Guile's reader would have run ~a" form) ran))
   '("#.(set! ran #t)" "#,(trap 1)"))
  (fluid-set! read-eval? #f))

;;; --- UTF-8 ---------------------------------------------------------------

(define bad-utf8
  '((#x80) (#xbf) (#xc0 #x80) (#xc1 #xbf) (#xc3) (#xe0 #x80 #x80)
    (#xe2 #x82) (#xed #xa0 #x80) (#xed #xbf #xbf) (#xf0 #x80 #x80 #x80)
    (#xf0 #x9f #x98) (#xf4 #x90 #x80 #x80) (#xf8 #x88 #x80 #x80 #x80)
    (#xfe) (#xff) (#xe2 #x82 #x5c #x0a #xac)))

(define good-utf8
  '("\xe9" "\x80" "\u20ac" "\ud7ff" "\ue000" "\uffff" "\U01f600"
    "\U10ffff"))

(define (around before bytes after)
  (u8-list->bytevector
   (append (bytevector->u8-list (string->utf8 before)) bytes
           (bytevector->u8-list (string->utf8 after)))))

(define (test-bytes locale)
  (define (name what bytes)
    (format #f "~a ~{~2,'0x~^ ~} under ~a" what bytes locale))
  (for-each
   (lambda (bytes)
     (check-refused (name "a string with" bytes)
                    (around "(a b c \"" bytes "\")") "not UTF-8")
     (unless (memv #x5c bytes)          ; no escape, but for a string
       (check-refused (name "a symbol with" bytes)
                      (around "(a b c x" bytes ")") "not UTF-8")
       (check-refused (name "bars with" bytes)
                      (around "(a b c |" bytes "|)") "not UTF-8")
       (check-refused (name "a name with" bytes)
                      (around "(x" bytes " b c d)") "not UTF-8")))
   bad-utf8)
  (for-each
   (match-lambda
     ((before after)
      (check-refused (format #f "~aNUL~a under ~a" before after locale)
                     (around before '(0) after) "no Scheme data")))
   '(("" "") ("(" "") ("(a" " b c d)") ("(a b c \"" "\")")
     ("(a b c \"\\" "\")") ("(a b c |" "|)") ("(a b c 1" ")")
     ("(a b c #\\" ")") ("(a b c #t" ")")))
  (for-each
   (lambda (escape)
     (check-refused (format #f "~a under ~a" escape locale)
                    (format #f "(a b c \"~a\")" escape) "not UTF-8"))
   '("\\xd800;" "\\xdfff;" "\\xd83d;\\xde00;" "\\x110000;"))
  (for-each
   (lambda (text)
     (check-read (name "is text:" (bytevector->u8-list (string->utf8 text)))
                 (format #f "(a b c (\"~a\" |~a| x~a 1.5))" text text text)
                 (list text (string->symbol text)
                       (string->symbol (string-append "x" text)) 1.5)))
   good-utf8))

(define (under locale)
  "Return a procedure of tests under LOCALE, if that is here."
  (lambda ()
    (when (false-if-exception (setlocale LC_ALL locale))
      (test-bytes locale)
      (setlocale LC_ALL "C"))))

(define (test-c)
  (test-assert "the locale C is always there" (setlocale LC_ALL "C"))
  (test-bytes "C"))

;; A locale with another encoding and a decimal comma is hardly ever there,
;; but where the sources are, one can be made.
(define german "de_DE.ISO-8859-1")

(define (test-german)
  (let ((directory (mkdtemp (string-append (or (getenv "TMPDIR") "/tmp")
                                           "/im-locale-XXXXXX"))))
    (setenv "LOCPATH" directory)
    (when (zero? (system* "sh" "-c" "localedef -i de_DE -f ISO-8859-1 \
\"$0\" >/dev/null 2>&1" (string-append directory "/" german)))
      (test-equal "a German writes a comma" '(#t ",")
        (list (string? (setlocale LC_ALL german)) (locale-decimal-point)))
      ((under german)))
    (unsetenv "LOCPATH")
    (system* "rm" "-r" directory)))

;;; --- Shapes --------------------------------------------------------------

;; Each type of datum, and whether it is a name, and an action.
(define types
  '(("x" #t #t) ("|X y|" #t #t) ("||" #t #t) ("\"x\"" #t #f) ("\"\"" #t #f)
    ("0" #f #f) ("-7" #f #f) ("99999999999999999999" #f #f) ("1.5" #f #f)
    ("1/2" #f #f) ("#t" #f #f) ("#f" #f #f) ("#\\x" #f #f) ("()" #f #f)
    ("(x)" #f #f) ("(x . y)" #f #f) ("'x" #f #f) ("(quote x)" #f #f)
    ("#()" #f #f) ("#(x)" #f #f)))

(define (check-shape text good?)
  (let ((answer (answer-to (string-append text " "))))
    (if good?
        (test-assert (format #f "~a is a request" text) (request? answer))
        (test-assert (format #f "~a is none" text)
          (refused? answer "not a list (FROM TO ACTION DATA)")))))

(define (test-elements)
  (for-each
   (lambda (count)
     (let ((elements (string-join (list-head '("a" "b" "c" "d" "e" "f")
                                             count))))
       (check-shape (format #f "(~a)" elements) (>= count 4))
       (check-shape (format #f "#(~a)" elements) #f)
       (unless (zero? count)
         (check-shape (format #f "(~a . g)" elements) #f)
         (check-shape (format #f "(~a . (g))" elements) (>= count 3)))))
   (iota 7))
  (for-each
   (lambda (type) (check-shape (car type) #f))
   types))

(define (test-types)
  (for-each
   (match-lambda
     ((text name? action?)
      (check-shape (format #f "(~a b c d)" text) name?)
      (check-shape (format #f "(a ~a c d)" text) name?)
      (check-shape (format #f "(a b ~a d)" text) action?)
      (check-shape (format #f "(a b c ~a)" text) #t)
      (check-shape (format #f "(a b c d ~a)" text) #t)))
   types))

(run-tests "hostile bytes"
           `("depth" ,test-depth) `("digits" ,test-digits)
           `("endless" ,test-endless) `("forms" ,test-forms)
           `("the locale C" ,test-c) `("in UTF-8" ,(under "C.UTF-8"))
           `("in German" ,test-german) `("elements" ,test-elements)
           `("types" ,test-types))

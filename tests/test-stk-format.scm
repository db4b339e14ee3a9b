;;; test-stk-format.scm --- format and error print as STk did
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(use-modules (im-test) (stk-test) (ice-9 match) (srfi srfi-64)
             ((im socket) #:prefix im:))

;;; --- format, error --------------------------------------------------------

(define (test-format)
  (gives ((format #f "") "")
         ((format #f "~a ~A ~s ~S ~w ~W" "a" 'b "c" #\d "e" '("f"))
          "a b \"c\" #\\d \"e\" (\"f\")")
         ((format #f "a~%b~~c") "a\nb~c")
         ((format #f "~d 100~ ~q~") "~d 100~ ~q~")
         ((format #f "~a" '("x" #\y)) "(x y)")
         ((let ((logging #f)) (format logging "~a~%" 1)) "1\n")
         ((call-with-output-string (lambda (p) (format p "~s" "x")))
          "\"x\""))
  (test-equal "#t prints" "1\n" (printed '(format #t "~a~%" 1)))
  (test-equal "a variable as destination" "on\n"
              (printed '(define logging #t) '(format logging "on~%")))
  (fails ((format 3 "x") "format: bad port: 3")
         ((format #t 'x) "format: bad template: x")
         ((format #f "~a ~a" 1) "2 values, but there is 1 to put there")
         ((format #f "~a" 1 2) "1 value, but there are 2 to put there")))

(define (test-format-to-socket)
  (match (connected-pair)
    ((socket . peer)
     (let ((module (fresh-user)))
       (module-define! module 'port (im:socket-output socket))
       (eval '(format port "~s~S~a" '(a "B\n" Bob) 'Bob 'Bob) module)
       (eval '(flush port) module)
       (test-equal "~s to a socket writes what STk reads"
         "(a \"B\\n\" |Bob|)|Bob|Bob"
         (hear peer "(a \"B\\n\" |Bob|)|Bob|Bob"))
       (eval '(format port "~s" car) module)
       (eval '(flush port) module)
       (test-equal "even what no request can have"
         "#<procedure car (_)>" (hear peer "#<procedure car (_)>"))
       (im:socket-shutdown socket)))))

(define (test-error)
  (define (message . arguments)
    (match (failure (in-stk `(error ,@arguments)))
      (('misc-error text) (string-trim-right text #\newline))))
  (test-equal "a message in a row"
    '("" "bad" "bad 3" "bad: (1 x) b" "one two 3" "foo bar ~a 3" "x: 3")
    (list (message) (message "bad") (message "bad" 3)
          (message "bad:" ''(1 "x") ''b) (message ''one "two" 3)
          (message ''foo "bar ~a" 3) (message "x: " 3)))
  (test-equal "a template"
    '("bad \"x\" and y" "~ 3" "two\nlines")
    (list (message "bad ~s and ~A" "x" "y") (message "~~ ~a" 3)
          (message "two~%lines")))
  (test-equal "what looks like one is shown all the same"
    '("100~ sure 3" "~a and ~a 3")
    (list (message "100~ sure" 3) (message "~a and ~a" 3))))

(run-tests "stk format"
  `("format" ,test-format)
  `("format to a socket" ,test-format-to-socket)
  `("error" ,test-error))

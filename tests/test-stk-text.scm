;;; test-stk-text.scm --- reading, and strings and lists, are STk's
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(use-modules (im-test) (stk-test) (ice-9 format) (ice-9 match)
             (srfi srfi-64)
             ((im limits) #:select (im-limit))
             ((im socket) #:prefix im:) ((im reactor) #:prefix im:))

(define (test-strings-and-lists)
  (gives ((string-index "lo" "hello") 3)
         ((string-index "l" "hello") 2)
         ((string-index "" "hello") 0)
         ((string-index "x" "hello") #f)
         ((string-index "hello" #\l) 2)
         ((string-index "hello" #\l 3) 3)
         ((string-index "hello" char-upper-case?) #f)
         ((string-index "heLlo" char-set:upper-case) 2)
         ((split-string " a\tb \n c ") '("a" "b" "c"))
         ((split-string "/usr//lib/" "/") '("usr" "lib"))
         ((split-string "a.b,c" ",.") '("a" "b" "c"))
         ((split-string "a b,c" #\,) '("a b" "c"))
         ((split-string "") '())
         ((filter even? '(1 2 3 4)) '(2 4))
         ((delete 2 '(1 2 3 2)) '(1 3))
         ((delete '(a) '((a) b)) '(b))
         ((delete 2 '(1 2 3) <) '(1 2))
         ((remove 2 '(1 2 3 2)) '(1 3))
         ((remove "a" '("a" "b")) '("b"))
         ((remove even? '(1 2 3 4)) '(1 3))
         ((remove 'x '()) '())))

;;; --- Reading --------------------------------------------------------------

(define-syntax-rule (from text expression ...)
  (let ((module (fresh-user)))
    (module-define! module 'port (open-input-string text))
    (eval '(begin expression ...) module)))

(define (test-reading)
  (test-equal "read-line gives words"
    '((hello "Bob" 42 "007" "don't") () (next) #t)
    (from "  hello Bob 42\t007 don't \r\n\nnext"
          (let* ((a (read-line port)) (b (read-line port))
                 (c (read-line port)) (d (read-line port)))
            (list a b c (eof-object? d)))))
  (test-equal "string-length of what it gives is the line's, as in bare STk"
    '(10 0 3)
    (from "two  words\n\n"
          (let* ((one (string-length (read-line port)))
                 (none (string-length (read-line port))))
            (list one none (string-length "abc")))))
  (test-equal "read" '((a "B") #t)
    (from "(a \"B\") " (let ((datum (read port)))
                         (list datum (eof-object? (read port))))))
  (test-equal "without a port, the current one" '((a b) c)
    (with-input-from-string "a b\nc"
      (lambda () (in-stk '(let ((line (read-line))) (list line (read)))))))
  (gives ((port-closed? (open-input-string "")) #f)
         ((let ((p (open-input-string ""))) (close-port p) (port-closed? p))
          #t)
         ((char-ready? (open-input-string "")) #t)
         ((begin (flush) (flush (current-output-port))) *unspecified*))
  (match (pipe)
    ((in . out)
     (let ((ready? (lambda () ((@ (stk) char-ready?) in))))
       (test-eq "char-ready? of a pipe without anything" #f (ready?))
       (display "x" out)
       (force-output out)
       (test-eq "with something" #t (ready?))
       (read-char in)
       (close-port out)
       (test-eq "and at its end" #t (ready?)))))
  (fails ((port-closed? #f) "port-closed?: bad port: #f")
         ((port-closed? '()) "port-closed?: bad port: ()")
         ((read #f) "read: bad port: #f")
         ((read-line 3) "read-line: bad port: 3")
         ((char-ready? 3) "char-ready?: bad port: 3")
         ((string-length '(a b)) "string-length"))
  (for-each
   (lambda (procedure)
     (test-assert (format #f "~a of a closed port is an error" procedure)
       (pair? (failure (in-stk `(let ((p (open-input-string "x")))
                                  (close-port p)
                                  (,procedure p)))))))
   '(read read-line char-ready?)))

(define (limit-to-a-second! port)
  (let ((usual (im-limit 'request-seconds)))
    (im-limit 'request-seconds 1)
    ((@ (im primitives) %limit-stream!) port)
    (im-limit 'request-seconds usual)))

(define (nested depth)
  (string-append (make-string depth #\() (make-string depth #\))))

(define (test-reading-sockets)
  (define (with-peer use)
    (match (connected-pair)
      ((socket . peer)
       (let ((module (fresh-user)))
         (module-define! module 'port (im:socket-input socket))
         (use (lambda (form) (eval form module)) peer
              (im:socket-input socket))
         (im:socket-shutdown socket)))))
  (with-peer
   (lambda (run peer port)
     (say peer "(a |Bob|) one Two\r\nthree")
     (test-equal "a datum and the rest of its line"
       '((a Bob) (one "Two"))
       (list (run '(read port)) (run '(read-line port))))
     (hang-up peer)
     (test-equal "a last line without end" '(three) (run '(read-line port)))
     (test-equal "char-ready? is true at the end, and then there is no more"
       '(#t #t #t)
       (list (run '(char-ready? port))
             (eof-object? (run '(read-line port)))
             (eof-object? (run '(read port)))))
     (run '(close-port port))
     (test-assert "a closed socket's port is a bad port"
       (says? (failure (run '(read port))) "bad port"))))
  (with-peer
   (lambda (run peer port)
     (say peer (nested 64))
     (test-equal "a datum may be 64 lists deep" (nested 64)
       (object->string (run '(read port))))))
  (for-each
   (match-lambda
     ((name text says)
      (with-peer
       (lambda (run peer port)
         (im:after 0 (lambda () (say peer text)))
         (test-assert name (says? (failure (run '(read port))) says))
         (test-assert (string-append name ": nothing more is read")
           (eof-object? (run '(read port))))))))
   `(("a constructor is bad input" "#,(foo) a" "bad input")
     ("evaluation is bad input" "#.(exit) a" "bad input")
     ("too deep is an error" ,(nested 65) "too deep")
     ("a number of 33 digits is an error" ,(make-string 33 #\1) "number")))
  (with-peer
   (lambda (run peer port)
     ((@ (im primitives) %limit-stream!) port)
     (im:after 0 (lambda () (say peer (make-string 70000 #\x))))
     (test-assert "a datum is no longer than its socket allows"
       (says? (failure (run '(read port))) "too long"))))
  (with-peer
   (lambda (run peer port)
     (im:when-port-writable peer
       (lambda () (flood peer (make-string 65536 #\x))))
     (test-assert "nor than any request"
       (says? (failure (run '(read port))) "too long"))
     (im:when-port-writable peer #f)))
  (with-peer
   (lambda (run peer port)
     (im:after 0 (lambda () (flood peer (make-string 4096 #\x))))
     (test-assert "a line has a limit"
       (says? (failure (run '(read-line port)))
              "more than 65536 characters"))))
  (with-peer
   (lambda (run peer port)
     (limit-to-a-second! port)
     (say peer "never complete")
     (test-assert "and a deadline, if its socket has one"
       (not (equal? (failure (run '(read-line port))) '(never complete))))))
  (with-peer
   (lambda (run peer port)
     (limit-to-a-second! port)
     (say peer "(never complete")
     (test-assert "so has a datum"
       (says? (failure (run '(read port))) "didn't come in time")))))

(run-tests "stk text"
  `("strings and lists" ,test-strings-and-lists)
  `("reading" ,test-reading)
  `("reading sockets" ,test-reading-sockets))

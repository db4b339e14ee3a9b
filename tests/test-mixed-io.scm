;;; test-mixed-io.scm --- lines, bytes, data and requests share one port
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; Whoever reads takes what is theirs and leaves the rest, whether it came
;;; in one piece or in many; whoever prints is heard in the order of printing.

(use-modules (im-test) (im socket) (im reactor) (im request)
             (ice-9 binary-ports) (ice-9 match) (ice-9 rdelim)
             (ice-9 textual-ports) (rnrs bytevectors) (srfi srfi-1)
             (srfi srfi-64))

(define-syntax-rule (with-pair (socket port peer) body ...)
  (match (connected-pair)
    ((socket . peer)
     (let ((port (socket-input socket)))
       body ...
       (socket-shutdown socket)))))

(define (peeking-char port)
  (let* ((one (peek-char port)) (two (read-char port)))
    (list one two)))

(define (changing-mind port)
  (let ((char (read-char port)))
    (unread-char char port)
    (read-char port)))

(define (filling port)
  (let* ((text (make-string 5 #\-)) (count (get-string-n! port text 1 3)))
    (list count text)))

;; A reader, what it is to read, and as what.
(define readers
  `(("read-line" ,read-line "grüße\n" "grüße")
    ("read-char" ,read-char "é" #\é)
    ("peek-char" ,peeking-char "x" (#\x #\x))
    ("unread-char" ,changing-mind "y" #\y)
    ("read" ,read "(1 \"zwei\" drei)" (1 "zwei" drei))
    ("read-delimited" ,(lambda (port) (read-delimited "\0" port))
     "bob\0" "bob")
    ("read-string" ,(lambda (port) (read-string port 4)) "vier" "vier")
    ("get-string-n" ,(lambda (port) (get-string-n port 3)) "äöü" "äöü")
    ("get-string-n!" ,filling "abc" (3 "-abc-"))
    ("get-u8" ,get-u8 "!" 33)
    ("lookahead-u8" ,(lambda (port) (lookahead-u8 port) (get-u8 port)) "?" 63)
    ("get-bytevector-n" ,(lambda (port) (get-bytevector-n port 3))
     "123" #vu8(49 50 51))
    ("read-datum" ,read-datum "(a (b) \"c\")" (a (b) "c"))
    ("get-request" ,get-request "(ann bob say (hi))" (ann bob say (hi)))))

(define (in-a-handler port thunk)
  "Return a thunk that returns what (THUNK), called as a handler, has returned,
or 'waits."
  (let ((result 'waits))
    (after 0 (lambda () (set! result (thunk))))
    (steps 2)
    (lambda () result)))

(define (test-readers)
  (for-each
   (match-lambda
     (((name read text result) (name2 read2 text2 result2))
      (with-pair (socket port peer)
        (say peer (string-append text text2 text))
        (test-equal (string-append name ", " name2 ", " name)
          (list result result2 result)
          (call-with-timeout
           5 (lambda ()
               (let* ((one (read port)) (two (read2 port)))
                 (list one two (read port)))))))))
   (append-map (lambda (one) (map (lambda (two) (list one two)) readers))
               readers)))

(define (test-pieces)
  (for-each
   (match-lambda
     ((name read text result)
      (with-pair (socket port peer)
        (let* ((bytes (string->utf8 text))
               (result-now (in-a-handler port (lambda () (read port)))))
          (test-eq (string-append name " steps aside for its first byte")
                   'waits (result-now))
          (for-each (lambda (byte)
                      (say peer (u8-list->bytevector (list byte)))
                      (steps 2))
                    (bytevector->u8-list bytes))
          (say peer "(x y z ())")
          (test-equal (string-append name " takes what came byte by byte")
            result (begin (soon (lambda () (not (eq? 'waits (result-now)))))
                          (result-now)))
          (test-equal (string-append name " leaves what comes after it")
            '(x y z ()) (get-request port #:timeout 5))))))
   readers))

(define (test-to-the-end)
  (for-each
   (match-lambda
     ((name read result)
      (with-pair (socket port peer)
        (let ((result-now (in-a-handler port (lambda () (read port)))))
          (say peer "to the ")
          (steps)
          (test-eq (string-append name " steps aside until the end")
                   'waits (result-now))
          (say peer "end")
          (hang-up peer)
          (test-equal (string-append name " has all of it") result
                      (begin
                        (soon (lambda () (not (eq? 'waits (result-now)))))
                        (result-now)))))))
   `(("read-string" ,read-string "to the end")
     ("get-string-all" ,get-string-all "to the end")
     ("get-string-n" ,(lambda (port) (get-string-n port 99)) "to the end")
     ("read-string with a count" ,(lambda (port) (read-string port 99))
      "to the end")
     ("get-bytevector-n" ,(lambda (port)
                            (utf8->string (get-bytevector-n port 99)))
      "to the end")
     ("get-bytevector-all" ,(lambda (port)
                              (utf8->string (get-bytevector-all port)))
      "to the end")))
  (for-each
   (match-lambda
     ((name read)
      (with-pair (socket port peer)
        (hang-up peer)
        (test-assert (string-append name " at the end says so")
          (eof-object? (call-with-timeout 5 (lambda () (read port))))))))
   `(("get-string-n" ,(lambda (port) (get-string-n port 3)))
     ("get-bytevector-all" ,get-bytevector-all)
     ("get-bytevector-n" ,(lambda (port) (get-bytevector-n port 3)))
     ("read-datum" ,read-datum)
     ("read-line" ,read-line))))

;; What forwards bytes shouldn't do it one by one.
(define (test-some)
  (define (three-letters port)
    (let* ((bytes (make-bytevector 5 45))
           (count (get-bytevector-some! port bytes 1 3)))
      (list count (utf8->string bytes))))
  (with-pair (socket port peer)
    (say peer "hello")
    (steps)
    (test-equal "get-bytevector-some takes all that has come" "hello"
                (utf8->string (get-bytevector-some port)))
    (say peer "again")
    (steps)
    (test-eqv "what was peeked at" #\a (peek-char port))
    (test-equal "is part of it" "again"
                (utf8->string (get-bytevector-some port)))
    (say peer "again")
    (steps)
    (test-equal "get-bytevector-some! takes what has room" '(3 "-aga-")
                (three-letters port))
    (test-equal "and then the rest" '(2 "-in--") (three-letters port))
    (hang-up peer)
    (test-assert "and says when it was all"
      (eof-object? (car (three-letters port))))
    (test-assert "as does get-bytevector-some"
      (eof-object? (get-bytevector-some port)))))

(define (test-other-ports)
  (define (from-string read)
    (read (open-input-string "other ports")))
  (test-equal "other ports are read as ever"
    '("oth" "other ports" "oth" #vu8(1 2))
    (list (from-string (lambda (port) (get-string-n port 3)))
          (from-string get-string-all)
          (from-string (lambda (port) (read-string port 3)))
          (get-bytevector-all (open-bytevector-input-port #vu8(1 2))))))

;;; --- Printing -----------------------------------------------------------

(define printers
  `(("display" ,(lambda (port) (display "grüße" port)) "grüße")
    ("write" ,(lambda (port) (write '(a "b") port)) "(a \"b\")")
    ("write-char" ,(lambda (port) (write-char #\é port)) "é")
    ("newline" ,newline "\n")
    ("format" ,(lambda (port) (format port "~a!" 1)) "1!")
    ("put-string" ,(lambda (port) (put-string port "text")) "text")
    ("put-u8" ,(lambda (port) (put-u8 port 33)) "!")
    ("put-bytevector" ,(lambda (port) (put-bytevector port #vu8(49 50)))
     "12")
    ("send-request" ,(lambda (port) (send-request '(a b c ()) port))
     "(a b c ())")))

(define (test-printers)
  (with-pair (socket port peer)
    (for-each
     (match-lambda
       (((name print text) (name2 print2 text2))
        (print port)
        (print2 port)
        (print port)
        (flush port)
        (test-equal (string-append name ", " name2 ", " name)
          (string-append text text2 text)
          (hear peer (string-append text text2 text)))))
     (append-map (lambda (one) (map (lambda (two) (list one two)) printers))
                 printers))))

(run-tests "mixed-io"
           `("readers" ,test-readers) `("pieces" ,test-pieces)
           `("to the end" ,test-to-the-end) `("some" ,test-some)
           `("other ports" ,test-other-ports)
           `("printers" ,test-printers))

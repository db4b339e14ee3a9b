;;; test-port-text.scm --- what Guile's readers make of a socket's bytes
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; Characters are numbers here: Guile 3.0 would read some of them wrongly
;;; from this file.

(use-modules (im-test) (im socket) (ice-9 binary-ports) (ice-9 format)
             (ice-9 match) (ice-9 rdelim) (rnrs bytevectors) (srfi srfi-64))

(define (reading bytes reader)
  "Return what READER returns for a socket's port when the peer has sent BYTES
and hung up."
  (call-with-values our-pair
    (lambda (ours theirs)
      (put-bytevector (socket-output theirs) bytes)
      (socket-shutdown theirs)
      (let ((got (reader (socket-input ours))))
        (socket-shutdown ours)
        got))))

(define (text . code-points)
  (list->string (map integer->char code-points)))

(define (code-points text)
  "For a message: a locale may not have the characters."
  (map char->integer (string->list text)))

;; The ends of each length and of Hangul, whose last part begins with ED.
(define legal
  (map text '(#x7f #x80 #x7ff #x800 #xcfff #xd000 #xd55c #xd7a3 #xd7ff #xe000
              #xfffd #xffff #x10000 #x1f600 #x10ffff)))

(define (symbol-read port) (symbol->string (read port)))
(define (one-char port) (string (read-char port)))
(define (peeked port) (string (peek-char port)))
(define (short-string port) (read-string port 1))

(define (test-legal)
  (for-each
   (lambda (text)
     (for-each
      (match-lambda
        ((name reader)
         (test-equal (format #f "~a reads ~a" name (code-points text))
           text (reading (string->utf8 text) reader))))
      `((read-line ,read-line) (read-char ,one-char) (peek-char ,peeked)
        (read-string ,short-string) (read ,symbol-read))))
   legal))

(define illegal
  '(#vu8(#xed #xa0 #x80) #vu8(#xed #xbf #xbf)         ; surrogates
    #vu8(#xff) #vu8(#xc0 #x80)))

(define (test-illegal)
  (for-each
   (lambda (bytes)
     (let ((line (reading (u8-list->bytevector
                           `(97 ,@(bytevector->u8-list bytes) 98 10))
                          read-line)))
       (test-assert (format #f "~a is U+FFFD, once or more" bytes)
         (string=? (string-append "a" (string-trim (substring line 1)
                                                   #\xfffd))
                   "ab"))
       (test-assert "and at least once"
         (string-index line #\xfffd))))
   illegal)
  ;; Here glibc's iconv doesn't look; it is a character of that number.
  (test-equal "beyond U+10FFFF nothing is raised, and the rest is read"
    '(97 98)
    (filter (lambda (code-point) (< code-point 128))
            (code-points (reading #vu8(97 #xf4 #x90 #x80 #x80 98 10)
                                  read-line)))))

(define (test-printing)
  (call-with-values our-pair
    (lambda (ours theirs)
      (for-each (lambda (text) (display text (socket-output ours))) legal)
      (socket-shutdown ours)
      (test-equal "and what is printed is UTF-8"
        (string->utf8 (string-concatenate legal))
        (get-bytevector-all (socket-input theirs)))
      (socket-shutdown theirs))))

(run-tests "port-text"
           `("legal" ,test-legal) `("illegal" ,test-illegal)
           `("printing" ,test-printing))

;;; (stk text) -- reading, and strings and lists, as STk had them
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; What is read from a socket has limits: a datum is one that a request may
;;; have, and a line is no longer than a request.

(define-module (stk text)
  #:use-module ((guile) #:select ((delete . guile:delete)
                                  (filter . guile:filter)
                                  (read . guile:read)
                                  (string-index . guile:string-index)
                                  (string-length . guile:string-length)))
  #:use-module ((ice-9 ports)
                #:select ((char-ready? . guile:char-ready?)
                          (port-closed? . guile:port-closed?)))
  #:use-module ((ice-9 rdelim) #:select ((read-line . guile:read-line)))
  #:use-module ((im limits) #:select (with-deadline))
  #:use-module ((im primitives)
                #:select (%fail-stream! %limit %request-timeout
                          %stream-port?))
  #:use-module ((im request) #:select (read-datum))
  #:use-module ((srfi srfi-1)
                #:select ((delete . srfi:delete) (remove . srfi:remove)))
  #:use-module ((stk words) #:select (string->word))
  #:export (split-string read-line remove fold-case! file-reader)
  #:replace (string-index string-length filter delete
             read char-ready? port-closed?))

(define (bad who message . values)
  (scm-error 'wrong-type-arg who message values #f))

;;; --- Ports --------------------------------------------------------------

(define (port-closed? port)
  "Return #t if PORT is closed.  Raise an error if it isn't a port at all."
  (unless (port? port)
    (bad "port-closed?" "bad port: ~S" port))
  (guile:port-closed? port))

(define (check-readable who port)
  (unless (and (input-port? port) (not (guile:port-closed? port)))
    (bad who "bad port: ~S" port)))

(define* (char-ready? #:optional (port (current-input-port)))
  "Return #t if a character, or the end, can be read from PORT without waiting.
Raise an error if PORT is closed."
  (check-readable "char-ready?" port)
  (or (guile:char-ready? port)
      (and (file-port? port) (at-end? port))))

;; Guile's char-ready? doesn't know the end of a pipe.
(define (at-end? port)
  (pair? (car (select (list port) '() '() 0))))

(define* (read #:optional (port (current-input-port)))
  "Return the next datum from PORT, or the end-of-file object.

Waits until it is complete; in a handler, others run meanwhile.  Raises an
error if PORT is closed, or if it is a socket's and what comes there is no
datum that a request may have: the connection can then only be closed."
  (check-readable "read" port)
  (if (%stream-port? port)
      (read-datum port)
      (guile:read port)))

;;; --- Lines --------------------------------------------------------------

(define* (read-line #:optional (port (current-input-port)))
  "Return the next line from PORT as a sentence, the list of its words; or the
end-of-file object.

Waits until it is complete; in a handler, others run meanwhile.  Raises an
error if PORT is closed, or if it is a socket's and the line is longer than
64 KiB: the connection can then only be closed."
  (check-readable "read-line" port)
  (let ((line (if (%stream-port? port)
                  (line-from-socket port)
                  (guile:read-line port))))
    (if (eof-object? line)
        line
        (line->sentence line))))

(define word-characters (char-set-complement char-set:whitespace))

(define (line->sentence line)
  (let ((sentence (map string->word (string-tokenize line word-characters))))
    (when (pair? sentence)
      (hashq-set! lines sentence line))
    sentence))

(define (line-from-socket port)
  "Return a line, which must be complete as soon as a request must."
  (let ((begun? (not (eof-object? (peek-char port))))
        (seconds (%request-timeout port)))
    (if (and begun? seconds)
        (with-deadline seconds
                       (lambda () (%fail-stream! port))
                       (lambda () (bounded-line port)))
        (bounded-line port))))

(define (bounded-line port)
  (define longest-line (%limit 'request-bytes))
  (let loop ((chars '()) (count 0))
    (let ((char (read-char port)))
      (cond ((and (eof-object? char) (null? chars)) char)
            ((or (eof-object? char) (char=? char #\newline))
             (reverse-list->string chars))
            ((= count longest-line)
             (%fail-stream! port)
             (scm-error 'misc-error "read-line"
                        "bad input: the line has more than ~A characters"
                        (list longest-line) #f))
            (else (loop (cons char chars) (1+ count)))))))

;; Bare STk's read-line returns a string, and programs that were written for
;; that (one in STk's manual) ask its string-length.
(define lines (make-weak-key-hash-table))     ; sentence -> line

(define (string-length text)
  "Return how many characters TEXT has: a string or, if it is a sentence that
`read-line' returned, that line."
  (guile:string-length
   (if (pair? text)
       (hashq-ref lines text text)
       (if (null? text) "" text))))

;;; --- Strings ------------------------------------------------------------

(define (string-index text where . range)
  "Return the position of the first TEXT, a string, in the string WHERE, or #f
if there is none.

If WHERE is a character, a set of characters or a predicate this is Guile's
(string-index STRING WHERE [START [END]])."
  (if (string? where)
      (apply string-contains where text range)
      (apply guile:string-index text where range)))

(define* (split-string text #:optional (delimiters " \t\n"))
  "Return the pieces of TEXT between the characters of DELIMITERS, a string, or
else between white space: a list of strings, none of them empty."
  (string-tokenize text
                   (char-set-complement
                    (if (char? delimiters)
                        (char-set delimiters)
                        (string->char-set delimiters)))))

;;; --- Lists --------------------------------------------------------------

;; Our own, so that a program that says (set! filter …) means just this.

(define (filter keep? list)
  "Return the elements of LIST for which KEEP? returns true, in order."
  (guile:filter keep? list))

(define* (delete item list #:optional (same? equal?))
  "Return LIST without its elements that are equal? (or SAME?) to ITEM."
  (if (eq? same? equal?)
      (guile:delete item list)
      (srfi:delete item list same?)))

(define (remove item list)
  "Return LIST without its elements that are equal? to ITEM or, if ITEM is a
procedure, without those for which it returns true."
  (if (procedure? item)
      (srfi:remove item list)
      (guile:delete item list)))

;;; --- The case of symbols ------------------------------------------------

(define (fold-case! fold?)
  "From now on read the symbols of a program in lower case, as STk did, if
FOLD? is true: at the prompt or, in a file that is loaded, up to its end; if it
is #f keep their case, as Guile does.  Strings and characters keep theirs, and
so does what comes from sockets.  Return nothing of use."
  (fluid-set! current-reader (file-reader fold?))
  *unspecified*)

(define* (file-reader #:optional
                      (fold? (eq? (fluid-ref current-reader) read-folded)))
  "Return what `current-reader' shall be while a file is loaded: a reader that
folds case if FOLD? is true, or else #f, which is Guile's.  Without FOLD? it
is as before."
  (and fold? read-folded))

(define (read-folded port)
  (folded (guile:read port)))

;; In place: pairs that were read know their line in the file.
(define (folded datum)
  (cond ((symbol? datum)
         (string->symbol (string-downcase (symbol->string datum))))
        ((pair? datum)
         (fold-pairs! datum)
         datum)
        ((vector? datum)
         (list->vector (map folded (vector->list datum))))
        (else datum)))

(define (fold-pairs! pair)
  (set-car! pair (folded (car pair)))
  (if (pair? (cdr pair))
      (fold-pairs! (cdr pair))
      (set-cdr! pair (folded (cdr pair)))))

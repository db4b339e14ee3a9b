;;; (stk format) -- printing by a template, errors, and `flush'
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; STk's templates know five directives and nothing else: "100~ sure" is
;;; text.  Printed to a socket, ~s writes what STk reads there: |Bob|, where
;;; Guile would write Bob.

(define-module (stk format)
  #:use-module ((im primitives)
                #:select (%limit %print-datum %stream-port?))
  #:use-module ((im socket) #:select (flush))
  #:use-module ((ice-9 textual-ports) #:select (put-string))
  #:use-module ((rnrs bytevectors) #:select (utf8->string))
  #:use-module ((srfi srfi-1) #:select (count))
  #:re-export (flush)
  #:replace (format error))

(define (bad-argument text value)
  (scm-error 'wrong-type-arg "format" text (list value) #f))

;;; --- Templates ----------------------------------------------------------

(define (pieces template)
  "Return what TEMPLATE consists of, a list: strings, and for each argument the
procedure that prints it."
  (let ((tilde (string-index template #\~)))
    (if (and tilde (< (1+ tilde) (string-length template)))
        (cons* (substring template 0 tilde)
               (directive (string-ref template (1+ tilde)))
               (pieces (substring template (+ tilde 2))))
        (list template))))

(define (directive char)
  (case char
    ((#\a #\A) display)
    ((#\s #\S #\w #\W) write)
    ((#\%) "\n")
    ((#\~) "~")
    (else (string #\~ char))))

(define (arguments-wanted pieces)
  (count procedure? pieces))

(define (fill-in pieces arguments write-text)
  "Return PIECES as text, the ARGUMENTS, as many as there are procedures, in
their places.  What is to be written is turned to text by WRITE-TEXT."
  (let loop ((pieces pieces) (left arguments) (texts '()))
    (cond ((null? pieces) (string-concatenate-reverse texts))
          ((string? (car pieces))
           (loop (cdr pieces) left (cons (car pieces) texts)))
          (else
           (let ((text (if (eq? (car pieces) write)
                           (write-text (car left))
                           (displayed (car left)))))
             (loop (cdr pieces) (cdr left) (cons text texts)))))))

(define (displayed object)
  (if (string? object) object (object->string object display)))

;;; --- format -------------------------------------------------------------

(define (format destination template . arguments)
  "Print TEMPLATE, a string, where DESTINATION says: #t: on the screen; a port:
there; #f: nowhere, but return it.  In it ~a stands for the next of ARGUMENTS
as `display' shows it, ~s and ~w as `write' does, ~% for a line break and ~~
for ~.  Everything else means itself.
Raise an error unless there are just as many ARGUMENTS as places for them."
  (let ((port (destination-port destination)))
    (unless (string? template)
      (bad-argument "bad template: ~S (a string is wanted)" template))
    (let ((pieces (pieces template)))
      (check-number (arguments-wanted pieces) arguments template)
      (let ((text (fill-in pieces arguments (text-writer port))))
        (if port (put-string port text) text)))))

(define (destination-port destination)
  (cond ((not destination) #f)
        ((eq? destination #t) (current-output-port))
        ((port? destination) destination)
        (else (bad-argument "bad port: ~S (#t, #f or a port is wanted)"
                            destination))))

(define (check-number wanted arguments template)
  (let ((given (length arguments)))
    (unless (= wanted given)
      (scm-error 'misc-error "format"
                 "~S has places for ~A, but ~A to put there"
                 (list template (values-text wanted)
                       (if (= given 1)
                           "there is 1"
                           (string-append "there are "
                                          (number->string given))))
                 #f))))

(define (values-text number)
  (if (= number 1)
      "1 value"
      (string-append (number->string number) " values")))

(define (text-writer port)
  "Return the procedure that turns an object to the text that ~s prints."
  (if (and port (%stream-port? port))
      sent-text
      object->string))

(define (sent-text object)
  "Return OBJECT as a request shows it, or as Guile does if no request could."
  (catch 'bad-datum
    (lambda () (utf8->string (%print-datum object
                                                (%limit 'output-bytes))))
    (lambda problem (object->string object))))

;;; --- error --------------------------------------------------------------

(define (error . arguments)
  "Raise an error.  If the first of ARGUMENTS is a template, as for `format',
with as many places as there are other ARGUMENTS, it is the message filled in;
else the message is all ARGUMENTS, as `display' shows them, in a row."
  (scm-error 'misc-error #f "~A" (list (message arguments)) #f))

(define (message arguments)
  (let ((pieces (and (pair? arguments)
                     (string? (car arguments))
                     (string-index (car arguments) #\~)
                     (pieces (car arguments)))))
    (if (and pieces
             (= (arguments-wanted pieces) (length (cdr arguments))))
        (fill-in pieces (cdr arguments) object->string)
        (in-a-row (map displayed arguments)))))

(define (in-a-row texts)
  "Return TEXTS as one, with a space between two where the first has none."
  (cond ((null? texts) "")
        ((null? (cdr texts)) (car texts))
        (else
         (string-append (car texts)
                        (if (ends-with-space? (car texts)) "" " ")
                        (in-a-row (cdr texts))))))

(define (ends-with-space? text)
  (and (not (string-null? text))
       (char-whitespace? (string-ref text (1- (string-length text))))))

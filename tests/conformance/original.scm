;;; original.scm --- requests, read and printed as the original programs did
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; For original-server.scm and original-client.scm.  STk folds the bare
;;; symbols it reads to lower case, and doesn't bound what it reads.

(define-module (conformance original)
  #:use-module (ice-9 iconv)
  #:use-module (ice-9 match)
  #:use-module (ice-9 regex)
  #:use-module (ice-9 textual-ports)
  #:export (name? name->text text->name
            read-request read-datum read-xml show-request show-xml))

(define (name? object)
  "True iff OBJECT can be a name."
  (or (symbol? object) (string? object)))

(define (name->text name)
  (if (symbol? name) (symbol->string name) name))

(define (text->name text)
  "Return TEXT as a name: a symbol, or a string where UCB Scheme makes none."
  (if (bare? text) (string->symbol text) text))


;;; Reading

(read-enable 'r7rs-symbols)

(define (read-request bytes)
  "Return (REQUEST . REST), the first datum in BYTES and the bytes after it, or
#f if it isn't whole."
  (catch #t
    (lambda () (read-datum (recode bytes "ISO-8859-1" "UTF-8")))
    (const #f)))

(define (read-datum text)
  "Return (DATUM . REST), the first datum in TEXT and the bytes after it."
  (call-with-input-string text
    (lambda (port)
      (let* ((datum (read port))
             (rest (get-string-all port)))
        (and (not (eof-object? datum))
             (cons (if (string-index (string-drop-right
                                      text (string-length rest)) #\|)
                       datum
                       (fold-case datum))
                   (recode rest "UTF-8" "ISO-8859-1")))))))

(define (recode text from to)
  "Return TEXT, whose bytes mean it in the encoding FROM, as they do in TO."
  (bytevector->string (string->bytevector text from) to))

;; Guile itself would fold what stands between bars, too: so a request with a
;; bar in it isn't folded at all.
(define (fold-case datum)
  (match datum
    ((first . rest) (cons (fold-case first) (fold-case rest)))
    ((? symbol?) (string->symbol (string-downcase (symbol->string datum))))
    (_ datum)))

(define xml-pattern
  (make-regexp "^<command>(.*)</command><from>(.*)</from>\
<to>(.*)</to><data>(.*)</data>$"))

(define (read-xml bytes)
  "Return (REQUEST . REST), what the first line of BYTES says and the bytes
after it, or #f if it isn't whole.  A line that is no request is #f."
  (let ((end (string-index bytes #\newline)))
    (and end
         (let ((m (regexp-exec xml-pattern (recode (string-take bytes end)
                                             "ISO-8859-1" "UTF-8"))))
           (cons (and m
                      (list (text->name (match:substring m 2))
                            (text->name (match:substring m 3))
                            (string->symbol (match:substring m 1))
                            (match:substring m 4)))
                 (string-drop bytes (+ end 1)))))))


;;; Printing

(define* (show-request from to action data #:key
                       wrong-names? wrong-data?)
  "Return the request as it is sent, its names or data printed wrong if so
asked for."
  (format #f "(~a ~a ~a ~a)"
          (if wrong-names? (name->text from) (show from))
          (if wrong-names? (name->text to) (show to))
          (symbol->string action)
          (if (and wrong-data? (name? data)) (name->text data) (show data))))

(define (show datum)
  "Return DATUM as it is printed."
  (match datum
    ((? list?) (string-append "(" (string-join (map show datum)) ")"))
    ((? pair?) (string-append "(" (show-pairs datum) ")"))
    ((? vector?) (string-append "#" (show (vector->list datum))))
    ((? string?) (string-append "\"" (escape datum string-escapes) "\""))
    ((? symbol?) (show-symbol (symbol->string datum)))
    (#\tab "#\\ht")
    (#\nul "#\\null")
    (_ (format #f "~s" datum))))

(define (show-pairs pair)
  (match pair
    ((first . (? pair? rest))
     (string-append (show first) " " (show-pairs rest)))
    ((first . rest) (string-append (show first) " . " (show rest)))))

(define (show-symbol text)
  (if (bare? text)
      text
      (string-append "|" (escape text '((#\| . "\\|") (#\\ . "\\\\"))) "|")))

(define string-escapes
  '((#\\ . "\\\\") (#\" . "\\\"") (#\newline . "\\n") (#\return . "\\r")
    (#\tab . "\\t") (#\backspace . "\\b")))

(define (escape text escapes)
  (string-concatenate
   (map (lambda (char) (or (assv-ref escapes char) (string char)))
        (string->list text))))

(define bare-pattern
  (make-regexp "^[a-z0-9+./<=>!?:$%_&~^*-]+$"))
(define not-bare-pattern
  (make-regexp "^(\\.|:.*|.*:|[+-]?\\.?[0-9].*|[+-]i)$"))

(define (bare? text)
  "True iff the symbol called TEXT is printed without bars."
  (and (regexp-exec bare-pattern text)
       (not (regexp-exec not-bare-pattern text))))

(define (show-xml from to action data wrong?)
  "Return the message as a line, done wrong if WRONG?."
  (format #f "<command>~a</command><from>~a</from><to>~a</to>\
<data>~a</data>~a\n"
          action from to
          (match data
            (() "")
            ((? string?) data)
            (names (string-concatenate
                    (map (lambda (name) (format #f " ~a" name)) names))))
          (if wrong? " " "")))

;;; (im text) -- text from strangers, made fit to be shown
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; Terminals obey what they are sent: an escape sequence in a message can
;;; clear the screen, a line break can forge another person's line, and an
;;; override of the writing direction can make one word look like another
;;; (Unicode TR 36).  So nothing that came from the network is printed
;;; before it went through here.

(define-module (im text)
  #:use-module (im primitives)
  #:export (harmless escape-if datum->text name->text line-text print-line
            message-lines fold-rows))

(define (harmful? char)
  "Return #t if CHAR does something to a terminal instead of being shown."
  (and (memq (char-general-category char) '(Cc Cf Cs Co Cn Zl Zp))
       ;; Persian and family emoji need these two, which join and part.
       (not (memv char '(#\x200c #\x200d)))))

(define (escaped char)
  (string-append "\\x" (number->string (char->integer char) 16) ";"))

(define (harmless text)
  "Return the string TEXT with each character that a terminal might obey
written as \\xHEX; and each tab as four spaces."
  (if (string-any harmful? text)
      (string-concatenate
       (map (lambda (char)
              (cond ((char=? char #\tab) "    ")
                    ((harmful? char) (escaped char))
                    (else (string char))))
            (string->list text)))
      text))

(define (datum->text datum)
  "Return DATUM as text for a person: a string as it is, a symbol by its name,
anything else as Scheme writes it; harmless."
  (harmless (cond ((string? datum) datum)
                  ((symbol? datum) (symbol->string datum))
                  (else (object->string datum)))))

(define (name->text name)
  "Return NAME, a symbol or a string, as text; harmless also at the beginning of
a line, where [teacher] would say who speaks, and a > that this is a prompt."
  (escape-if (lambda (char) (memv char '(#\[ #\] #\>)))
             (datum->text name)))

(define (escape-if escape? text)
  "Return TEXT with each character for which (ESCAPE? CHAR) is true written as
\\xHEX;."
  (string-concatenate
   (map (lambda (char)
          (if (escape? char)
              (escaped char)
              (string char)))
        (string->list text))))

(define (line-text template . arguments)
  "Return TEMPLATE, a string in which ~a stands for one of ARGUMENTS each, with
these made harmless."
  (apply simple-format #f template (map datum->text arguments)))

(define (print-line template . arguments)
  "Print TEMPLATE, a string in which ~a stands for one of ARGUMENTS each, and a
line break.  The arguments are made harmless."
  (display (string-append (apply line-text template arguments) "\n")))

(define (message-lines datum)
  "Return the lines of DATUM as text, a list of harmless strings, at least
one."
  (if (string? datum)
      (map harmless (string-split datum #\newline))
      (list (datum->text datum))))

(define (fold-rows text columns mark)
  "Return TEXT, a string without line breaks, as a list of strings that fill no
more than COLUMNS of a terminal each; all but the first begin with MARK.  A
terminal that folds a long line by itself begins the next row with whatever
comes there, and that may look like somebody else's line."
  (let loop ((chars (string->list text)) (row '()) (column 0) (rows '()))
    (if (null? chars)
        (reverse (cons (reverse-list->string row) rows))
        (let ((width (%character-columns (car chars))))
          (if (and (> (+ column width) columns) (pair? row))
              (loop (append (string->list mark) chars) '() 0
                    (cons (reverse-list->string row) rows))
              (loop (cdr chars) (cons (car chars) row) (+ column width)
                    rows))))))

;;; test-manual-quotes.scm --- the manual quotes the programs as they are
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; What the manual marks by `@c quote FILE' stands in scheme/FILE, letter by
;;; letter, as whole lines.  And the tutorial, which explains the Instant
;;; Message program, leaves none of its definitions out.

(use-modules (manual-text) (session-suite)
             (ice-9 format) (ice-9 match) (ice-9 regex) (ice-9 textual-ports)
             (srfi srfi-1) (srfi srfi-64))

(define (source-text name)
  (call-with-input-file
      (string-append (or (getenv "abs_top_srcdir") "..") "/scheme/" name)
    get-string-all #:encoding "UTF-8"))

;;; --- Quotes ---------------------------------------------------------------

(define (quotes lines)
  "Return ((LINE-NUMBER FILE LINES) …), what is marked as a quote in LINES."
  (let loop ((lines lines) (number 1) (found '()))
    (match lines
      (() (reverse found))
      ((line . rest)
       (loop rest (1+ number)
             (match (string-match "^@c quote (.*)$" line)
               (#f found)
               (mark (cons (list number (match:substring mark 1)
                                 (quoted-lines rest))
                           found))))))))

(define (quoted-lines lines)
  "Return what stands in the example that LINES begin with."
  (match lines
    (("@smallexample" . rest)
     (map unescaped
          (take-while (lambda (line)
                        (not (string=? line "@end smallexample")))
                      rest)))))

(define (unescaped line)
  (regexp-substitute/global #f "@([@{}])" line 'pre 1 'post))

(define (stands-in? lines text)
  "True iff LINES follow each other in TEXT."
  (string-contains (string-append "\n" text)
                   (string-append "\n" (string-join lines "\n") "\n")))

(define (test-quotes)
  (test-assert "a changed letter is noticed"
    (not (stands-in? '("(define x 1)") "(define x 2)\n")))
  (test-assert "half a line is no quote"
    (not (stands-in? '("(define x") "(define x 1)\n")))
  (for-each
   (lambda (chapter)
     (for-each
      (match-lambda
        ((number file lines)
         (test-assert (format #f "~a:~a: stands in ~a" chapter number file)
           (and (pair? lines) (stands-in? lines (source-text file))))))
      (quotes (chapter-lines chapter))))
   (chapters)))

;;; --- Definitions ----------------------------------------------------------

(define (definitions text)
  "Return the names that TEXT, a program, defines at top level."
  (map (lambda (found) (match:substring found 2))
       (list-matches "\n\\(define(-once|\\*)? +\\(?([^ ()\n]+)" text)))

(define (words text)
  (string-tokenize text (char-set-complement (string->char-set " \n()'`,;\""))))

(define (test-definitions)
  (let ((explained (words (chapter-text "tutorial.texi"))))
    (for-each
     (lambda (file)
       (test-equal (format #f "the tutorial names all that ~a defines" file)
         '()
         (lset-difference string=? (definitions (source-text file))
                          explained)))
     '("im-common.scm" "im-server.scm" "im-client.scm"))))

(run-test-suite "manual-quotes"
  (lambda ()
    (test-quotes)
    (test-definitions)))

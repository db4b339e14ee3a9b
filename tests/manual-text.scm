;;; manual-text.scm --- the chapters of the manual, for tests that read them
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(define-module (manual-text)
  #:use-module (ice-9 match)
  #:use-module (ice-9 regex)
  #:use-module (ice-9 textual-ports)
  #:use-module (srfi srfi-1)
  #:export (chapters chapter-lines chapter-file plain chapter-text
            chapter-tables tables-under marked-examples
            shown-result shown-print shown-error))

(define (chapter-file name)
  "Return the file of the manual called NAME, as in @include: in the source, or
where it was built."
  (find file-exists?
        (list (string-append (or (getenv "abs_top_srcdir") "..") "/doc/" name)
              (string-append (or (getenv "abs_top_builddir") ".")
                             "/doc/" name))))

(define (chapter-lines name)
  "Return the lines of the file called NAME."
  (string-split (call-with-input-file (chapter-file name) get-string-all)
                #\newline))

(define (chapters)
  "Return the names of the files that the manual includes, in its order."
  (delete "version.texi"
          (filter-map (lambda (line)
                        (and=> (string-match "^@include (.*)$" line)
                               (lambda (found) (match:substring found 1))))
                      (chapter-lines "guile-im.texi"))))

;;; --- Text without its markup ----------------------------------------------

;; How a claim of an example begins, when the markup is gone.
(define shown-result #\x1)
(define shown-print #\x2)
(define shown-error #\x3)

(define glyphs
  `(("result" . ,(string shown-result)) ("print" . ,(string shown-print))
    ("error" . ,(string shown-error)) ("dots" . "…") ("arrow" . "→")
    ("equiv" . "≡") ("minus" . "−")))

(define (rendered command text quotes?)
  (cond ((assoc-ref glyphs command))
        ((and quotes? (member command quoted-commands))
         (string-append "`" text "'"))
        ((string=? command "var") (string-upcase text))
        (else text)))

(define quoted-commands '("code" "command" "env" "file" "samp"))

(define* (plain text #:key (quotes? #t))
  "Return TEXT, of Texinfo, without its markup, as Info shows it; in an example
without QUOTES?."
  (characters
   (without-commands (regexp-substitute/global #f "@[@{}*/:]" text
                                               'pre stand-in 'post)
                     quotes?)))

;; Braces that are characters are others meanwhile.
(define stand-ins
  '(("@{" . "\ue000") ("@}" . "\ue001") ("@@" . "\ue002")))

(define (stand-in found)
  (or (assoc-ref stand-ins (match:substring found)) ""))

(define (characters text)
  (string-map (lambda (char)
                (case char
                  ((#\xe000) #\{) ((#\xe001) #\}) ((#\xe002) #\@)
                  (else char)))
              text))

(define (without-commands text quotes?)
  "Return TEXT with its commands replaced, the inner ones first."
  (let ((simpler
         (regexp-substitute/global
          #f "@([a-z]+)\\{([^{}]*)\\}" text
          'pre (lambda (found)
                 (rendered (match:substring found 1)
                           (match:substring found 2) quotes?))
          'post)))
    (if (string=? simpler text)
        text
        (without-commands simpler quotes?))))

(define (chapter-text name)
  "Return what the chapter in the file NAME says, one string without markup."
  (plain (string-join (remove (lambda (line)
                                (string-match "^@(c|comment)( |$)" line))
                              (chapter-lines name))
                      "\n")))

;;; --- Tables ---------------------------------------------------------------

(define (chapter-tables name)
  "Return ((HEADING ROW …) …): each @multitable of the chapter in the file
NAME with the heading it stands under.  A row is a list of strings, as they are
in the source, the lines of a cell joined by spaces."
  (let loop ((lines (chapter-lines name)) (heading #f) (table #f) (found '()))
    (match lines
      (() (reverse found))
      ((line . rest)
       (cond
        ((string-match "^@(chapter|section|subsection|heading) (.*)$" line)
         => (lambda (title)
              (loop rest (match:substring title 2) #f found)))
        ((string-prefix? "@multitable" line) (loop rest heading '() found))
        ((string-prefix? "@end multitable" line)
         (loop rest heading #f
               (cons (cons heading (rows (reverse table))) found)))
        (table (loop rest heading (cons line table) found))
        (else (loop rest heading #f found)))))))

(define (tables-under heading name)
  "Return the rows of the tables under HEADING, without those that say what the
columns are."
  (append-map (match-lambda
                ((title . rows) (if (equal? title heading) rows '())))
              (chapter-tables name)))

(define (rows lines)
  (let ((text (string-join (remove (lambda (line)
                                     (or (string-prefix? "@headitem" line)
                                         (string-prefix? "@c " line)))
                                   lines)
                           " ")))
    (map (lambda (row) (map string-trim-both (split row " @tab ?")))
         (remove (lambda (row) (string-null? (string-trim-both row)))
                 (split (string-append " " text) " @item ?")))))

(define (split text pattern)
  (let loop ((start 0) (found '()) (matches (list-matches pattern text)))
    (match matches
      (() (reverse (cons (substring text start) found)))
      ((one . rest)
       (loop (match:end one)
             (cons (substring text start (match:start one)) found)
             rest)))))

;;; --- Examples -------------------------------------------------------------

(define (marked-examples lines)
  "Return ((LINE-NUMBER PERSON LINES) …): the examples among LINES that are
marked by `@c test' or `@c test PERSON'.  PERSON is a string or #f, and LINES
are without markup."
  (let loop ((lines lines) (number 1) (found '()))
    (match lines
      (() (reverse found))
      ((mark . rest)
       (match (string-match "^@c test *([a-z]*)$" mark)
         (#f (loop rest (1+ number) found))
         (mark
          (let* ((person (match:substring mark 1))
                 (example (example-lines rest number)))
            (loop rest (1+ number)
                  (cons (list number
                              (and (not (string-null? person)) person)
                              example)
                        found)))))))))

(define (example-lines lines number)
  "Return what stands in the example that LINES begin with."
  (unless (and (pair? lines)
               (string-match "^@(small)?example$" (car lines)))
    (error "no @example follows the mark in line" number))
  (map (lambda (line) (plain line #:quotes? #f))
       (remove (lambda (line)
                 (string-match "^@(c|group|end group|need)( |$)" line))
               (take-while (lambda (line)
                             (not (string-match "^@end (small)?example" line)))
                           (cdr lines)))))

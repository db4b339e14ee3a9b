;;; test-manual.scm --- the manual is whole, and its figures are true
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(use-modules (im grade rules) (manual-text) (session-suite)
             ((im primitives) #:select (%limits))
             (ice-9 ftw) (ice-9 match) (ice-9 regex) (ice-9 textual-ports)
             (srfi srfi-1) (srfi srfi-64))

(define (in-source name)
  (string-append (or (getenv "abs_top_srcdir") "..") "/" name))

(define (file-text name)
  (call-with-input-file (in-source name) get-string-all))

(define (text-of cell)
  (plain cell #:quotes? #f))

;;; --- Chapters -------------------------------------------------------------

(define (test-chapters)
  (test-equal "each chapter there is belongs to the manual" '()
    (remove (lambda (name)
              (member name `("guile-im.texi" "version.texi" ,@(chapters))))
            (scandir (in-source "doc")
                     (lambda (name) (string-suffix? ".texi" name)))))
  (test-equal "each node has a name of its own" '()
    (let ((names (append-map chapter-nodes (chapters))))
      (fold delete names (delete-duplicates names))))
  (test-equal "lines of examples fit a page" '()
    (append-map (lambda (name)
                  (map (lambda (line) (cons name line))
                       (too-long-lines name)))
                (delete "reference.texi" (chapters)))))

(define (chapter-nodes name)
  (filter-map (lambda (line)
                (and (string-prefix? "@node " line) (string-drop line 6)))
              (chapter-lines name)))

(define columns                               ; that fit a page, in its font
  '(("@example" . 72) ("@smallexample" . 80) ("@verbatim" . 72)))

(define (too-long-lines name)
  "Return the lines of examples, marked or not, of the chapter NAME that a page
has no room for."
  (let loop ((lines (chapter-lines name)) (room #f) (found '()))
    (match lines
      (() (reverse found))
      ((line . rest)
       (cond ((assoc-ref columns line) => (lambda (room) (loop rest room found)))
             ((string-match "^@end (example|smallexample|verbatim)$" line)
              (loop rest #f found))
             ((and room (> (string-length (plain line #:quotes? #f)) room))
              (loop rest room (cons line found)))
             (else (loop rest room found)))))))

(define rules (@@ (im grade rules) rules))

(define (test-cited-sections)
  (test-equal "the grader names sections of the protocol's chapter" '()
    (lset-difference
     string=?
     (map second rules)
     (filter-map (lambda (line)
                   (and (string-prefix? "@section " line)
                        (string-drop line 9)))
                 (chapter-lines "protocol.texi"))))
  (test-assert "there are some" (> (length rules) 10)))

;;; --- Limits ---------------------------------------------------------------

(define (number-in cell)
  "Return the number that CELL is: 64 KiB is 65536."
  (match (string-tokenize cell)
    ((number) (string->number number))
    ((number "KiB") (* 1024 (string->number number)))
    ((number "MiB") (* 1024 1024 (string->number number)))))

(define (manual-limits heading)
  "Return ((NAME . VALUE) …), as the table under HEADING has them."
  (map (match-lambda
         ((name value _) (cons (text-of name) (number-in value))))
       (tables-under heading "limits.texi")))

(define (shown-value value)
  (if (integer? value) value (exact->inexact value)))

(define (header-limits)
  "Return ((NAME . VALUE) …) of each number that limits.h defines."
  (map (lambda (found)
         (cons (match:substring found 1)
               (apply * (map string->number
                             (string-tokenize (match:substring found 2)
                                              char-set:digit)))))
       (list-matches "#define (IM_[A-Z_]+) +([(0-9][^\n]*)"
                     (file-text "src/limits.h"))))

(define (changeable? limit)
  (string-match (string-append (car limit) "[,; ]")
                (file-text "src/limits.c")))

(define (test-limits)
  (test-equal "limits that can be changed are what they are"
    (map (match-lambda
           ((name value . _) (cons (symbol->string name) (shown-value value))))
         (%limits))
    (manual-limits "Limits that can be changed"))
  (test-equal "limits that are fixed are what they are"
    (remove changeable? (header-limits))
    (remove (const #f) (manual-limits "Limits that are fixed")))
  (test-assert "there are some" (> (length (header-limits)) 20)))

;;; --- Times ----------------------------------------------------------------

(define (measured-times)
  "Return ((FIGURE BOUND) …) of the table in tests/README.md."
  (map (lambda (found)
         (list (match:substring found 1) (match:substring found 2)))
       (let* ((text (file-text "tests/README.md"))
              (start (string-contains text "| figure | bound |")))
         (list-matches "\n\\| [0-9]+ \\| [^|]* \\| ([^|]*) \\| ([^|]*) \\|"
                       (substring text start)))))

(define (test-times)
  (test-equal "times are those of tests/README.md"
    (measured-times)
    (map cdr (tables-under "How long things take" "limits.texi")))
  (test-assert "there are some" (pair? (measured-times))))

(run-test-suite "manual"
  (lambda ()
    (test-chapters)
    (test-cited-sections)
    (test-limits)
    (test-times)))

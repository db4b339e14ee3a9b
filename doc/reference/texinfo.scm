;;; (reference texinfo) -- write the reference of the manual
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(define-module (reference texinfo)
  #:use-module (ice-9 format)
  #:use-module (ice-9 match)
  #:use-module (ice-9 regex)
  #:use-module (reference sections)
  #:use-module (srfi srfi-1)
  #:use-module (system vm program)
  #:export (main docstring signature))

(define (main file)
  "Write the chapter to FILE."
  (call-with-output-file file
    (lambda (port)
      (set-port-encoding! port "UTF-8")
      (parameterize ((current-output-port port))
        (say "@c Made from docstrings and doc/reference/: change those."
             ""
             "@node Reference"
             "@chapter Reference"
             ""
             "What programs are written in: each procedure with its arguments,"
             "what it does, and an example that the tests run.  Arguments in"
             "brackets may be left out; those that begin with @code{#:} are"
             "given by name, as in @code{#:timeout 5}.")
        (for-each write-section sections)))))

(define (say . lines)
  (for-each (lambda (line) (display line) (newline)) lines))

;;; --- Text -----------------------------------------------------------------

(define (escaped text)
  (string-concatenate
   (map (lambda (char)
          (if (memv char '(#\@ #\{ #\}))
              (string #\@ char)
              (string char)))
        (string->list text))))

(define (substituted pattern text replace)
  (regexp-substitute/global #f pattern text 'pre replace 'post))

(define (marked-up text names)
  "Return TEXT of a docstring with its arguments, which are called NAMES in
capitals there, and its quotations marked."
  (define (argument found)
    (let ((word (match:substring found)))
      (if (member (string-downcase word) names)
          (string-append "@var{" (string-downcase word) "}")
          word)))
  (define (quotation found)
    (let ((words (match:substring found 1)))
      (string-append (if (string-any char-whitespace? words) "@samp{" "@code{")
                     words "}")))
  (substituted "`([^`']*)'"
               (substituted "[A-Z][-A-Z0-9]*[?!]?" (escaped text) argument)
               quotation))

(define (write-docstring text names)
  "Write TEXT; lines that begin with a space are an example."
  (let loop ((lines (string-split (marked-up text names) #\newline))
             (example? #f))
    (match lines
      (() (if example? (say "@end smallexample")))
      ((line . rest)
       (let ((now? (string-prefix? " " line)))
         (cond ((and now? (not example?)) (say "@smallexample"))
               ((and example? (not now?)) (say "@end smallexample")))
         (say line)
         (loop rest now?))))))

;;; --- Procedures -----------------------------------------------------------

(define (describable value)
  "Return the procedure that has the docstring of VALUE."
  (if (macro? value) (macro-transformer value) value))

(define (docstring value)
  "Return (SHAPE . TEXT) of VALUE: its docstring, without the form that some
begin with, and the string in that form after the name, or #f."
  (let* ((procedure (describable value))
         (text (or (and (procedure? procedure)
                        (procedure-documentation procedure))
                   ""))
         (shape (string-match
                 "^\\([^ ()]+ ?(([^()]|\\([^()]*\\))*)\\): *\n?" text)))
    (if shape
        (cons (match:substring shape 1) (capitalized (match:suffix shape)))
        (cons #f text))))

(define (capitalized text)
  (if (string-null? text)
      text
      (string-append (string-upcase (substring text 0 1))
                     (substring text 1))))

(define (signature value shape)
  "Return the arguments of VALUE as the reference shows them, a string."
  (cond (shape (string-downcase shape))
        ((macro? value) (macro-arguments value))
        (else (procedure-arguments-text value))))

(define (macro-arguments macro)
  "Return the pattern that MACRO has after its name, if it is one of
`syntax-rules'."
  (match (procedure-property (macro-transformer macro) 'patterns)
    ((arguments . _) (string-join (map object->string arguments) " "))
    (_ "")))

(define (procedure-arguments-text procedure)
  (let* ((all (program-arguments-alist procedure))
         (part (lambda (name) (or (assq-ref all name) '())))
         (rest (assq-ref all 'rest)))
    (string-join
     (append (map symbol->string (part 'required))
             (map (lambda (name) (format #f "[~a]" name)) (part 'optional))
             (map (lambda (pair) (format #f "[~s]" (car pair)))
                  (part 'keyword))
             (if rest (list (format #f "~a @dots{}" rest)) '()))
     " ")))

(define (argument-names arguments)
  (map (lambda (word) (string-trim-both word (string->char-set "[]#:…")))
       (string-tokenize arguments)))

;;; --- Sections and entries -------------------------------------------------

(define (write-section section)
  (let ((title (section-title section))
        (environment (section-environment section)))
    (say "" (string-append "@node " title) (string-append "@section " title))
    (say (string-append "@cindex " title) "")
    (for-each write-home (append (section-modules section)
                                 (section-programs section)))
    (for-each say (section-clause section 'about))
    (let ((before (section-clause section 'before)))
      (unless (null? before)
        (say "" "The examples here begin with" "")
        (write-example (map list before))))
    (for-each (lambda (entry)
                (write-entry entry
                             (module-ref environment (entry-name entry))))
              (section-entries section))))

(define (write-home home)
  (say (if (string? home)
           (format #f "@example~%(load \"~a\")~%@end example~%" home)
           (format #f "@example~%(use-modules ~s)~%@end example~%" home))))

(define (write-entry entry value)
  (let* ((shape+text (docstring value))
         (arguments (if (entry-variable entry)
                        ""
                        (signature value (car shape+text)))))
    (say "" (format #f "@deffn ~a ~a ~a"
                    (cond ((entry-variable entry) "variable")
                          ((macro? value) "syntax")
                          (else "procedure"))
                    (entry-name entry) arguments))
    (if (entry-variable entry)
        (say (entry-variable entry))
        (write-docstring (cdr shape+text) (argument-names arguments)))
    (unless (null? (entry-items entry))
      (say "")
      (write-example (example-steps (entry-items entry))))
    (say "@end deffn")))

(define (write-example steps)
  (say "@smallexample")
  (for-each write-step steps)
  (say "@end smallexample"))

(define (write-step step)
  (match step
    ((form . claims)
     (for-each (lambda (line) (say (escaped line))) (form-text form))
     (for-each write-claim claims))))

(define write-claim
  (match-lambda
    (('=> . datum) (say (string-append "@result{} "
                                       (escaped (object->string datum)))))
    (('shows . text) (say (string-append "@result{} " (escaped text))))
    (('fails . text) (say (string-append "@error{} " (escaped text))))
    (('prints . text)
     (for-each (lambda (line)
                 (say (string-append "@print{} " (escaped line))))
               (string-split text #\newline)))))

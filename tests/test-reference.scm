;;; test-reference.scm --- the reference is complete, and its examples are true
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; Evaluates the example of each entry in a module of its own and compares.
;;; Whatever a module exports is in the reference, or is said not to be for
;;; users; and has a docstring.

(define top (or (getenv "abs_top_srcdir") ".."))
(add-to-load-path (string-append top "/doc"))

(use-modules (im reactor) (reference sections) (reference texinfo)
             (session-suite)
             (ice-9 ftw) (ice-9 match) (ice-9 regex)
             (srfi srfi-1) (srfi srfi-64))

;;; --- Evaluating -----------------------------------------------------------

(define printed (open-output-string))

(define (printed-so-far)
  (get-output-string printed))

(define (forget-printed!)
  (seek printed 0 SEEK_SET)
  (truncate-file printed 0))

(define (seconds)
  (/ (get-internal-real-time) internal-time-units-per-second 1.0))

(define (soon holds?)
  "Return the first true value of (HOLDS?), running handlers meanwhile; #f if
there is none in time."
  (let ((end (+ (seconds) 5)))
    (let loop ()
      (or (holds?)
          (and (< (seconds) end)
               (begin (reactor-step #:timeout 0.002) (loop)))))))

(define (outcome form module)
  "Return (value . VALUE) or (error . MESSAGE) of FORM."
  (parameterize ((current-output-port printed)
                 (current-error-port printed))
    (catch #t
      (lambda () (cons 'value (eval form module)))
      (lambda (key . arguments)
        (cons 'error
              (call-with-output-string
               (lambda (port)
                 (print-exception port #f key arguments))))))))

(define (alike? wanted text)
  "Return #t if TEXT is WANTED, in which … stands for anything."
  (define (squeezed text) (string-join (string-tokenize text) " "))
  (and (string-match (string-append
                      "^" (string-join (map regexp-quote
                                            (string-split (squeezed wanted)
                                                          #\…))
                                       ".*")
                      "$")
                     (squeezed text))
       #t))

(define (claim-problem claim outcome)
  "Return what is wrong with CLAIM about OUTCOME, or #f."
  (define (result) (object->string (cdr outcome)))
  (match (list claim outcome)
    ((('prints . text) _)
     (parameterize ((current-output-port printed)
                    (current-error-port printed))
       (soon (lambda () (alike? text (printed-so-far)))))
     (and (not (alike? text (printed-so-far)))
          (list 'printed (printed-so-far))))
    ((('fails . text) ('error . message))
     (and (not (string-contains message text)) (list 'failed message)))
    ((('=> . datum) ('value . _))
     (and (not (string=? (object->string datum) (result)))
          (list 'returned (result))))
    ((('shows . text) ('value . _))
     (and (not (alike? text (result))) (list 'returned (result))))
    (_ (list 'instead outcome))))

(define (step-problem step module)
  "Return what is wrong with STEP, or #f.  What is printed must be claimed."
  (forget-printed!)
  (match step
    ((form . claims)
     (let* ((outcome (outcome form module))
            (problem (any (lambda (claim) (claim-problem claim outcome))
                          claims)))
       (cond (problem (list form problem))
             ((and (eq? (car outcome) 'error) (null? claims))
              (list form outcome))
             ((and (not (string-null? (printed-so-far)))
                   (not (assq 'prints claims)))
              (list form 'printed (printed-so-far)))
             (else #f))))))

(define (begin-example! section module)
  (for-each (lambda (form)
              (match (outcome form module)
                (('error . message) (error message form))
                (_ #t)))
            (section-clause section 'before)))

(define (example-problem section items)
  "Return what is wrong with the example of ITEMS in SECTION, or #f."
  (save-module-excursion
   (lambda ()
     (let ((module (parameterize ((current-output-port printed))
                     (section-environment section))))
       (set-current-module module)
       (begin-example! section module)
       (any (lambda (step) (step-problem step module))
            (example-steps items))))))

(define (test-examples)
  (for-each
   (lambda (section)
     (for-each
      (lambda (entry)
        (test-equal (format #f "~a: ~a" (section-title section)
                            (entry-name entry))
          #f (example-problem section (entry-items entry))))
      (section-entries section)))
   sections))

(define (test-judging)
  (define streams
    (find (lambda (section) (string=? "Streams" (section-title section)))
          sections))
  (for-each (lambda (items)
              (test-assert (format #f "found to be wrong: ~s" items)
                (example-problem streams items)))
            '(((stream-null? the-empty-stream) => #f)
              ((car '()))
              ((car '()) => 1)
              ((car '()) fails "too short")
              (1 fails "too short")
              (1 shows "#<…>")
              ((display 1) => 1)
              ((stream-car the-empty-stream)))))

;;; --- Completeness ---------------------------------------------------------

(define (module-names directory)
  "Return the names, of two words, of the modules in DIRECTORY of the sources."
  (filter-map (lambda (file)
                (and (string-suffix? ".scm" file)
                     (list (string->symbol directory)
                           (string->symbol (basename file ".scm")))))
              (scandir (string-append top "/scheme/" directory))))

(define (has-section? name)
  (any (lambda (section) (member name (section-modules section))) sections))

(define (test-modules)
  (test-equal "each module is in the reference, or it says why not" '()
    (remove (lambda (name)
              (or (has-section? name) (assoc name not-for-users)))
            (append (module-names "im") (module-names "stk"))))
  (test-equal "and not both" '()
    (filter has-section? (map car not-for-users))))

(define entries (append-map section-entries sections))

(define (in-reference? value)
  "Return #t if an entry of a module's section describes VALUE."
  (any (lambda (section)
         (any (lambda (name)
                (any (lambda (entry)
                       (let ((variable (module-variable
                                        (resolve-interface name)
                                        (entry-name entry))))
                         (and variable
                              (eq? value (variable-ref variable)))))
                     (section-entries section)))
              (section-modules section)))
       sections))

(define (left-out section)
  "Return what the modules of SECTION export and the reference doesn't have."
  (append-map
   (lambda (name)
     (filter-map identity
                 (module-map
                  (lambda (symbol variable)
                    (and (not (memq symbol (section-clause section
                                                           'internal)))
                         (not (in-reference? (variable-ref variable)))
                         symbol))
                  (resolve-interface name))))
   (section-modules section)))

(define (test-exports)
  (for-each
   (lambda (section)
     (test-equal (string-append "nothing is left out: " (section-title section))
       '() (left-out section)))
   sections)
  (test-equal "no name stands twice in a section" '()
    (filter (lambda (section)
              (let ((names (map entry-name (section-entries section))))
                (not (equal? names (delete-duplicates names)))))
            sections))
  (test-equal "each has an example, or needs something" '()
    (map entry-name
         (remove (lambda (entry)
                   (or (entry-needs entry) (pair? (entry-items entry))))
                 entries)))
  (test-assert "few need something"
    (< (count entry-needs entries) 5)))

(define (test-descriptions)
  (for-each
   (lambda (section)
     (let ((environment (parameterize ((current-output-port printed))
                          (section-environment section))))
       (test-equal (string-append (section-title section) ": all is described")
         '()
         (map entry-name
              (filter (lambda (entry)
                        (and (not (entry-variable entry))
                             (let ((value (module-ref environment
                                                      (entry-name entry))))
                               (< (string-length (cdr (docstring value)))
                                  10))))
                      (section-entries section))))))
   sections))

(run-test-suite "reference"
  (lambda ()
    (test-modules)
    (test-exports)
    (test-descriptions)
    (test-judging)
    (test-examples)))

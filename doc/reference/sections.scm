;;; (reference sections) -- what the reference of the manual is made of
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; What a procedure does, its docstring says; what order they come in and
;;; how each is used, the files NAME.data beside this one.  There
;;;
;;;   (section "Sockets"
;;;     (module (im socket))            or (program "im-client.scm")
;;;     (about "A paragraph, in Texinfo." …)
;;;     (before FORM …)                 what each example begins with
;;;     (internal NAME …)               exported for our own modules alone
;;;     (entries (NAME ITEM …) …))
;;;
;;; is a section, and an entry's items are its example: forms, and after a
;;; form what comes of it,
;;;
;;;   => DATUM         it returns this, which is compared as `write' prints it
;;;   shows "TEXT"     it returns what is printed like this; … is anything
;;;   prints "TEXT"    this is printed, by it or by what it sets off
;;;   fails "TEXT"     an error is raised whose message has this in it
;;;
;;; (variable "what its value is") stands first in the entry of a variable,
;;; (needs "something") is all of one that no short example can show, and
;;; (not-for-users MODULE "reason") says why a module has no section.

(define-module (reference sections)
  #:use-module (ice-9 match)
  #:use-module (ice-9 textual-ports)
  #:use-module (srfi srfi-1)
  #:export (sections not-for-users
            section-title section-modules section-programs section-clause
            section-entries section-environment
            entry-name entry-items entry-variable entry-needs
            example-steps form-text))

(define files '("sockets.data" "programs.data" "tools.data" "stk.data"))

(define here (dirname (%search-load-path "reference/sections.scm")))

(define texts (make-hash-table))              ; name of a file -> its lines

(define (read-file name)
  (call-with-input-file (in-vicinity here name)
    (lambda (port)
      (let ((text (get-string-all port)))
        (hash-set! texts name (string-split text #\newline))
        (read-all text name)))
    #:encoding "UTF-8"))

(define (read-all text name)
  (let ((port (open-input-string text)))
    (set-port-filename! port name)
    (let loop ((data '()))
      (let ((datum (read port)))
        (if (eof-object? datum)
            (reverse data)
            (loop (cons datum data)))))))

(define (form-text form)
  "Return FORM as it is written in its file, a list of lines."
  (let ((file (source-property form 'filename))
        (line (source-property form 'line))
        (column (source-property form 'column)))
    (if line
        (first-datum-lines (list-tail (hash-ref texts file) line) column)
        (list (object->string form)))))

(define (first-datum-lines lines column)
  "Return the lines of the datum that begins at COLUMN of the first of LINES,
moved to the left as far as that."
  (let* ((margin (make-string column #\space))
         (text (string-join
                (cons (string-drop (car lines) column)
                      (map (lambda (line)
                             (if (string-prefix? margin line)
                                 (string-drop line column)
                                 line))
                           (cdr lines)))
                "\n"))
         (port (open-input-string text)))
    (read port)
    (let ((behind (string-length (get-string-all port))))
      (string-split (string-drop-right text behind) #\newline))))

(define data (append-map read-file files))

(define (of-kind kind)
  (filter (lambda (datum) (eq? (car datum) kind)) data))

(define sections (of-kind 'section))
(define not-for-users (map cdr (of-kind 'not-for-users)))

;;; --- Sections -------------------------------------------------------------

(define (section-title section)
  (second section))

(define (section-clause section kind)
  "Return what SECTION has in its clauses of KIND, a list."
  (append-map cdr (filter (lambda (clause) (eq? (car clause) kind))
                          (cddr section))))

(define (section-modules section) (section-clause section 'module))
(define (section-programs section) (section-clause section 'program))
(define (section-entries section) (section-clause section 'entries))

(define (section-environment section)
  "Return a new module in which the names of SECTION have their meaning."
  (let ((module (make-fresh-user-module)))
    (save-module-excursion
     (lambda ()
       (set-current-module module)
       (for-each (lambda (name)
                   (module-use! module (resolve-interface name)))
                 (section-modules section))
       (for-each (lambda (name)
                   (primitive-load (%search-load-path name)))
                 (section-programs section))))
    module))

;;; --- Entries --------------------------------------------------------------

(define (entry-name entry)
  (car entry))

(define (entry-variable entry)
  "Return what ENTRY, if it is a variable's, says of its value; or #f."
  (match entry
    ((_ ('variable text) . _) text)
    (_ #f)))

(define (entry-needs entry)
  "Return what would be needed for an example of ENTRY, if it has none; or #f."
  (match entry
    ((_ ('needs what)) what)
    (_ #f)))

(define (entry-items entry)
  "Return the example of ENTRY, a list of items."
  (match entry
    ((_ ('variable _) . items) items)
    ((_ ('needs _)) '())
    ((_ . items) items)))

(define (example-steps items)
  "Return ((FORM (KIND . WHAT) …) …): the forms among ITEMS, each with what
comes of it."
  (let loop ((items items) (steps '()))
    (match items
      (() (map reverse (reverse steps)))
      (((and kind (or '=> 'shows 'prints 'fails)) what . rest)
       (loop rest (cons (cons (cons kind what) (car steps)) (cdr steps))))
      ((form . rest)
       (loop rest (cons (list form) steps))))))

;;; stk-test.scm --- what the tests of the course interpreter share
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; Expressions are evaluated in a module of their own that uses (stk), as a
;;; program's are.

(define-module (stk-test)
  #:use-module (im-test)
  #:use-module (ice-9 format)
  #:use-module (ice-9 popen)
  #:use-module (ice-9 textual-ports)
  #:use-module (srfi srfi-1)
  #:use-module (srfi srfi-64)
  #:export (fresh-user in-stk gives fails printed
            with-file load-file guile-says guile-says-file))

(define (fresh-user)
  (let ((module (make-fresh-user-module)))
    (module-use! module (resolve-interface '(stk)))
    module))

(define (in-stk . forms)
  "Return the value of the last of FORMS, a program's."
  (let ((module (fresh-user)))
    (fold (lambda (form value) (eval form module)) #f forms)))

(define-syntax-rule (gives (expression value) ...)
  (begin (test-equal (object->string 'expression) value
                     (in-stk 'expression))
         ...))

(define-syntax-rule (fails (expression text) ...)
  (begin (test-assert (object->string 'expression)
           (says? (failure (in-stk 'expression)) text))
         ...))

(define (printed . forms)
  "Return what FORMS, a program's, print."
  (call-with-output-string
   (lambda (port)
     (parameterize ((current-output-port port))
       (apply in-stk forms)))))

;;; --- Files ---------------------------------------------------------------

(define (with-file contents use)
  "Call USE with the name of a file with CONTENTS, a string or forms."
  (let* ((port (mkstemp! (string-append (or (getenv "TMPDIR") "/tmp")
                                        "/program-XXXXXX")))
         (name (port-filename port)))
    (if (string? contents)
        (display contents port)
        (for-each (lambda (form) (write form port) (newline port)) contents))
    (close-port port)
    (dynamic-wind (lambda () #f)
                  (lambda () (use name))
                  (lambda () (delete-file name)))))

(define (load-file contents module)
  "Load a file with CONTENTS into MODULE, as a program that uses (stk) does."
  (save-module-excursion
   (lambda ()
     (set-current-module module)
     (with-file contents (@ (stk) load)))))

;;; --- A process of its own ------------------------------------------------

(define (guile-says . expressions)
  "Return what a guile of its own prints, on either port."
  (with-file expressions guile-says-file))

(define (guile-says-file name)
  "The same; NAME is the file with the expressions."
  (let* ((guile (if (getenv "abs_top_builddir")
                    (string-append (getenv "abs_top_builddir")
                                   "/pre-inst-env guile")
                    "guile"))
         (pipe (open-input-pipe
                (format #f "~a --no-auto-compile -q ~a 2>&1 </dev/null"
                        guile name)))
         (said (get-string-all pipe)))
    (close-pipe pipe)
    said))

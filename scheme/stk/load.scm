;;; (stk load) -- `load' as STk had it
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; Course files say (load "im-common.scm"), (load "~cs61a/lib/im-client"),
;;; and mean: the file beside this one, or in the current directory, or in
;;; the library, whatever its suffix.  Always the source is read, so that
;;; the file a student sees is the file that runs; our own programs then
;;; take their compiled code (see (im program)).

(define-module (stk load)
  #:use-module (srfi srfi-1)
  #:use-module ((stk text) #:select (file-reader))
  #:replace (load))

(define suffixes '("" ".stk" ".stklos" ".scm" ".so"))

(define* (load name #:key fold-case)
  "Load the Scheme file NAME, a string: as it is or with a suffix .stk, .stklos
or .scm; beside the file that is being loaded, in the current directory, or
along %load-path.  ~USER/ stands for that user's home directory or, where there
is no such user, for the library.  With FOLD-CASE its symbols are read in lower
case, as STk read them.  Returns nothing of use; raises an error when there is
no such file."
  (let ((file (find-file name)))
    (unless file
      (scm-error 'misc-error "load"
                 "there is no file ~S here, nor in the library" (list name)
                 #f))
    (when (string-suffix? ".so" file)
      (scm-error 'misc-error "load"
                 "~S is machine code for STk, which Guile can't run; is its \
source there?" (list file) #f))
    (save-module-excursion
     (lambda ()
       (with-fluids ((current-reader (if fold-case
                                         (file-reader #t)
                                         (file-reader)))
                     ;; So that a file knows where it is, and what is beside.
                     (%file-port-name-canonicalization #f))
         (primitive-load file))))))

(define (find-file name)
  (unless (string? name)
    (scm-error 'wrong-type-arg "load"
               "the name of a file is a string in quotation marks, not ~S"
               (list name) #f))
  (any-file (if (string-prefix? "~" name)
                (home-candidates name)
                (candidates name))))

(define (any-file names)
  (find regular-file?
        (append-map (lambda (name)
                      (map (lambda (suffix) (string-append name suffix))
                           suffixes))
                    names)))

(define (regular-file? name)
  (let ((found (stat name #f)))
    (and found (not (eq? (stat:type found) 'directory)))))

(define (candidates name)
  (if (absolute-file-name? name)
      (list name)
      (append (beside-loading-file name)
              (list (in-vicinity (getcwd) name))
              (in-library name))))

(define (in-library name)
  (map (lambda (directory)
         (in-vicinity (if (absolute-file-name? directory)
                          directory
                          (in-vicinity (getcwd) directory))
                      name))
       %load-path))

(define (beside-loading-file name)
  (let ((file (and=> (current-load-port) port-filename)))
    (if (and file (absolute-file-name? file))
        (list (in-vicinity (dirname file) name))
        '())))

(define (home-candidates name)
  "Return where ~USER/… may be: at home, or else in the library under its last
part."
  (let* ((slash (or (string-index name #\/) (string-length name)))
         (home (home-directory (substring name 1 slash))))
    (if home
        (list (string-append home (substring name slash)))
        (in-library (basename name)))))

(define (home-directory user)
  (if (string-null? user)
      (getenv "HOME")
      (false-if-exception (passwd:dir (getpwnam user)))))

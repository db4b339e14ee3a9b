;;; (im program) -- loading the programs students read
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; A program is a file of plain definitions, so that homework can redefine
;;; any of them; compiled it runs ten times as fast.  Guile by itself chooses
;;; compiled code by the file's bare name and date, and would run ours for a
;;; student's im-client.scm of an older date.  We choose by content: compiled
;;; code runs only for a file that is, byte for byte, the one it was made
;;; from.

(define-module (im program)
  #:use-module (ice-9 textual-ports)
  #:use-module (srfi srfi-1)
  #:export (run-compiled-if-unchanged load-program load-program-beside
            run-installed-program))

;; While compiled code of a program runs: the name of its file, and the
;; directory of the file that it runs for.
(define running-program (make-parameter #f))
(define program-directory (make-parameter #f))

(define (run-compiled-if-unchanged)
  "In a program that `load' reads form by form: run the code compiled from it
instead and skip the rest, unless the file was changed.  Returns nothing of
use."
  (let* ((port (current-load-port))
         (file (and port (port-filename port)))
         (name (and file (basename file ".scm")))
         (compiled (and name
                        (not (equal? name (running-program)))
                        (compiled-code name port))))
    (when compiled
      (parameterize ((running-program name)
                     (program-directory (port-directory port)))
        (load-compiled compiled))
      (seek port 0 SEEK_END)
      *unspecified*)))

(define (compiled-code name port)
  "Return the file with the code compiled from just what PORT's file contains,
or #f."
  (define base (string-append "im/programs/" name))
  (let ((original (search-path %load-path (string-append base ".scm")))
        (compiled (search-path %load-compiled-path
                               (string-append base ".go"))))
    (and original compiled
         (string=? (port-contents port)
                   (call-with-input-file original get-string-all
                                         #:encoding "UTF-8"))
         compiled)))

(define (port-contents port)
  "Return all that the file of PORT contains, and leave PORT where it is."
  (let ((position (seek port 0 SEEK_CUR)))
    (seek port 0 SEEK_SET)
    (let ((contents (get-string-all port)))
      (seek port position SEEK_SET)
      contents)))

(define (port-directory port)
  "Return the directory of PORT's file, or #f.  Its name may have been cut down
to what follows a directory of the load path: we look for the very file."
  (define this (stat port))
  (define (same-file? path)
    (let ((other (stat path #f)))
      (and other
           (= (stat:ino this) (stat:ino other))
           (= (stat:dev this) (stat:dev other)))))
  (let ((name (port-filename port)))
    (and=> (find same-file?
                 (cons name (map (lambda (directory)
                                   (string-append directory "/" name))
                                 %load-path)))
           (lambda (path) (dirname (canonicalize-path path))))))

(define-syntax load-program
  (lambda (form)
    "(load-program NAME): load the program NAME, like \"im-common.scm\": the one
beside the file that contains this form, or else the one of this library."
    (let* ((source (syntax-source form))
           (file (and source (assq-ref source 'filename)))
           (directory (and (string? file) (absolute-file-name? file)
                           (dirname file))))
      (syntax-case form ()
        ;; Guile's compiler, too, needs the names that come from there: else
        ;; it warns of each that it might be unbound.
        ((_ name) #`(begin
                      (eval-when (compile)
                        (load-program-beside name #,directory))
                      (load-program-beside name #,directory)))))))

(define (load-program-beside name directory)
  "Load the program NAME from DIRECTORY, where the compiler saw the file that
asks for it, unless we know better where that is."
  (let* ((directory (or (program-directory)
                        directory
                        (and=> (current-load-port) port-directory)))
         (beside (and directory (in-vicinity directory name))))
    (parameterize ((program-directory #f))
      (primitive-load (if (and beside (file-exists? beside))
                          beside
                          (%search-load-path name))))
    (own-imports! (current-module))))

;; An imported variable is shared with our modules, which a program that says
;; (set! flush …) doesn't mean to change.
(define (own-imports! module)
  "Let MODULE, a program's, have variables of its own for what it imports from
this library."
  (for-each
   (lambda (import)
     (let ((value (variable-ref (cdr import))))
       (unless (or (macro? value) (module-local-variable module (car import)))
         (module-define! module (car import) value))))
   (append-map (lambda (interface) (module-map cons interface))
               (filter ours? (module-uses module)))))

(define (ours? interface)
  (eq? (first (module-name interface)) 'im))

(define (run-installed-program name)
  "Load the program NAME, like \"im-client.scm\".  This is all that Guile's
compiled code for that file does (see Makefile.am), so that a student's file
of an equally early date is never mistaken for ours."
  (let ((here (in-vicinity (getcwd) name)))
    (primitive-load (if (file-exists? here)
                        here
                        (%search-load-path name)))))

;;; (im grade) -- what ./guile-im grade does
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; A student's file runs as a student would run it, and talks to a
;;; counterpart that knows the protocol.  The verdict comes from the bytes the
;;; counterpart receives, and from nothing else.

(define-module (im grade)
  #:use-module (im grade bots)
  #:use-module (im grade exercise)
  #:use-module (im grade im-broadcast)
  #:use-module (im grade im-list)
  #:use-module (im grade im-refuse)
  #:use-module (im grade link)
  #:use-module (im grade mail)
  #:use-module (im grade own-client)
  #:use-module (im grade own-server)
  #:use-module (im grade roles)
  #:use-module (ice-9 format)
  #:use-module (ice-9 match)
  #:use-module (srfi srfi-1)
  #:export (main exercises find-exercise files-by-role))

(define exercises
  (list im-list im-broadcast im-refuse mail bots own-client own-server))

(define (find-exercise name)
  "Return the exercise called NAME, a string, or #f."
  (find (lambda (exercise)
          (string=? name (symbol->string (exercise-name exercise))))
        exercises))

(define (main arguments)
  "Grade as ARGUMENTS, the command line of `guile-im' without its own name, ask
for.  Exits: with success iff all requirements are met."
  (false-if-exception (setlocale LC_ALL ""))
  (sigaction SIGPIPE SIG_IGN)
  (for-each (lambda (signal)            ; leaving, we leave no process behind
              (sigaction signal (lambda (signal) (exit (+ 128 signal)))))
            (list SIGINT SIGTERM SIGHUP))
  (match (cdr arguments)
    (("--help") (usage (current-output-port) 0))
    (((= find-exercise (? identity exercise)) . options)
     (call-with-values (lambda () (parse options))
       (lambda (seconds files)
         (with-patience seconds
           (lambda ()
             (finish (grade exercise (files-by-role exercise files))))))))
    (_ (usage (current-error-port) 2))))

(define (finish verdicts)
  (print-verdicts verdicts)
  (exit (if (every verdict-met? verdicts) 0 1)))

(define (usage port status)
  (format port "usage: guile-im grade [--help] EXERCISE FILE...
                      [--deadline SECONDS] [--server FILE] [--client FILE]

EXERCISE is one of these, with the files it takes:
~:{  ~14a~a~%~}
A FILE that loads or defines no server and no client is what the exercise is
about; --server and --client say what a file is.  For each requirement it is
said whether it is met; with success iff all are.\n"
          (map (lambda (exercise)
                 (list (exercise-name exercise) (exercise-files exercise)))
               exercises))
  (exit status))

(define (complain template . arguments)
  (format (current-error-port) "guile-im: ~?\n" template arguments)
  (exit 2))

;;; --- Options --------------------------------------------------------------

(define (parse options)
  "Return the deadline in seconds and the files, (ROLE . FILE), in OPTIONS; the
ROLE of what is no option is #f."
  (let loop ((left options) (seconds (patience)) (files '()))
    (match left
      (() (values seconds (reverse files)))
      (("--deadline" (= string->number (? positive-real? number)) . rest)
       (loop rest number files))
      (((or "--server" "--client") file . rest)
       (loop rest seconds
             (acons (string->symbol (substring (car left) 2)) file files)))
      (((? (lambda (text) (string-prefix? "--" text))) . _)
       (usage (current-error-port) 2))
      ((file . rest)
       (loop rest seconds (acons #f file files))))))

(define (positive-real? number)
  (and (real? number) (positive? number)))

(define (files-by-role exercise files)
  "Return FILES, (ROLE . FILE) each, with whole names and a role for each; a file
that is both a server and a client is there twice."
  (let ((takes (exercise-files exercise))
        (found (append-map (lambda (file) (roles-of file exercise)) files)))
    (when (null? files)
      (complain "which file?  ~a takes: ~a" (exercise-name exercise) takes))
    (for-each (lambda (role)
                (unless (assq role found)
                  (complain "no file is the ~a.  ~a takes: ~a" role
                            (exercise-name exercise) takes)))
              (exercise-needs exercise))
    found))

(define (roles-of file exercise)
  (match-let* (((role . name) file)
               (path (whole-name name)))
    (map (lambda (role) (cons role path))
         (if role
             (list role)
             (file-roles path (exercise-role exercise))))))

(define (whole-name file)
  (catch 'system-error
    (lambda ()
      (let ((path (canonicalize-path file)))
        (unless (access? path R_OK)
          (complain "~a can't be read" file))
        path))
    (lambda arguments
      (complain "~a: ~a" file (strerror (system-error-errno arguments))))))

;;; (im grade student) -- the program that is graded, in its own process
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; It sits at the prompt of `guile-im repl', and we type.  It has a directory
;;; of its own, and when we end nothing of it is left.  What it prints is only
;;; kept, and little of it, to be shown.

(define-module (im grade student)
  #:use-module (im grade link)
  #:use-module (im grade seat)
  #:use-module (im grade wire)
  #:use-module (ice-9 binary-ports)
  #:use-module (ice-9 ftw)
  #:use-module (ice-9 iconv)
  #:use-module (ice-9 match)
  #:use-module (ice-9 popen)
  #:use-module (ice-9 rdelim)
  #:use-module (srfi srfi-1)
  #:use-module (srfi srfi-9)
  #:use-module (srfi srfi-11)
  #:export (with-students start-student end-student! student-ended?
            student-name student-output type in-step! at-rest!
            complaints))

(define-record-type <student>
  (make-student pid name input tail ended?)
  student?
  (pid student-pid)
  (name student-name)
  (input student-input)
  (tail student-output set-student-output!) ; the last it printed, as bytes
  (ended? student-ended? set-student-ended?!))

(define most-output 4000)               ; bytes kept of what it prints

;;; --- Starting -------------------------------------------------------------

(define directory #f)                   ; where students' programs run

(define (with-students thunk)
  "Call THUNK, which may start students; afterwards none is left."
  (adopt-orphans!)
  (dynamic-wind
    (lambda () (set! directory (make-directory)))
    thunk
    (lambda ()
      (kill-all!)
      (remove-tree directory))))

(define (make-directory)
  (mkdtemp (string-append (or (getenv "TMPDIR") "/tmp") "/im-grade-XXXXXX")))

(define living '())                     ; students who haven't been let go
(define everybody '())                  ; and those who have, newest first

(define (start-student name file)
  "Return a student who is called NAME and whose program is FILE, at the prompt
after FILE was loaded."
  (let*-values (((from to pids) (pipeline (list (student-command name))))
                ((student) (values (make-student (car pids) name to "" #f))))
    (set! living (cons student living))
    (set! everybody (cons student everybody))
    (watch! from (lambda () (hear student from)))
    (type student `(load ,file))
    (in-step! student)
    student))

;; (pipeline forks in C.  Between a fork and an exec in Scheme the child may
;; wait for ever for a lock of the garbage collector's other threads.)
(define (student-command name)
  "Return the command of a student whose login name is NAME.  Guile finds what
we find, sanitizers too; nothing else of our environment is passed on."
  (append (list "env" "-i"
                (string-append "USER=" (text name))
                (string-append "HOME=" directory)
                (string-append "TMPDIR=" directory)
                "LC_ALL=C.UTF-8" "TERM=dumb")
          (filter (lambda (variable)
                    (any (lambda (prefix) (string-prefix? prefix variable))
                         '("PATH=" "GUILE_" "LD_" "ASAN_" "UBSAN_")))
                  (environ))
          (list this-guile "--no-auto-compile" "-c"
                (format #f "((@ (im grade seat) sit-down) ~s)" directory))))

(define this-guile
  (or (false-if-exception (readlink "/proc/self/exe"))
      "guile"))

(define (text name)
  (if (symbol? name) (symbol->string name) name))

;;; --- At the prompt --------------------------------------------------------

(define (type student expression)
  "Type EXPRESSION at the student's prompt."
  (catch 'system-error
    (lambda ()
      (set-port-encoding! (student-input student) "UTF-8")
      (write expression (student-input student))
      (newline (student-input student))
      (force-output (student-input student)))
    (const #f)))

(define (hear student port)
  "Keep the end of what the student prints."
  (let ((bytes (get-bytevector-some port)))
    (cond ((eof-object? bytes)
           (unwatch! port)
           (close-port port)
           (set-student-ended?! student #t))
          (else
           (let ((all (string-append (student-output student)
                                     (bytevector->string bytes "ISO-8859-1"))))
             (set-student-output!
              student
              (string-take-right all (min most-output
                                          (string-length all)))))))))

(define (complaints)
  "Return the first errors that the students' prompts have printed, as lines: a
hint, never a verdict."
  (let ((all (append-map (lambda (student)
                           (errors (string-split
                                    (bytes->text (student-output student))
                                    #\newline)))
                         (reverse everybody))))
    (take all (min 3 (length all)))))

(define (errors lines)
  (match lines
    (() '())
    (((? (lambda (line) (string-suffix? "In procedure raise-exception:" line)))
      error . rest)
     (cons error (errors rest)))
    (((? (lambda (line) (string-contains line "*** Error"))) . rest)
     (append (take lines (min 2 (length lines))) (errors rest)))
    ((_ . rest) (errors rest))))

(define (in-step! student)
  "Return when the student's prompt has done all that was typed: it calls a
port nobody knows before.  If it never does, grading is over."
  (let ((listener (listen-here)))
    (type student `(begin
                     ((@ (im socket) socket-shutdown)
                      ((@ (im socket) make-client-socket)
                       "127.0.0.1" ,(port-of listener)))
                     (if #f #f)))
    (let ((called? #f))
      (answer-calls! listener
                     (lambda (link) (hang-up! link) (set! called? #t)))
      (wait-until (lambda () (or called? (student-ended? student))))
      (unwatch! listener)
      (close-port listener)
      (unless called?
        (over (if (student-ended? student)
                  "your program ended"
                  (format #f "your program didn't come back to the prompt \
within ~a seconds" (patience))))))
    (wait-for-quiet 0)))

(define (at-rest!)
  "Return when each student has done what was typed and has also answered what
it was sent: handlers run while a prompt waits.  At the latest when patience
ends."
  (define end (+ (get-internal-real-time)
                 (* (patience) internal-time-units-per-second)))
  (let loop ((rounds 2) (before (bytes-received)))
    (for-each in-step! living)
    (when (zero? rounds)
      (wait-for-quiet 1/10))
    (let ((now (bytes-received)))
      (cond ((> (get-internal-real-time) end) #f)
            ((not (= before now)) (loop 2 now))
            ((positive? rounds) (loop (1- rounds) now))))))

;;; --- Ending ---------------------------------------------------------------

(define (end-student! student)
  "Let the student leave the prompt, and wait until the process has ended."
  (type student '(exit))
  (wait-until (lambda () (student-ended? student)) (min 2 (patience)))
  (set! living (delq student living))
  (kill-family! (student-pid student)))

(define (kill-family! pid)
  "Kill the process PID, and what it started."
  (for-each (lambda (pid) (false-if-exception (kill pid SIGKILL)))
            (list (- pid) pid))
  (false-if-exception (waitpid pid)))

(define (kill-all!)
  "Kill all our children, those of children that have ended included."
  (match (children)
    (() #f)
    (pids (for-each kill-family! pids)
          (kill-all!))))

(define (children)
  "Return the numbers of the processes whose parent we are."
  (filter-map
   (lambda (entry)
     (and=> (string->number entry)
            (lambda (pid) (and (eqv? (parent pid) (getpid)) pid))))
   (or (scandir "/proc" string->number) '())))

(define (parent pid)
  "Return the number of the parent of PID, or #f where it can't be known."
  (false-if-exception
   (let ((line (call-with-input-file (format #f "/proc/~a/stat" pid)
                 read-line)))
     ;; PID (COMMAND) STATE PARENT …, and the command may contain anything.
     (match (string-tokenize (substring line (string-rindex line #\))))
       ((_ _ parent . _) (string->number parent))))))

(define (remove-tree directory)
  (file-system-fold (const #t)
                    (lambda (path stat result) (delete path delete-file))
                    (const #t)
                    (lambda (path stat result) (delete path rmdir))
                    (const #t) (const #t)
                    #t directory))

(define (delete path how)
  (false-if-exception (how path)))

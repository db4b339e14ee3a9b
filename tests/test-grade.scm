;;; test-grade.scm --- graders see through cheats and accept every style
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; Each file of tests/grade is graded in a process of its own, a few at the
;;; same time.  A correct one meets all requirements; of a cheat it is known
;;; which requirement it misses first.

(use-modules (im grade) (im grade exercise) (im grade link)
             (ice-9 ftw) (ice-9 match) (ice-9 popen) (srfi srfi-1)
             (srfi srfi-11) (srfi srfi-64))

(define directory
  (in-vicinity (getenv "abs_top_srcdir") "tests/grade"))

;; EXERCISE (CHEAT FIRST-THAT-IS-NOT-MET ...) ...: one of several where two
;; programs act at the same time.  Those behind the fifth cheat are only tried
;; with LONG=1.
(define cheats
  '(("im-list"
     ("first-only" everyone)
     ("hard-coded" everyone)
     ("loops" everyone)
     ("newline" legal)
     ("exits" everyone)
     ("prints" everyone)
     ("twice" once)
     ("other-source" legal)
     ("to-everybody" only)
     ("spins" enroll)
     ("syntax-error" everyone)
     ("floods" everyone))
    ("im-broadcast"
     ("in-client" asks)
     ("newest-only" everyone)
     ("from-server" sender)
     ("new-action" server-legal)
     ("everything-unknown" unknown)
     ("first-crowd" late)
     ("twice" once)
     ("no-server" enroll))
    ("im-refuse"
     ("silent" told)
     ("endless" no-loop)
     ("tells-everybody" others)
     ("many-notices" told-once)
     ("unknown-action" legal)
     ("never-accepts" accept)
     ("in-advance" told))
    ("mail"
     ("memory" restart)
     ("everybodys" private)
     ("just-im" kept)
     ("last-only" all)
     ("local-file" kept)
     ("anonymous" from)
     ("pushes" unasked))
    ("bots"
     ("constant" echo)
     ("patient" limited)
     ("one-count" lasts)
     ("answers-server" server)
     ("one-connection" beside)
     ("mute" grumpy)
     ("strings-only" datum)
     ("no-thanks" enroll))
    ("client"
     ("eager" hello)
     ("newline" legal)
     ("always-bob" hello)
     ("reads-lines" thanks)
     ("looks-for-goodbye" not-fooled)
     ("takes-any-answer" legal)
     ("no-logout" logout)
     ("never-closes" closed)
     ("answers" silent)
     ("display" legal)
     ("one-list" im odd))
    ("server"
     ("trusts-source" source)
     ("oldest-first" list)
     ("spins" welcome)
     ("makes-strings" deliver)
     ("newline" legal)
     ("shares-names" taken)
     ("never-forgets" logout)
     ("no-goodbye" logout)
     ("says-nothing" unknown-user)
     ("exits" unknown-user)
     ("closes-quietly" close)
     ("no-server" welcome))))

(define correct-deadline 60)            ; seconds: never the reason to fail
(define cheat-deadline 3)               ; a program that loops takes it all
(define most-at-once 4)

;;; --- One file, in a process of its own --------------------------------------

(define this-guile
  (or (false-if-exception (readlink "/proc/self/exe")) "guile"))

(define (start-grading name file deadline)
  "Return (PORT . PID) of a process that grades FILE for the exercise NAME, and
writes to PORT which requirements aren't met, and what the screen shows."
  (let-values (((from to pids)
                (pipeline `((,this-guile ,(car (command-line))
                             ,name ,file ,(number->string deadline))))))
    (close-port to)
    (cons from (car pids))))

(define (write-unmet name file deadline)
  (sigaction SIGPIPE SIG_IGN)
  (let ((exercise (find-exercise name)))
    (with-patience (string->number deadline)
      (lambda ()
        (write (ids-and-screen
                (grade exercise
                       (files-by-role exercise (list (cons #f file))))))))))

(define (ids-and-screen verdicts)
  (list (map verdict-id (remove verdict-met? verdicts))
        (with-output-to-string (lambda () (print-verdicts verdicts)))))

(define (result-of grading)
  (let ((result (read (car grading))))
    (close-port (car grading))
    (waitpid (cdr grading))
    (if (eof-object? result)
        '((error) "")
        result)))

;;; --- All of them ------------------------------------------------------------

;; A case is (CLAIM EXERCISE FILE DEADLINE HOLDS?).

(define (cases)
  (append-map (match-lambda
                ((exercise . rows)
                 (append (map (lambda (name) (correct-case exercise name))
                              (correct-names exercise))
                         (map (lambda (row) (apply cheat-case exercise row))
                              (if (getenv "LONG")
                                  rows
                                  (take rows 5))))))
              cheats))

(define (file-of exercise name)
  (string-append directory "/" exercise "/" name ".scm"))

(define (names-of exercise prefix)
  "Return the names of the files of EXERCISE that begin with PREFIX."
  (map (lambda (file) (substring file 0 (- (string-length file) 4)))
       (scandir (in-vicinity directory exercise)
                (lambda (file) (string-prefix? prefix file)))))

(define (correct-names exercise)
  (names-of exercise "correct-"))

(define (correct-case exercise name)
  (list (format #f "~a: ~a meets all" exercise name)
        exercise (file-of exercise name) correct-deadline null?))

(define (cheat-case exercise name . first-unmet)
  (list (format #f "~a: cheat-~a fails at ~a" exercise name first-unmet)
        exercise (file-of exercise (string-append "cheat-" name))
        cheat-deadline
        (lambda (unmet) (and (pair? unmet) (memq (car unmet) first-unmet)))))

(define (run-cases cases)
  "Grade several at the same time, and report each when it is done."
  (let loop ((waiting cases) (running '()))
    (cond ((and (pair? waiting) (< (length running) most-at-once))
           (loop (cdr waiting)
                 (acons (begin-case (car waiting)) (car waiting) running)))
          ((pair? running)
           (let ((done (first-done running)))
             (report-case (cdr done) (result-of (car done)))
             (loop waiting (delq done running)))))))

(define begin-case
  (match-lambda
    ((claim exercise file deadline holds?)
     (start-grading exercise file deadline))))

(define (first-done running)
  (match (select (map caar running) '() '())
    (((port . _) _ _)
     (find (lambda (entry) (eq? port (caar entry))) running))))

(define (report-case case result)
  (match-let (((claim _ _ _ holds?) case)
              ((unmet screen) result))
    (test-assert claim (holds? unmet))
    (unless (holds? unmet)
      (format #t "  not met: ~s~%~a" unmet screen))))

(define (test-files)
  (for-each
   (match-lambda
     ((exercise . rows)
      (test-assert (string-append exercise ": five cheats, five correct")
        (and (<= 5 (length rows)) (<= 5 (length (correct-names exercise)))))
      (test-equal (string-append exercise ": every cheat is in the table")
        (names-of exercise "cheat-")
        (sort (map (lambda (row) (string-append "cheat-" (car row))) rows)
              string<?))))
   cheats)
  (test-equal "every exercise is in the table"
    (map (lambda (exercise) (symbol->string (exercise-name exercise)))
         exercises)
    (map car cheats)))

;;; --- Half a program ---------------------------------------------------------

(define (test-half-programs)
  "An exercise that needs a server or a client says so."
  (for-each
   (match-lambda
     ((exercise file role)
      (test-assert (format #f "~a: without a ~a there is nothing to grade"
                           exercise role)
        (string-prefix? (format #f "guile-im: no file is the ~a." role)
                        (complaint-about exercise file)))))
   `(("im-list" ,(file-of "server" "correct-list") client)
     ("im-refuse" ,(file-of "server" "correct-list") client)
     ("mail" ,(file-of "server" "correct-list") client)
     ("mail" ,(file-of "client" "correct-handler") server)
     ("bots" ,(file-of "server" "correct-list") client)
     ("client" ,(file-of "server" "correct-list") client)
     ("server" ,(file-of "client" "correct-handler") server))))

(define (complaint-about exercise file)
  (call-with-output-string
    (lambda (port)
      (parameterize ((current-error-port port))
        (catch 'quit
          (lambda () (main (list "grade" exercise file)))
          (const #f))))))

;;; --- What a file leaves behind ----------------------------------------------

(define (test-orphans)
  "A process that a file starts, in a session of its own, dies with it."
  (let* ((place (mkdtemp (string-append (or (getenv "TMPDIR") "/tmp")
                                        "/orphan-XXXXXX")))
         (file (in-vicinity place "starts-a-process.scm"))
         (note (in-vicinity place "pid")))
    (with-output-to-file file
      (lambda ()
        (write `(let ((pid (primitive-fork)))
                  (if (= pid 0)
                      (begin
                        (setsid)
                        (with-output-to-file ,note
                          (lambda () (write (getpid))))
                        (execlp "sleep" "sleep" "600")))))))
    (let ((result (result-of (start-grading "im-list" file
                                            correct-deadline))))
      (test-equal "a file that starts a process isn't met" 'enroll
        (car (first result)))
      (test-equal "and the process is gone" 'gone
        (catch 'system-error
          (lambda ()
            (kill (with-input-from-file note read) 0)
            'there)
          (lambda arguments 'gone))))
    (for-each delete-file (list file note))
    (rmdir place)))

(define (report runner)
  (format #t "~a: ~a~%"
          (string-upcase (symbol->string (test-result-kind runner)))
          (test-runner-test-name runner)))

(define (test-all)
  (let ((runner (test-runner-null)))
    (setvbuf (current-output-port) 'line)
    (test-runner-on-test-end! runner report)
    (test-with-runner runner
      (test-begin "grade")
      (test-files)
      (test-half-programs)
      (run-cases (cases))
      (when (file-exists? "/proc/self/stat") ; elsewhere nobody can be adopted
        (test-orphans))
      (test-end "grade"))
    (format #t "grade: ~a passed, ~a failed~%"
            (test-runner-pass-count runner) (test-runner-fail-count runner))
    (exit (zero? (test-runner-fail-count runner)))))

(match (cdr (command-line))
  (() (test-all))
  (one-file (apply write-unmet one-file)))

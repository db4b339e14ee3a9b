;;; (im repl) -- the prompt, alive
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; While a person sits at Guile's prompt, messages arrive.  Guile's reader
;;; waits for a key in (a) a port of ours or (b) readline; in both we run the
;;; reactor meanwhile.  What a handler prints then appears above the line
;;; that is being typed.

(define-module (im repl)
  #:use-module (im complaint)
  #:use-module (im dispatch)
  #:use-module (im geiser)
  #:use-module (im interrupt)
  #:use-module (im primitives)
  #:use-module (im screen)
  #:use-module (im text)
  #:use-module (ice-9 suspendable-ports)
  #:use-module (rnrs bytevectors)
  #:use-module ((system repl common) #:select (repl-prompt))
  #:export (live-prompt! at-a-prompt? correct-typed!
            before-exit! complete-names-from! name-completions exit-now))

;;; --- Reading from the prompt ------------------------------------------

(define live? #f)

(define (live-prompt!)
  "Let messages arrive while the prompt waits.  May be called again; does
nothing when there is no terminal, pipe or file to read from.  Doesn't wait."
  (when (not live?)
    (set! live? #t)
    (add-hook! exit-hook run-exit-thunks)
    (watch-prompt!)
    (add-meta-commands!)
    (current-read-waiter (wait-at-prompt-or (current-read-waiter)))
    (if (readline-active?)
        (when-readline 'live-readline! step-at-prompt name-completions)
        (replace-input-port!)))
  *unspecified*)

(define (add-meta-commands!)
  "Let `,im' be known, if there is a prompt: a script has no use for it, and
Guile's commands take long to load."
  (when (resolve-module '(system repl command) #f #:ensure #f)
    (resolve-interface '(im meta))))

(define (readline-active?)
  "Return #t if the REPL reads through readline, and we have glue for it."
  (let ((readline (resolve-module '(ice-9 readline) #f #:ensure #f)))
    (and readline
         (eq? (current-input-port) ((module-ref readline 'readline-port)))
         (glue)
         #t)))

(define (glue)
  "Return the module (im readline), or #f where it wasn't built."
  (false-if-exception (resolve-interface '(im readline))))

(define (when-readline procedure . arguments)
  "Call the PROCEDURE of that name in (im readline), which needn't be there to
compile this."
  (apply (module-ref (glue) procedure) arguments))

(define (replace-input-port!)
  "Put a port of ours in the place of the one that standard input is read
from, with what that one had read ahead."
  (let ((old (current-input-port)))
    (when (and (file-port? old) (not (%repl-port? old)))
      (set-current-input-port
       (%make-repl-port (fileno old)
                        (string->bytevector* (drain-input old) old)
                        (string->symbol (or (port-encoding old) "UTF-8")))))))

(define (string->bytevector* text port)
  "Return TEXT, which was read from PORT, as the bytes it came from."
  ((@ (ice-9 iconv) string->bytevector)
   text (or (port-encoding port) "UTF-8") 'substitute))

(define (wait-at-prompt-or otherwise)
  (lambda (port)
    (if (%repl-port? port)
        (step-until-input port)
        (otherwise port))))

(define (step-until-input port)
  "Run handlers until there is something to read from PORT."
  (cond ((char-ready? port) (set! begun? #t))
        (else
         (step-at-prompt (%repl-port-descriptor port))
         (step-until-input port))))

;;; --- Where the person is ----------------------------------------------

(define at-prompt? #f)                        ; a prompt is on the screen
(define begun? #f)                            ; and lines of what is typed

(define (watch-prompt!)
  "Know from now on when a prompt is on the screen."
  (let ((reader repl-reader))
    (module-set! the-root-module 'repl-reader
                 (lambda arguments
                   (let ((outer at-prompt?)
                         (read (lambda () (apply reader arguments))))
                     (keep-interrupts!)
                     (dynamic-wind
                       (lambda () (set! at-prompt? #t))
                       (lambda ()
                         (call-reading
                          ;; What a meta-command is given has no prompt, and
                          ;; is a datum: for Guile 3.0's ,describe finds macros
                          ;; by symbols alone, and Geiser compares with ().
                          (if (procedure? (car arguments))
                              (lambda () (read-typed read))
                              (lambda () (syntax->datum (correct (read)))))))
                       (lambda () (set! at-prompt? outer))))))))

(define (call-reading read)
  "Return what (READ) returns.  An interrupt happens where that waits, and no
other before Guile evaluates something: what comes while it tells of the first
would end the process."
  (set-keeping-interrupts! #t)
  (let ((expression (read)))
    (set-keeping-interrupts! (unspecified? expression))
    expression))

(define (input-waits?)
  "Return #t if there is more than one expression in a line."
  (and (%repl-port? (current-input-port)) (char-ready?)))

(define (read-typed read)
  "Return what (READ) returns, corrected; show what had to wait for it."
  (set! begun? (input-waits?))
  (let ((expression (read)))
    (set! geiser-listens? (geiser-asks? expression (current-input-port)))
    (unless geiser-listens?
      (display (take-notices!))
      (force-output))
    (correct expression)))

(define geiser-listens? #f)                   ; and not the person

(define correct (lambda (expression) expression))

(define (correct-typed! procedure)
  "Let the prompt evaluate what (PROCEDURE EXPRESSION) returns for each
expression that is typed."
  (set! correct procedure))

(define (step-at-prompt descriptor)
  "Run handlers, or wait until DESCRIPTOR has input; show what handlers print
above the line that is being typed."
  (cond ((%forked?) (select (list descriptor) '() '()))
        (at-prompt?
         (between-interrupts (lambda () (step-and-show descriptor))))
        (else (reactor-step #:descriptor descriptor))))

(define (step-and-show descriptor)
  (let ((screen (current-output-port)))
    (dynamic-wind
      (lambda () #f)
      (lambda ()
        (parameterize ((current-output-port notices)
                       (current-error-port notices))
          (call-showing-on screen notices
                           (lambda () (step-past-exit descriptor)))))
      (lambda () (show-notices screen)))))

(define (step-past-exit descriptor)
  "Run handlers; one that calls (exit) doesn't end the prompt of who has only
been waiting there."
  (catch 'quit
    (lambda () (reactor-step #:descriptor descriptor))
    (lambda (key . arguments)
      (display "*** Error: a handler called (exit).  The prompt stays; type \
(exit) here to leave it.\n"))))

;; What handlers have printed in this step; the newest piece first.
(define noticed '())

(define notices
  (make-soft-port
   (vector (lambda (char) (set! noticed (cons (string char) noticed)))
           (lambda (text) (set! noticed (cons text noticed)))
           (lambda () #t)
           #f
           (lambda () #t))
   "w"))

(define (take-notices!)
  (force-output notices)
  (let ((pieces noticed))
    (set! noticed '())
    (string-concatenate-reverse pieces)))

(define (show-notices screen)
  (unless (or geiser-listens? (and (geiser?) (input-waits?)))
    (let ((text (take-notices!)))
      (unless (string-null? text)
        (show-above screen
                    (if (string-suffix? "\n" text)
                        (string-drop-right text 1)
                        text))))))

;;; --- Above the line that is being typed -------------------------------

(define (show-above screen text)
  "Print the lines of TEXT on SCREEN above the prompt."
  (cond ((readline-active?) (when-readline 'show-above-readline screen text))
        ((cursor-control? screen) (insert-above screen text))
        (else
         (display (string-append (if (replaces-line?) "\r" "\n")
                                 text "\n" (prompt-text))
                  screen)))
  (force-output screen))

(define (insert-above screen text)
  "Print TEXT above the line of the cursor, which the kernel holds and nobody
can print again."
  (let ((size (%terminal-size (fileno screen))))
    (for-each (lambda (line)
                (insert-pieces screen line (cdr size) (max 1 (- (car size) 2))))
              (string-split text #\newline))))

(define (insert-pieces screen line columns most)
  "Insert LINE in pieces of up to MOST rows of COLUMNS: what is inserted at once
must be lower than the terminal, or it would push the line of the cursor out
of it."
  (let loop ((start 0) (index 0) (row 1) (column 0))
    (cond
     ((= index (string-length line))
      (insert-rows screen row (substring line start)))
     ((unseen-end line index)
      => (lambda (end) (loop start end row column)))
     (else
      (let ((width (%character-columns (string-ref line index))))
        (cond ((<= (+ column width) columns)
               (loop start (1+ index) row (+ column width)))
              ((< row most) (loop start (1+ index) (1+ row) width))
              (else
               (insert-rows screen row (substring line start index))
               (loop index (1+ index) 1 width))))))))

(define (insert-rows screen rows text)
  "Push the line of the cursor down and print TEXT, which fills ROWS, where it
was.  (ECMA-48: IND makes room below, IL inserts lines, CUD moves the
cursor.)"
  (display (string-append
            (string-concatenate (make-list rows "\x1bD"))
            "\x1b[" (number->string rows) "A"
            "\x1b" "7" "\r"
            "\x1b[" (number->string rows) "L"
            text
            "\x1b" "8"
            "\x1b[" (number->string rows) "B")
           screen))

(define (at-a-prompt?)
  "Return #t if there is a prompt to come back to, #f in a script."
  (pair? (fluid-ref *repl-stack*)))

(define (prompt-text)
  "Return the prompt, or \"\" in the middle of an expression."
  (let ((repls (fluid-ref *repl-stack*)))
    (if (and (pair? repls) (not begun?))
        (repl-prompt (car repls))
        "")))

(define *repl-stack* (@@ (system repl common) *repl-stack*))

;;; --- Names to complete ------------------------------------------------

(define names-thunk (lambda () '()))

(define (complete-names-from! thunk)
  "Let TAB complete, after (im ', the names that THUNK returns."
  (set! names-thunk thunk))

(define (name-completions beginning)
  "Return the names, strings, that begin with BEGINNING, ignoring case.  None
can show or do anything but a name when it is put into what is being typed."
  (filter (lambda (name)
            (and (string-prefix-ci? beginning name)
                 (string=? name (harmless name))
                 (not (string-any (string->char-set "()[]{}'\"`,;|\\") name))))
          (map (lambda (name)
                 (if (symbol? name) (symbol->string name) name))
               (filter (lambda (name) (or (symbol? name) (string? name)))
                       (names-thunk)))))

;;; --- The end ----------------------------------------------------------

(define exit-thunks '())                      ; (name . thunk)

(define (before-exit! name thunk)
  "Call THUNK before the process ends by (exit), Ctrl-D, SIGTERM or SIGHUP,
instead of an earlier one of that NAME, a symbol."
  (set! exit-thunks (assq-set! exit-thunks name thunk))
  (sigaction SIGTERM exit-by-signal)
  (sigaction SIGHUP exit-by-signal))

(define (run-exit-thunks)
  "Call what `before-exit!' has been given, once."
  (let ((thunks exit-thunks))
    (set! exit-thunks '())
    (set! leaving-since (or leaving-since (current-time)))
    (set! at-the-end? #t)
    (unless (%forked?)                        ; whose end is not the parent's
      (for-each run-exit-thunk thunks))))

(define (run-exit-thunk entry)
  (catch #t
    (cdr entry)
    (lambda (key . arguments)
      (simple-format (current-error-port) "At the end, ~A: ~A\n" (car entry)
                     (harmless (error-sentence key arguments))))))

(define (exit-by-signal signal)
  (exit-now (+ 128 signal)))

(define leaving-since #f)                     ; seconds | #f
(define at-the-end? #f)                       ; exit thunks run
(define again-seconds 2)                      ; then a second signal is another

(define (exit-now status)
  "Do what `before-exit!' was given, and end the process with STATUS: at once,
or when the handlers that run have finished; two seconds later at the latest,
and then a second call waits for nothing."
  (cond ((not leaving-since)
         (set! leaving-since (current-time))
         (leave-after-step (lambda () (leave status))))
        ;; A window that closes says SIGHUP more than once, and whoever ends a
        ;; group of processes may end each, too.  Who says it later means it.
        ((< (current-time) (+ leaving-since again-seconds)) #f)
        (at-the-end? (primitive-_exit (+ 128 SIGTERM)))
        (else (leave status))))

(define (leave-after-step leave)
  ;; A signal may come in the middle of a step, when tables are half changed.
  (cond ((in-step?)
         (at-step-end leave)
         (after-a-while again-seconds
                        (lambda () (unless at-the-end? (leave)))))
        (else (leave))))

(define (leave status)
  (run-exit-thunks)
  ;; Not `exit', which unwinds through the prompt and whatever runs there.
  (primitive-exit status))

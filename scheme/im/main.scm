;;; (im main) -- what ./guile-im server, client and repl do
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(define-module (im main)
  #:use-module (im complaint)
  #:use-module (im log)
  #:use-module (im log-file)
  #:use-module (im names)
  #:use-module (im overflow)
  #:use-module (im reactor)
  #:use-module (im repl)
  #:use-module (ice-9 match)
  #:use-module (ice-9 top-repl)
  #:use-module (srfi srfi-1)
  #:use-module (stk load)
  #:export (main))

(define (main arguments)
  "Do what ARGUMENTS, the command line of guile-im without its own name, ask
for.  Doesn't return before the prompt ends."
  (false-if-exception (setlocale LC_ALL ""))
  (match arguments
    ((? asks-for-help?) (display help))
    (("server" . options) (server options))
    (("client" . options) (client options))
    (("repl") (prompt (lambda () (user-eval '(use-modules (stk))))))
    (_ (usage "what shall be started?"))))

(define help "\
Usage: guile-im server [OPTION]...     a prompt with the server started
       guile-im client [--name NAME] [IP PORT]
                                       a prompt with the client loaded, and
                                       enrolled if IP and PORT are given
       guile-im repl                   a prompt of the course interpreter

Options of the server:
  --port N       listen on port N, 0 to 65535; 0 or none: one that is free
  --address A    listen on A, an address of this computer; none: on all
  --quiet        no log
  --log FILE     the log goes to the end of FILE instead of the screen, one
                 line for each event, with the time
  --headless     no prompt: serve until SIGTERM or SIGINT, say farewell to
                 all and end with status 0.  SIGHUP opens FILE anew by its
                 name, so that logrotate may move it away.
")

(define (asks-for-help? arguments)
  (or (member "--help" arguments) (member "-h" arguments)))

(define (usage problem)
  (complain problem)
  (complain "--help tells what there is")
  (exit 2))

(define (complain sentence)
  (format (current-error-port) "guile-im: ~a\n" sentence))

;;; --- Options ----------------------------------------------------------

(define (parse arguments flags values)
  "Return the options in ARGUMENTS as an association list: FLAGS have the value
#t, VALUES take the next argument; what is no option is under `rest'."
  (define (known option options) (member option options))
  (let loop ((left arguments) (found (list (list 'rest))))
    (match left
      (() found)
      (((? (lambda (a) (known a flags)) flag) . more)
       (loop more (acons flag #t found)))
      (((? (lambda (a) (known a values)) option) value . more)
       (loop more (acons option value found)))
      ((other . more)
       (if (string-prefix? "--" other)
           (usage (string-append "what is " other "?"))
           (loop more (assq-set! found 'rest
                                 (append (assq-ref found 'rest)
                                         (list other)))))))))

(define (port-option text)
  (let ((port (string->number text)))
    (unless (and port (exact-integer? port) (<= 0 port 65535))
      (usage (string-append text " is no port, a number from 0 to 65535")))
    port))

;;; --- The three commands -----------------------------------------------

(define user-module (resolve-module '(guile-user)))

(define (user-eval expression)
  (eval expression user-module))

(define (server arguments)
  (let* ((options (parse arguments '("--quiet" "--headless")
                         '("--port" "--address" "--log")))
         (port (port-option (or (assoc-ref options "--port") "0")))
         (terminal? (isatty? (current-input-port)))  ; readline's port is none
         (start `(im-server-start #:port ,port
                                  #:address ,(assoc-ref options "--address"))))
    (unless (null? (assq-ref options 'rest))
      (usage "server takes no other arguments"))
    (user-eval `(define logging ,(not (assoc-ref options "--quiet"))))
    (and=> (assoc-ref options "--log") log-to)
    (if (assoc-ref options "--headless")
        (serve-headless start)
        (prompt (lambda ()
                  (load-program "im-server.scm")
                  (user-eval start)
                  (unless terminal?
                    (serve-on-after-input)))))))

(define (serve-headless start)
  (never-wait-to-print!)                      ; for who reads the log
  (load-program "im-server.scm")
  (when (log-file?)
    (before-exit! 'log log-the-end)
    (sigaction SIGHUP (lambda (signal) (reopen-log-file!))))
  (for-each (lambda (signal)
              (sigaction signal (lambda (signal) (exit-now 0))))
            (list SIGTERM SIGINT))
  (unless (user-eval start)
    (exit 1))
  (force-output)
  (when (log-file?)
    (user-eval '(log-line "~a" (where-it-is)))
    (print-to-log))
  (run-reactor))

(define (log-the-end)
  (user-eval '(if server-socket (log-line "The server stops."))))

(define (print-to-log)
  "From now on nobody sits at a terminal: what is printed is logged."
  (set-current-output-port (make-log-port))
  (set-current-error-port (make-log-port)))

(define (log-to file)
  "Let the log go to FILE; or say why it can't, and end."
  (sigaction SIGXFSZ SIG_IGN)                 ; that is an error like others
  (catch 'system-error
    (lambda ()
      (open-log-file! file))
    (lambda (key . arguments)
      (complain (format #f "can't write the log to ~a: ~a.  ~a" file
                        (error-sentence key arguments)
                        "Is there such a directory, and may you write there?"))
      (exit 1))))

(define (serve-on-after-input)
  "When all expressions have been read from a file or pipe, go on serving."
  (let ((reader repl-reader))
    (module-set! the-root-module 'repl-reader
                 (lambda arguments
                   (let ((expression (apply reader arguments)))
                     (when (eof-object? expression)
                       (run-reactor))
                     expression)))))

(define (client arguments)
  (let* ((options (parse arguments '() '("--name")))
         (name (assoc-ref options "--name"))
         (enroll (match (assq-ref options 'rest)
                   (() #f)
                   ((ip port) `(im-enroll ,ip ,(port-option port)))
                   (_ (usage "client takes an address and a port")))))
    (when name
      (user-eval `(define whoiam ',(string->name name))))
    (prompt (lambda ()
              (load-program "im-client.scm")
              (when enroll
                (user-eval enroll))))))

(define (load-program name)
  (save-module-excursion
   (lambda ()
     (set-current-module user-module)
     (primitive-load (%search-load-path name)))))

;;; --- The prompt -------------------------------------------------------

(define (prompt start)
  "Be Guile's prompt, in which `load' is the course's, after calling START."
  (module-use! user-module (resolve-interface '(stk load)))
  (when (wants-readline?)
    (use-readline))
  (call-at-first-prompt start)
  (let ((arguments                            ; of (exit), or of Ctrl-D
         (catch 'system-error
           prompt-past-interrupts
           (lambda error (exit-now 129)))))   ; the terminal is gone
    (apply exit (if (list? arguments) arguments '()))))

(define (prompt-past-interrupts)
  "Return what Guile's prompt returns.  Between two expressions is a moment when
Ctrl-C would end it."
  (catch 'signal
    top-repl
    (lambda error (prompt-past-interrupts))))

(define (call-at-first-prompt start)
  "Call START when Guile has said its welcome."
  (let ((reader repl-reader))
    (module-set! the-root-module 'repl-reader
                 (lambda arguments
                   (module-set! the-root-module 'repl-reader reader)
                   (start)
                   (apply repl-reader arguments)))))

(define (wants-readline?)
  (and (isatty? (current-input-port))
       (isatty? (current-output-port))
       (not (getenv "INSIDE_EMACS"))
       (not (member (or (getenv "TERM") "dumb") '("dumb" "")))
       (%search-load-path "ice-9/readline")
       #t))

(define (use-readline)
  "Use readline if Guile has it; without, everything works as well."
  (catch #t
    (lambda ()
      ((module-ref (resolve-interface '(ice-9 readline))
                   'activate-readline)))
    (const #f)))

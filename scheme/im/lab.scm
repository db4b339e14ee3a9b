;;; (im lab) -- what the programs in labs/ have in common
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; A lab is a program of one page, and ends with a line like
;;;
;;;     (start-lab visitors-client '((host "localhost") (port "5193")))
;;;
;;; From the shell it is called with what stands on the command line, serves
;;; until nothing is left to wait for, and ends with a status.  At a prompt
;;; `load' calls it with its defaults and the prompt goes on, serving while
;;; it waits; there it can be called by hand with other arguments.

(define-module (im lab)
  #:use-module (im complaint)
  #:use-module (im datagram)
  #:use-module (im reactor)
  #:use-module (im repl)
  #:use-module (im socket)
  #:use-module (im text)
  #:use-module (ice-9 match)
  #:use-module (ice-9 rdelim)
  #:export (start-lab announce serve-client stop port-number ask-password
            failure-text))

;;; --- For the labs -----------------------------------------------------

(define (announce server)
  "Return SERVER, a socket, after saying on standard error where it listens."
  (let ((address+port (if (socket? server)
                          (cons (socket-local-address server)
                                (socket-port-number server))
                          (cons (datagram-socket-address server)
                                (datagram-socket-port server)))))
    (tell (simple-format #f "Listening on ~A port ~A."
                         (car address+port) (cdr address+port)))
    server))

(define (serve-client client serve)
  "Call (SERVE CLIENT), and close CLIENT, a connected socket, when it has
returned or failed; then say on standard error what went wrong.  Waits as long
as SERVE does."
  (let ((peer (socket-peer-address client)))
    (catch #t
      (lambda () (serve client))
      (lambda (key . arguments)
        (when (memq key '(quit signal))
          (apply throw key arguments))
        (tell (simple-format #f "~A: ~A" (peer-text peer)
                             (failure-text key arguments)))))
    (socket-shutdown client)))

(define (peer-text peer)
  (match peer
    ((address . port) (simple-format #f "~A port ~A" address port))
    (#f "a client")))

(define (stop template . arguments)
  "Leave the lab: TEMPLATE, a string in which ~A stands for one of ARGUMENTS
each, is the sentence that says why.  Doesn't return."
  (throw 'lab-stopped #f
         (apply simple-format #f template (map datum->text arguments))
         '() #f))

(define (port-number text)
  "Return the number of a port that TEXT, a string or number, is.  If it is
none, stop with `bad port number'."
  (let ((number (if (string? text) (string->number text 10) text)))
    (if (and (exact-integer? number) (<= 0 number 65535))
        number
        (stop "bad port number ~A" text))))

(define (ask-password)
  "Return the password that is typed, a string: on a terminal unseen, or the
next line of the input.  Waits, and handlers with it."
  ;; What a prompt reads from is no terminal to Guile.
  (let ((password (if (isatty? (if (at-a-prompt?)
                                   (current-output-port)
                                   (current-input-port)))
                      (getpass "Password: ")
                      (read-line))))
    (if (eof-object? password)
        (stop "no password was given")
        password)))

;;; --- Starting ---------------------------------------------------------

(define (start-lab procedure parameters)
  "Start the lab that PROCEDURE is: from the shell with the arguments of the
command line, at a prompt with its defaults.

PARAMETERS is a list like ((host \"localhost\") (port 5193)): a name each, and
what stands for it when it is left out, which makes its argument a number if
it is one, or else a string.  (host) alone must be given."
  (if (at-a-prompt?)
      (start-at-prompt procedure parameters)
      (start-from-shell procedure parameters (cdr (command-line)))))

(define (start-from-shell procedure parameters given)
  (define name (lab-name procedure))
  (setvbuf (current-output-port) 'line)       ; a log is read while it grows
  (sigaction SIGINT SIG_DFL)                  ; Ctrl-C ends it without a word
  (when (equal? given '("--help"))
    (display (usage name parameters))
    (exit 0))
  (exit-when-failed
   name
   (lambda ()
     (apply procedure (arguments-from given name parameters))
     (run-reactor))))

(define (exit-when-failed name thunk)
  (when-it-fails name thunk (lambda () (exit 1))))

(define (when-it-fails name thunk otherwise)
  "Return what (THUNK) returns, or what (OTHERWISE) returns after saying what
went wrong in the lab called NAME.  A mistake in its program is none of this."
  (let ((failure
         (catch #t
           (lambda ()
             (call-with-values thunk
               (lambda results (lambda () (apply values results)))))
           (lambda (key . arguments)
             (unless (memq key expected)
               (apply throw key arguments))
             (tell (if (eq? key 'lab-stopped)
                       (failure-text key arguments)
                       (string-append name ": "
                                      (failure-text key arguments))))
             otherwise))))
    (failure)))

;; What the world does to a program, not the programmer.
(define expected '(lab-stopped system-error misc-error timeout))

(define servers '())                          ; (lab's name . socket)

(define (start-at-prompt procedure parameters)
  "Call PROCEDURE with its defaults, instead of an earlier call of it."
  (define name (lab-name procedure))
  (live-prompt!)
  (end-earlier! name)
  (if (pair? (required parameters))
      (print-line "Call ~a" (call-text name parameters))
      (let ((result (when-it-fails name
                                   (lambda ()
                                     (apply procedure (map cadr parameters)))
                                   (lambda () #f))))
        (set! servers (assoc-set! servers name result))
        result)))

(define (end-earlier! name)
  "Free the port of the lab called NAME that was loaded before."
  (let ((server (assoc-ref servers name)))
    (cond ((socket? server) (socket-shutdown server))
          ((datagram-socket? server) (close-datagram-socket server)))))

(define (lab-name procedure)
  (symbol->string (procedure-name procedure)))

;;; --- Arguments --------------------------------------------------------

(define (required parameters)
  (filter (lambda (parameter) (null? (cdr parameter))) parameters))

(define (arguments-from given name parameters)
  "Return the arguments that GIVEN, a list of strings, are for PARAMETERS, and
the defaults for the rest; or exit, saying how NAME is used."
  (define (refuse . sentences)
    (for-each tell sentences)
    (display (usage name parameters) (current-error-port))
    (exit 2))
  (unless (<= (length (required parameters)) (length given)
              (length parameters))
    (refuse))
  (catch 'lab-stopped
    (lambda ()
      (append (map argument-from given (list-head parameters (length given)))
              (map cadr (list-tail parameters (length given)))))
    (lambda (key who sentence . rest) (refuse sentence))))

(define (argument-from text parameter)
  (match parameter
    ((or ('port) ('port (? number?))) (port-number text))
    ((name (? number?)) (or (string->number text 10)
                            (stop "bad number ~A" text)))
    (_ text)))

(define (usage name parameters)
  "Return a line like `usage: NAME USER [HOST [PORT]]'."
  (define (parts parameters)
    (match parameters
      (() "")
      (((name) . rest)
       (string-append " " (parameter-text name) (parts rest)))
      (((name _) . rest)
       (string-append " [" (parameter-text name) (parts rest) "]"))))
  (string-append "usage: " name (parts parameters) "\n"))

(define (call-text name parameters)
  "Return a line like (NAME USER HOST PORT)."
  (simple-format #f "(~A)"
                 (string-join (cons name
                                    (map parameter-text
                                         (map car parameters))))))

(define (parameter-text name)
  (string-upcase (symbol->string name)))

;;; --- Saying why not ---------------------------------------------------

(define (tell sentence)
  "Show SENTENCE, which may come from the network, on standard error."
  (parameterize ((current-output-port (current-error-port)))
    (print-line "~a" sentence)
    (force-output)))                          ; a file's is buffered

(define (failure-text key arguments)
  "Return what went wrong, a sentence or a clause."
  (string-append (error-sentence key arguments)
                 (if (eq? key 'system-error)
                     (advice (system-error-errno (cons key arguments)))
                     "")))

(define (advice errno)
  (cond ((= errno ECONNREFUSED) ": nobody listens there; start the server \
first, or say where it is")
        ((memv errno (list ECONNRESET EPIPE)) ": the other side is gone")
        (else "")))

;;; session-program.scm --- which programs are put to the test, and how
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; A program is Guile-IM's server or client, or one in the style of the
;;; original, which is loaded in `guile-im repl' like any program for STk.  The
;;; variables SERVER_COMMAND and CLIENT_COMMAND of the environment put others
;;; in the place of Guile-IM's.

(define-module (session-program)
  #:use-module (srfi srfi-9)
  #:export (program-command program-lines program-farewell program-enroll-line
            our-server our-client our-xml-client our-client-in-repl
            original-server original-client with-lines
            homework-client homework-server
            solution-client solution-server))

(define-record-type <program>
  (make-program command lines farewell enroll-options)
  program?
  (command program-command)             ; of the shell
  (lines program-lines)                 ; typed when it has started
  (farewell program-farewell)           ; typed to a server; #f: SIGTERM
  (enroll-options program-enroll-options))

(define (with-lines program . lines)
  "Return PROGRAM, to which LINES are typed too when it has started."
  (make-program (program-command program)
                (append (program-lines program) lines)
                (program-farewell program)
                (program-enroll-options program)))

(define (program-enroll-line program port)
  "Return what is typed to PROGRAM, a client, for a server on PORT here."
  (format #f "(im-enroll \"127.0.0.1\" ~a~a)" port
          (program-enroll-options program)))


;;; Guile-IM's

(define (guile-im-command . arguments)
  "Return the shell's command that runs guile-im with ARGUMENTS."
  (format #f "'~a/pre-inst-env' guile --no-auto-compile -c '~s'"
          (or (getenv "abs_top_builddir") "./build")
          `((@ (im main) main) (list ,@arguments))))

(define (repl-command)
  "Return the shell's command that runs the course interpreter."
  (guile-im-command "repl"))

(define (our-server)
  "Return our server."
  (make-program (or (getenv "SERVER_COMMAND")
                    (guile-im-command "server" "--headless" "--port" "0"
                                      "--address" "127.0.0.1" "--quiet"))
                '() #f ""))

(define (our-client)
  "Return our client."
  (make-program (or (getenv "CLIENT_COMMAND") (guile-im-command "client"))
                '() #f ""))

(define (our-xml-client)
  "Return our client, which enrolls with servers of the older XML version.
They never say goodbye, and it doesn't wait for that as long as usual."
  (make-program (program-command (our-client))
                '("(im-limit 'farewell-seconds 1/20)") #f " #:protocol 'xml"))

(define* (our-client-in-repl #:key fold?)
  "Return our client as a file that is loaded in the course interpreter, which
if FOLD? reads typed symbols in lower case."
  (in-repl "(load \"im-client.scm\")" #:fold? fold?))

(define* (in-repl load-line #:key fold?)
  "Return the client that LOAD-LINE loads in the course interpreter, which if
FOLD? reads typed symbols in lower case."
  (make-program (repl-command)
                (if fold?
                    (list load-line "(fold-case! #t)")
                    (list load-line))
                #f ""))


;;; In the style of the original

(define (test-file name)
  "Return the absolute name of the file NAME of the tests."
  (canonicalize-path (search-path %load-path name)))

(define (load-original name)
  "Return the line that loads the original-style program NAME."
  (format #f "(load ~s)" (test-file (string-append "original/" name))))

(define (serving program)
  "Return PROGRAM, started as a server that asks nobody for its address."
  (make-program (program-command program)
                (append (program-lines program)
                        '("(set! logging #f)"
                          "(define (get-ip-address-as-string) \"127.0.0.1\")"
                          "(im-server-start)"))
                "(im-server-close)" ""))

(define (original-server)
  "Return the original-style server."
  (serving (in-repl (load-original "im-server.scm"))))

(define* (original-client #:key fold?)
  "Return the original-style client; if FOLD? typed symbols are read in lower
case."
  (in-repl (load-original "im-client.scm") #:fold? fold?))


;;; Homework
;;;
;;; A file that loads a program by its name finds Guile-IM's, or the one in the
;;; style of the original when that directory comes first.

(define (in-library library load-name)
  "Return what types (load LOAD-NAME) in the course interpreter, where LIBRARY
is `ours' or `original'."
  (define load-line (format #f "(load ~s)" load-name))
  (in-repl (if (eq? library 'original)
               (format #f "(begin (add-to-load-path ~s) ~a)"
                       (dirname (test-file "original/im-client.scm"))
                       load-line)
               load-line)))

(define (homework-client library file)
  "Return a client, FILE of the homework or #f for none, on top of LIBRARY."
  (in-library library (if file
                          (test-file (string-append "homework/" file))
                          "im-client.scm")))

(define (homework-server library file)
  "Return a server, FILE of the homework or #f for none, on top of LIBRARY."
  (serving (in-library library
                       (if file
                           (test-file (string-append "homework/" file))
                           "im-server.scm"))))


;;; Solutions of the exercises, which are part of the library

(define (solution-client file)
  "Return a client, FILE of the solutions."
  (in-library 'ours (solution file)))

(define* (solution-server file #:optional (before ""))
  "Return a server, FILE of the solutions.  BEFORE is typed before it is
loaded."
  (let ((program (in-library 'ours (solution file))))
    (serving (make-program (program-command program)
                           (cons before (program-lines program))
                           #f ""))))

(define (solution file)
  (string-append "labs/solutions/" file))

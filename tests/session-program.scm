;;; session-program.scm --- which programs are put to the test, and how
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; A program is Guile-IM's server or client.  The variables SERVER_COMMAND and
;;; CLIENT_COMMAND of the environment put others in their place.

(define-module (session-program)
  #:use-module (srfi srfi-9)
  #:export (program-command program-lines program-farewell program-enroll-line
            our-server our-client our-xml-client))

(define-record-type <program>
  (make-program command lines farewell enroll-options)
  program?
  (command program-command)             ; of the shell
  (lines program-lines)                 ; typed when it has started
  (farewell program-farewell)           ; typed to a server; #f: SIGTERM
  (enroll-options program-enroll-options))

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
  "Return our client, which enrolls with servers of the older XML version.  They
never say goodbye, and it doesn't wait for that as long as it usually would."
  (make-program (program-command (our-client))
                '("(set! farewell-seconds 1/20)") #f " #:protocol 'xml"))

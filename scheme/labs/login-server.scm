;;; login-server.scm -- a Scheme prompt for who knows the password
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;;     guile login-server.scm [FILE [PORT [ADDRESS]]]
;;;
;;; FILE has a line NAME:HASH for each user (auth-add-user.scm makes it).
;;; Somebody connects with nc or telnet, says who they are, and evaluates
;;; Scheme on this computer: in a sandbox, which knows no files, no network
;;; and no other session, and ends what takes too long or too much memory.
;;;
;;; What it can't do.  All sessions share one process: while one evaluates,
;;; for SECONDS at most, the others wait.  The sandbox can only stop Scheme:
;;; a procedure written in C that works for a long time is not interrupted,
;;; so those that can are left out.  What sessions define stays in memory.
;;; And passwords travel in clear: whoever listens on the network reads them.

(use-modules (im socket) (im reactor) (im request) (im text) (im lines)
             (im lab)
             (ice-9 match) (ice-9 pretty-print) (ice-9 rdelim)
             (ice-9 sandbox) (ice-9 string-fun))

(define SECONDS 1)                            ; for one evaluation
(define BYTES (* 50 1000 1000))               ; the same

;; Alone, one of these can keep or end the whole process.
(define unstoppable '(expt integer-expt make-list object->string))

(define bindings
  (map (match-lambda
         ((module . names)
          (cons module (filter (lambda (name) (not (memq name unstoppable)))
                               names))))
       all-pure-bindings))

;;; --- Who is it? -------------------------------------------------------

(define (ask port question)
  "Return the line that is the answer to QUESTION, or \"\" at the end."
  (display question port)
  (let ((line (read-short-line port #:most 100)))
    (if (eof-object? line) "" line)))

(define (password-of name passwords)
  "Return what stands behind NAME and a colon in the file PASSWORDS, or #f."
  (define (search port)
    (let ((line (read-line port)))
      (cond ((eof-object? line) #f)
            ((string-prefix? (string-append name ":") line)
             (substring line (+ 1 (string-length name))))
            (else (search port)))))
  (call-with-input-file passwords search))

(define (known? name password passwords)
  "Return #t if the file says so.  For a name that isn't there the work is the
same, so that the time taken tells nobody which names are."
  (let ((secret (password-of name passwords)))
    (equal? secret (crypt password (or secret "$6$nobodyofthatname$")))))

(define (log-in port passwords tries)
  "Return the name of who has logged in at PORT, or #f after TRIES."
  (let* ((name (ask port "login: "))
         (password (ask port "password: ")))
    (cond ((known? name password passwords) name)
          ((or (= tries 1) (string-null? name)) #f)
          (else
           (display "Login incorrect\n" port)
           (log-in port passwords (- tries 1))))))

;;; --- The session ------------------------------------------------------

(define (evaluate expression module)
  "Return the text of EXPRESSION's value, or of what went wrong with it.
A value can be endless or nested without end, so it is cut, not written."
  (catch #t
    (lambda ()
      (brief (eval-in-sandbox expression
                              #:time-limit SECONDS #:allocation-limit BYTES
                              #:module module #:sever-module? #f)))
    (lambda (key . arguments)
      (match arguments
        ((_ (? string? message) (values ...) . _)
         (apply simple-format #f (string-append "Error: " (plain message))
                (map brief values)))
        (_ (string-append "Error: " (brief (cons key arguments))))))))

(define (plain message)
  (string-replace-substring message "~S" "~A"))

(define (brief value)
  (if (unspecified? value)
      ""
      (call-with-output-string
        (lambda (port) (truncated-print value port #:width 500)))))

(define (session port module)
  "Read, evaluate, print, until the client has no more."
  (display "> " port)
  (let ((expression (read-datum port)))
    (if (not (or (eof-object? expression) (equal? expression '(exit))))
        (begin
          (display (evaluate expression module) port)
          (newline port)
          (session port module)))))

(define (serve client passwords)
  "Talk with CLIENT until it leaves.  Its time to log in is limited."
  (let* ((port (socket-input client))
         (name (call-with-timeout 60 (lambda () (log-in port passwords 3))
                                  (lambda () #f))))
    (cond (name
           (print-line "~a has logged in" name)
           (simple-format port "Welcome, ~A.  (exit) ends this.\n" name)
           (session port (make-sandbox-module bindings))
           (print-line "~a has left" name))
          (else
           (display "Login incorrect\n" port)))))

(define (login-server file port address)
  "Let those who are in FILE, with their passwords, log in at PORT."
  (if (not (access? file R_OK))
      (stop "no file of passwords can be read here: ~a" file))
  (let ((server (make-server-socket port              ; socket, bind, listen
                                    #:address address)))
    (define (accept)
      (serve-client (socket-accept-connection (socket-dup server))
                    (lambda (client) (serve client file))))
    (limit-memory!)
    (when-socket-ready server accept)
    (announce server)))

(define (limit-memory!)
  "One allocation can be larger than all memory.  This makes it an error."
  (setrlimit 'as (* 2 1024 1024 1024) (* 2 1024 1024 1024)))

(start-lab login-server
           '((file "passwords.txt") (port 6022) (address "127.0.0.1")))

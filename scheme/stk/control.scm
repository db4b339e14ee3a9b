;;; (stk control) -- catching errors, tables, chance, and other programs
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(define-module (stk control)
  #:use-module (im reactor)
  #:use-module ((guile) #:select ((catch . guile:catch)
                                  (random . guile:random)))
  #:use-module (ice-9 binary-ports)
  #:use-module ((ice-9 control) #:select (let/ec))
  #:use-module ((ice-9 iconv) #:select (bytevector->string))
  #:use-module ((ice-9 popen) #:select (open-pipe close-pipe))
  #:use-module (rnrs bytevectors)
  #:export (nil put get exec)
  #:replace (catch random))

(define nil '())

;;; --- Errors -------------------------------------------------------------

(define-syntax catch
  (lambda (form)
    "(catch EXPRESSION …): evaluate the EXPRESSIONs.  Return #t, and print
nothing, if an error stopped them; else #f.  Ctrl-C and (exit) go through.

Guile's procedure of this name goes on working where it can be told apart:
(catch #t THUNK HANDLER), (catch 'KEY THUNK HANDLER), each with one more
procedure perhaps, or `catch' as a value.  With the key in a variable write
((@ (guile) catch) KEY THUNK HANDLER)."
    (syntax-case form ()
      ((_ key thunk handler . more)
       (guile-shape? (syntax->datum #'key) (syntax->datum #'more))
       #'(guile:catch key thunk handler . more))
      ((_ expression ...)
       #'(error-in? (lambda () expression ... #f)))
      (name
       (identifier? #'name)
       #'guile:catch))))

(eval-when (expand load eval)
  (define (guile-shape? key more)
    (and (or (eq? key #t)
             (and (pair? key) (eq? (car key) 'quote)))
         (or (null? more)
             (null? (cdr more))))))

(define (error-in? thunk)
  "Return #t if an error stops THUNK, else what THUNK returns."
  (let/ec return
    (with-exception-handler
        (lambda (exception)
          (if (memq (exception-kind exception) '(quit signal))
              (raise-exception exception #:continuable? #t)
              (return #t)))
      thunk)))

;;; --- The table of SICP 3.3.3 --------------------------------------------

(define table (make-hash-table))

(define (put operation type item)
  "Put ITEM in the table under OPERATION and TYPE, any two objects that equal?
can compare; what was there is replaced.  Return nothing of use."
  (hash-set! table (cons operation type) item)
  *unspecified*)

(define (get operation type)
  "Return what was put in the table under OPERATION and TYPE, or #f."
  (hash-ref table (cons operation type) #f))

;;; --- Chance -------------------------------------------------------------

(define chance (random-state-from-platform))

(define* (random n #:optional (state chance))
  "Return an integer from 0 to N - 1, each as likely as the others, and others
in each run of a program.  (If N isn't exact: a real number from 0 to N.)
Raise an error unless N is positive."
  (guile:random n state))

;;; --- Other programs -----------------------------------------------------

(define (exec command)
  "Return what COMMAND, a string for the shell, prints: a string, with its line
breaks; \"\" if it fails.  Its input is empty.  Waits until it has ended;
handlers run meanwhile."
  (unless (string? command)
    (scm-error 'wrong-type-arg "exec"
               "bad command: ~S (a string is wanted)" (list command) #f))
  (force-output (current-output-port))
  (let* ((pipe (open-pipe (string-append "exec </dev/null\n" command) "r"))
         (encoding (or (port-encoding pipe) "UTF-8"))
         (output (read-to-end pipe)))
    (if (eqv? (status:exit-val (close-pipe pipe)) 0)
        (bytevector->string output encoding 'substitute)
        "")))

(define (read-to-end pipe)
  "Return all that can be read from PIPE, a bytevector; run handlers until it
is there."
  (let ((pieces '()) (end? #f))
    (when-port-readable pipe
      (lambda ()
        (let ((piece (get-bytevector-some pipe)))
          (if (eof-object? piece)
              (set! end? #t)
              (set! pieces (cons piece pieces))))))
    (wait-or-close (lambda () end?) pipe)
    (when-port-readable pipe #f)
    (joined (reverse pieces))))

(define (wait-or-close holds? port)
  "Wait until HOLDS?; close PORT if Ctrl-C ends the waiting."
  (guile:catch #t
    (lambda () (wait-until holds?))
    (lambda exception
      (close-port port)
      (apply throw exception))))

(define (joined pieces)
  (call-with-values open-bytevector-output-port
    (lambda (port contents)
      (for-each (lambda (piece) (put-bytevector port piece)) pieces)
      (contents))))

;;; (stk) -- the course interpreter
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;;   (use-modules (stk))
;;;   (load "~cs61a/lib/im-client")
;;;
;;; After that a program written for STk 4.0.1, as Berkeley had it, runs.
;;; This module only gathers: each name's home is one of the modules below.
;;; Those that Guile uses for something else hide Guile's, which stays
;;; reachable as (@ (guile) catch), say.
;;;
;;; Symbols keep their case.  For a program that means the same by Bob and
;;; bob there is (load "program" #:fold-case #t), or (fold-case! #t) as the
;;; first line of the file or at the prompt.

(define-module (stk)
  #:use-module (im reactor)
  #:use-module ((im repl) #:select (live-prompt!))
  #:use-module (im socket)
  #:use-module (stk control)
  #:use-module (stk format)
  #:use-module (stk load)
  #:use-module (stk oop)
  #:use-module (stk streams)
  #:use-module (stk text)
  #:use-module (stk words)
  #:re-export
  (;; (stk control)
   nil put get exec
   ;; (stk oop)
   define-class instantiate ask
   ;; (stk streams)
   cons-stream stream-car stream-cdr the-empty-stream
   stream-null? empty-stream?
   ;; (stk text)
   split-string read-line remove fold-case!
   ;; (stk words)
   string->word word sentence se first butfirst bf last butlast bl item
   member? empty? count appearances every keep)
  #:re-export-and-replace
  (;; Guile's own
   getenv
   ;; (stk control)
   catch random
   ;; (stk format)
   format error
   ;; (stk load)
   load
   ;; (stk text)
   string-index string-length filter delete read char-ready? port-closed?
   ;; (im socket)
   make-client-socket make-server-socket socket-accept-connection
   socket-dup socket-shutdown socket? socket-down?
   socket-input socket-output socket-host-name socket-host-address
   socket-local-address socket-port-number flush
   ;; (im reactor)
   when-socket-ready when-port-readable when-port-writable))

;;; --- Whose name it is ---------------------------------------------------

(define (later-wins module name old old-value new new-value . previous)
  "Let NAME, if one of the interfaces OLD and NEW is ours, mean what the module
imported later means by it, without a word: that is how Guile chooses, after
a warning."
  (and (or (equal? (module-name old) '(stk))
           (equal? (module-name new) '(stk)))
       (module-variable new name)))

(define (choose-silently! module)
  (set-module-duplicates-handlers!
   module
   (cons later-wins
         (or (module-duplicates-handlers module)
             (default-duplicate-binding-procedures)))))

;; Guile looks handlers up by name, too.
(module-define! duplicate-handlers 'later-wins later-wins)
(choose-silently! (resolve-module '(guile-user)))

;;; --- Whose variables they are -------------------------------------------

;; A program may set! what it imports.  That changes what the name means to
;; programs; our modules, which import it from its home, go on.

(define (own-variables! interface)
  "Give INTERFACE variables of its own with the values that it shows."
  (for-each (lambda (export)
              (let ((value (variable-ref (cdr export))))
                (unless (macro? value)
                  (module-add! interface (car export) (make-variable value)))))
            (module-map cons interface)))

(own-variables! (module-public-interface (current-module)))

;;; --- When handlers run --------------------------------------------------

;; As in STk: while the prompt waits for input.
(live-prompt!)

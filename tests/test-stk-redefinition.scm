;;; test-stk-redefinition.scm --- a program may redefine any name of ours
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; By `define' it makes a variable of its own; by `set!' it changes the one
;;; that it imported.  Neither may change what our modules call.  (set! of a
;;; name of Guile's own, like car, changes Guile itself.)

(use-modules (im-test) (stk-test) (srfi srfi-1) (srfi srfi-64))

;;; --- Some names, and the rest of (stk) goes on ---------------------------

(define mine
  '(socket key value filter remove delete list-index format error car cdr list
    cons map for-each append apply display write newline not eq? equal? length
    string? port? string-append hash-ref hash-set! throw catch load random
    read-line string-index flush values procedure? wait-until socket? word
    sentence string->word put first last count every accept connect select))

(define uses-what-is-left
  '((define-class (counter n)
      (class-vars (all '()))
      (method (next) (set! n (+ n 1)) n)
      (default-method (vector message args)))
    (define c (instantiate counter 0))
    (ask c 'next)
    (define s (cons-stream 1 (cons-stream (ask c 'next) the-empty-stream)))
    (define result
      (vector (stream-car (stream-cdr s)) (ask c 'hop 1) (se 'a 'b)
              (butfirst "hello") (split-string "a b") (exec "echo hi")
              (get 1 2) (appearances 'a 'banana)))))

(define handlers-of-its-own
  '((define p (make-server-socket))
    (when-socket-ready p
      (lambda ()
        (let ((s (socket-accept-connection (socket-dup p))))
          (when-port-readable (socket-input s)
            (lambda () (set! result (read (socket-input s))))))))))

(define (test-definitions)
  (define (nonsense name) `(define (,name . arguments) 'mine))
  (define user (fresh-user))
  (define (value-of form) (eval form user))
  (load-file (append (map nonsense mine) uses-what-is-left) user)
  (test-equal "top-level names redefined, ours go on"
    #(2 #(hop (1)) (a b) ello ("a" "b") "hi\n" #f 3) (value-of 'result))
  (test-equal "and mean the program's" '(mine mine mine)
              (list (value-of '(format #t "x")) (value-of '(catch (car 1)))
                    (value-of '(car '(1)))))
  (load-file handlers-of-its-own user)
  (let ((peer (call (value-of '(socket-port-number p)))))
    (say peer "(a b)")
    (soon (lambda () (equal? (value-of 'result) '(a b))))
    (test-equal "sockets and handlers too" '(a b) (value-of 'result))
    (value-of '(socket-shutdown p))
    (hang-up peer)))

;;; --- Some of ours by set! ------------------------------------------------

(define assigned
  '((define (mine . arguments) 'mine)
    (set! filter mine) (set! delete mine) (set! remove mine)
    (set! format mine) (set! error mine) (set! random mine)
    (set! string-index mine) (set! split-string mine) (set! get mine)
    (set! read-line mine) (set! read mine) (set! port-closed? mine)
    (set! string-length mine)
    (display
     (list (butfirst 'hello) (item 2 'abc) (sentence 'a "b") (exec "echo hi")
           (catch (car 1)) (get 1 2) (last 'xyz) (appearances 'a 'banana)
           (list? (load "im-common.scm")) (filter 1 2)
           ((@ (srfi srfi-1) filter) even? '(1 2))))))

(define (test-assignments)
  (test-equal "set! of one of ours changes that name alone"
    "(ello b (a b) hi\n #t mine z 3 #f mine (2))"
    (apply guile-says '(use-modules (stk)) assigned)))

;;; --- Every name, and server and client go on -----------------------------

;; What follows is evaluated in a process of its own, the user's module of
;; which is left in ruins.

(define tools
  '((define lset-difference (@ (srfi srfi-1) lset-difference))
    (define (ruin! define? names interface)
      (module-for-each
       (lambda (name variable)
         (if (memq name names)
             (begin
               (if (not (macro? (variable-ref variable)))
                   (primitive-eval `(set! ,name 'ruined)))
               (if define?
                   (primitive-eval `(define ,name 'ruined))))))
       interface))
    (define (names-of interface)
      (module-map (lambda (name variable) name) interface))
    (define chat
      (let ((wait-until (@ (im reactor) wait-until)))
        (lambda ()
          (set! logging #f)
          (set! whoiam 'ann)
          (im-server-start #:address "127.0.0.1")
          (im-enroll "127.0.0.1" (socket-port-number server-socket))
          (wait-until (lambda () (equal? clients '(ann))) #:timeout 5)
          (im 'nobody "Hi")
          (im-exit)
          (wait-until (lambda () (null? (get-clients-list))) #:timeout 5)
          (im-server-close))))))

(define (symbols-of datum)
  (cond ((symbol? datum) (list datum))
        ((pair? datum)
         (append (symbols-of (car datum)) (symbols-of (cdr datum))))
        (else '())))

(define (file-symbols name)
  (call-with-input-file (%search-load-path name)
    (lambda (port)
      (let loop ((symbols '()))
        (let ((datum (read port)))
          (if (eof-object? datum)
              symbols
              (loop (append (symbols-of datum) symbols))))))))

(define program-names
  (append-map file-symbols
              '("im-common.scm" "im-server.scm" "im-client.scm")))

(define (chats? text)
  (and (string-contains text "server port: ")
       (string-contains text "User not found: nobody")
       (not (string-contains text "***"))
       (not (string-contains text "rror"))))

(define-syntax-rule (test-chat name form ...)
  (let ((text (apply guile-says
                     (append '((use-modules (stk))) tools
                             (list form ...) '((chat))))))
    (test-equal name text (and (chats? text) text))))

;; What a student has typed from chapter 3 of the book before.
(define of-the-book
  '(make-table lookup insert! assoc memoize make-queue front-ptr rear-ptr
    empty-queue? front-queue insert-queue! delete-queue! make-account
    make-accumulator make-monitored rand make-cycle last-pair append!
    make-wire inverter after-delay propagate probe make-agenda current-time
    first-agenda-item make-serializer make-mutex clear! stream-ref stream-map
    stream-filter display-stream display-line memo-proc get-signal
    set-signal! add-action! call-each add lookup-operation apply-generic
    attach-tag type-tag contents get put key value table entry))

(define (test-all-names)
  (define stk '(resolve-interface '(stk)))
  (define load-both
    '(for-each (@ (stk load) load) '("im-server" "im-client")))
  (test-chat "nothing redefined" load-both)
  (test-chat "names of the book, before"
    `(for-each (lambda (name) (primitive-eval `(define ,name 'mine)))
               ',of-the-book)
    load-both)
  (test-chat "every name of (stk), by set!, before the programs are loaded"
    `(ruin! #f (names-of ,stk) ,stk)
    load-both)
  (test-chat "and after: those that the programs don't mention, also by define"
    load-both
    `(ruin! #t (lset-difference eq? (names-of ,stk) ',program-names) ,stk))
  (test-chat "every other name that the programs' module imports"
    load-both
    `(for-each
      (lambda (interface)
        (ruin! #t
               (lset-difference eq? (names-of interface) ',program-names)
               interface))
      (filter (lambda (interface) (memq 'im (module-name interface)))
              (module-uses (current-module))))))

(run-tests "stk redefinition"
  `("definitions" ,test-definitions)
  `("assignments" ,test-assignments)
  `("all names" ,test-all-names))

;;; test-stk-oop.scm --- classes behave as CS61A's documents say
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; A story is definitions and what holds after them, in this order.  Every
;;; story is told four times: interpreted, compiled, and from a file that is
;;; loaded, as it is and compiled.

(use-modules (ice-9 match)
             (srfi srfi-1)
             (srfi srfi-64)
             ((stk load) #:prefix stk:)
             (stk oop)
             ((system base compile) #:select (compile compile-file)))

;;; --- Four ways to run a story ---------------------------------------

(define (new-module)
  (let ((module (make-fresh-user-module)))
    (module-use! module (resolve-interface '(stk oop)))
    module))

(define (compile-and-run form module) (compile form #:env module))

(define (one-by-one run)
  (lambda (forms module)
    (for-each (lambda (form) (run form module)) forms)))

(define (from-file load-file)
  "Return what calls LOAD-FILE in a module with a file of forms."
  (lambda (forms module)
    (let* ((port (mkstemp! (in-vicinity (or (getenv "TMPDIR") "/tmp")
                                        "story-XXXXXX")))
           (file (port-filename port)))
      (for-each (lambda (form) (write form port)) forms)
      (close-port port)
      (save-module-excursion
       (lambda () (set-current-module module) (load-file file)))
      (delete-file file))))

(define (load-object file)
  (let ((object (string-append file ".go")))
    (compile-file file #:output-file object #:env (current-module))
    (load-compiled object)
    (delete-file object)))

(define ways                            ; name, definitions, expressions
  `(("interpreted" ,(one-by-one eval) ,eval)
    ("compiled" ,(one-by-one compile-and-run) ,compile-and-run)
    ("loaded" ,(from-file stk:load) ,eval)
    ("loaded compiled" ,(from-file load-object) ,compile-and-run)))

(define (result-or-error run form module)
  (catch #t
    (lambda () (run form module))
    (lambda (key who text . rest)
      (list 'error (if (eq? key 'syntax-error)
                       text
                       (apply simple-format #f text (car rest)))))))

(define (story title definitions table)
  "Evaluate DEFINITIONS in each of the ways; then each row of TABLE has its
VALUE, (EXPRESSION VALUE), or its error, (EXPRESSION error TEXT)."
  (for-each
   (match-lambda
     ((way define-all run)
      (let ((module (new-module)))
        (define-all definitions module)
        (for-each
         (match-lambda
           ((form . expected)
            (test-equal (simple-format #f "~A, ~A: ~S" title way form)
              (if (null? (cdr expected)) (car expected) expected)
              (result-or-error run form module))))
         table))))
   ways))

;;; --- The manual's examples, retold ----------------------------------

(define account
  '(define-class (account balance)
     (method (deposit amount) (set! balance (+ balance amount)) balance)
     (method (withdraw amount)
       (if (> amount balance)
           "Insufficient funds"
           (begin (set! balance (- balance amount)) balance)))))

(define (test-account)
  (story "account"
    (list account
          '(define mine (instantiate account 100))
          '(define yours (instantiate account 7)))
    '(((ask mine 'balance) 100) ((ask mine 'deposit 25) 125)
      ((ask mine 'balance) 125)
      ((ask mine 'withdraw 200) "Insufficient funds")
      ((ask mine 'withdraw 5) 120) ((ask yours 'balance) 7)
      ((procedure? mine) #t) (((mine 'deposit) 1) 121)
      ((equal? mine yours) #f) ((object->string mine) "#<account>")
      ((object->string account) "#<class account>"))))

(define (test-checking)
  (story "checking account"
    (list account
          '(define-class (checking-account initial)
             (parent (account initial))
             (instance-vars (checks 0))
             (method (write-check amount)
               (set! checks (+ checks 1))
               (ask self 'withdraw (+ amount 1)))
             (method (deposit amount) (cons 'now (usual 'deposit amount)))
             (method (through-parent) (ask my-account 'deposit 1000)))
          '(define mine (instantiate checking-account 50)))
    '(((ask mine 'balance) 50) ((ask mine 'write-check 9) 40)
      ((ask mine 'checks) 1) ((ask mine 'deposit 10) (now . 50))
      ((ask mine 'through-parent) 1050) ((ask mine 'initial) 50))))

(define (test-counters)
  (story "counters share class variables"
    '((define-class (counter)
        (instance-vars (count 0))
        (class-vars (total 0) (all '()))
        (initialize (set! all (cons self all)))
        (method (next)
          (set! total (+ total 1))
          (set! count (+ count 1))
          (list count total)))
      (define one (instantiate counter))
      (define two (instantiate counter)))
    '(((ask one 'next) (1 1)) ((ask one 'next) (2 2))
      ((ask two 'next) (1 3)) ((ask counter 'total) 3) ((ask two 'total) 3)
      ((eq? (car (ask counter 'all)) two) #t)
      ((length (ask counter 'all)) 2)
      ((ask counter 'count)
       error "Bad message to class counter: count is no class \
variable there"))))

(define (test-person)
  (story "person and those who speak otherwise"
    '((define-class (person name)
        (instance-vars (said '()))
        (method (say what) (set! said what) what)
        (method (ask-politely what)
          (ask self 'say (append '(would you please) what)))
        (method (repeat) said)
        (method (greet) (ask self 'say (list 'hello 'i 'am name))))
      (define-class (pigger name)
        (parent (person name))
        (method (say what) (usual 'say (map list what))))
      (define-class (doctor name)
        (parent (person (list 'dr name)))
        (method (prescribe) (ask self 'say '(rest))))
      (define ann (instantiate person 'ann))
      (define piggy (instantiate pigger 'bob))
      (define dr (instantiate doctor 'eve)))
    '(((ask ann 'say '(hi)) (hi)) ((ask ann 'repeat) (hi))
      ((ask ann 'greet) (hello i am ann))
      ((ask piggy 'greet) ((hello) (i) (am) (bob)))
      ((ask piggy 'repeat) ((hello) (i) (am) (bob)))
      ((ask ann 'ask-politely '(go)) (would you please go))
      ((ask dr 'prescribe) (rest)) ((ask dr 'name) eve)
      ((ask dr 'greet) (hello i am (dr eve))))))

;;; --- Chat bots ------------------------------------------------------

(define bots
  '((define sent '())
    (define (im whom what) (set! sent (cons (list whom what) sent)) 'sent)
    (define-class (bot name)
      (class-vars (bots '()))
      (instance-vars (heard 0))
      (initialize (set! bots (cons name bots)))
      (method (received-msg from message)
        (set! heard (+ heard 1))
        (ask self 'answer from message))
      (method (answer from message) 'nothing)
      (default-method (list name 'ignores message args)))
    (define-class (echo-bot name)
      (parent (bot name))
      (method (answer from message) (im from message)))
    (define-class (grumpy-bot name patience)
      (parent (echo-bot name))
      (method (answer from message)
        (cond ((= patience 0) 'silent)
              (else (set! patience (- patience 1))
                    (usual 'answer from (list 'grr message))))))))

(define (test-bots)
  (story "chat bots"
    (append bots '((define echo (instantiate echo-bot 'echo))
                   (define grumpy (instantiate grumpy-bot 'grumpy 2))))
    '(((ask echo 'received-msg 'ann "hi") sent)
      ((ask grumpy 'received-msg 'ann "hi") sent)
      (sent ((ann (grr "hi")) (ann "hi")))
      ((ask grumpy 'received-msg 'ann "hi") sent)
      ((ask grumpy 'received-msg 'ann "hi") silent) ((ask grumpy 'heard) 3)
      ((ask grumpy 'patience) 0) ((ask echo 'heard) 1)
      ((ask bot 'bots) (grumpy echo))
      ((ask grumpy 'update '(ann bob)) (grumpy ignores update ((ann bob))))
      ((ask echo 'logout) (echo ignores logout ())))))

;;; --- Rules ----------------------------------------------------------

(define (test-order)
  (story "what happens in which order"
    '((define log '())
      (define (note x) (set! log (cons x log)) x)
      (define-class (left)
        (initialize (note 'left) (note (ask self 'kind)))
        (method (kind) 'left) (method (who) 'left))
      (define-class (right x)
        (initialize (note (list 'right x)))
        (method (kind) 'right) (method (only-right) (ask self 'kind)))
      (define-class (child x)
        (class-vars (made (note 'class)))
        (parent (left) (right (* x 10)))
        (instance-vars (y (note (+ x 1))))
        (initialize (define z y) (note (list 'child z)))
        (initialize (note 'again))
        (method (kind) (list 'child (usual 'kind))))
      (define c (instantiate child 4)))
    '(((reverse log) (class 5 left (child left) (right 40) (child 5) again))
      ((ask c 'kind) (child left)) ((ask c 'who) left)
      ((ask c 'only-right) (child left)) ((ask c 'y) 5))))

(define (test-defaults)
  (story "the nearest default method, after all methods"
    '((define-class (top)
        (method (known . args) (cons 'known args))
        (default-method (list 'top message args)))
      (define-class (side) (method (other) 'other))
      (define-class (middle) (parent (top) (side))
        (method (up) (usual 'unknown 1)))
      (define-class (bottom) (parent (middle))
        (default-method (list 'bottom (ask self 'known) message args)))
      (define m (instantiate middle))
      (define b (instantiate bottom)))
    '(((ask m 'unknown 1 2) (top unknown (1 2))) ((ask m 'other) other)
      ((ask m 'up) (top unknown (1))) ((ask b 'known 3) (known 3))
      ((ask b 'unknown) (bottom (known) unknown ())))))

(define (test-names)
  (story "any name may be a variable, any procedure redefined"
    '((define (list . x) 'my-list)
      (define (key x) 'my-key)
      (define ask-again ask)
      (define (map f l) 'my-map)
      (define (parent) 'free-parent)
      (define (method) 'free-method)
      (define-syntax-rule (if a b c) 'my-if)
      (define eq? 'my-eq)
      (define-class (odd value key)
        (class-vars (list '(class)))
        (instance-vars (lambda 1) (let 2) (cond 3) (message "m") (args 4))
        (method (values) (vector value key list lambda message args))
        (method (set-all! key) (set! value key) (set! list 'new) value)
        (method (talk message) message)
        (method (free) (vector (parent) (method) (map 1 2)))
        (method (odd) 'odd)
        (default-method (vector message args)))
      (define o (instantiate odd 5 6)))
    '(((ask o 'values) #(5 6 (class) 1 "m" 4)) ((ask o 'set-all! 9) 9)
      ((ask o 'values) #(9 6 new 1 "m" 4)) ((ask o 'let) 2)
      ((ask o 'cond) 3) ((ask o 'talk "hi") "hi")
      ((ask o 'free) #(free-parent free-method my-map)) ((ask o 'odd) odd)
      ((ask o 'what 1) #(what (1))) ((ask-again odd 'list) new))))

(define (test-scopes)
  (story "inner variables hide outer ones"
    '((define x 'global)
      (define-class (hide x)
        (instance-vars (x (list 'instance x)) (y x))
        (method (both) (list x y)))
      (define-class (named name) (method (name) (list 'mr name)))
      (define-class (rest a . more) (method (all) (cons a more)))
      (define (local n)
        (define-class (inside) (method (n) n) (method (self-ish) self))
        (instantiate inside))
      (define-class (early) (instance-vars (me self)))
      (define e (instantiate early)))
    '(((ask (instantiate hide 1) 'both) ((instance 1) 1))
      ((ask (instantiate hide 1) 'x) (instance 1))
      ((ask (instantiate named 'bean) 'name) (mr bean))
      ((ask (instantiate rest 1 2 3) 'all) (1 2 3))
      ((ask (instantiate rest 1 2 3) 'more) (2 3)) ((ask (local 5) 'n) 5)
      ((procedure? (ask (local 5) 'self-ish)) #t) ((eq? e (ask e 'me)) #t))))

(define (test-redefinition)
  (story "a class is redefined while its objects live"
    '((define-class (dog) (class-vars (dogs 0))
        (initialize (set! dogs (+ dogs 1)))
        (method (speak) 'woof))
      (define-class (puppy) (parent (dog)) (method (speak) (usual 'speak)))
      (define old (instantiate puppy))
      (define-class (dog) (class-vars (dogs 0))
        (initialize (set! dogs (+ dogs 1)))
        (method (speak) 'bark))
      (define new (instantiate puppy)))
    '(((ask old 'speak) woof) ((ask new 'speak) bark) ((ask old 'dogs) 1)
      ((ask dog 'dogs) 1)
      ((begin (define (ask . x) 'mine) (ask old 'speak)) mine))))

(define (test-by-hand)
  (story "an object in message-passing style"
    '((define (point x)
        (lambda (message)
          (if (equal? message 'x) (lambda () x) (list 'no-method message))))
      (define-syntax-rule (define-thing name)
        (define-class (name) (method (thing) 'name)))
      (define-thing stone))
    '(((ask (point 3) 'x) 3) ((ask (instantiate stone) 'thing) stone))))

;;; --- Errors ---------------------------------------------------------

(define (test-errors)
  (story "errors"
    (list account
          '(define-class (orphan) (method (up) (usual 'up)))
          '(define-class (child) (parent (account 1))
             (method (up) (usual 'up)))
          '(define-class (hasty) (instance-vars (x (ask self 'y))))
          '(define (deaf a) #f)
          '(define mine (instantiate account 1)))
    '(((ask mine 'fly) error "No method fly in class account")
      ((ask mine "fly" 2) error "No method \"fly\" in class account")
      ((mine 'fly) error "No method fly in class account")
      ((ask (instantiate child) 'fly) error "No method fly in class child")
      ((ask (instantiate child) 'up)
       error "No USUAL method up in class child")
      ((ask (instantiate orphan) 'up)
       error "Can't use USUAL without a parent: class orphan has none")
      ((ask account 'balance)
       error "Bad message to class account: balance is no class \
variable there")
      ((ask 'mine 'balance)
       error "Can't ask mine, which isn't an object, for balance")
      ((ask deaf 'hear) error "No method hear in #<procedure deaf (a)>")
      ((instantiate 'account 1)
       error "Can't instantiate account, which isn't a class")
      ((instantiate hasty)
       error "Can't ask for y yet: the object of class hasty is still being \
made; ask in its initialize clause")
      ((ask mine 'deposit)
       error "Wrong number of arguments for (deposit amount) in class \
account: ()")
      ((ask mine 'deposit 1 2)
       error "Wrong number of arguments for (deposit amount) in class \
account: (1 2)")
      ((ask mine 'balance 1)
       error "Wrong number of arguments for (balance) in class account: (1)")
      ((instantiate account)
       error "Wrong number of arguments for (account balance) in class \
account: ()"))))

(define slips                           ; what is expected, what is wrong
  '(("(define-class (NAME VARIABLE ...) CLAUSE ...)"
     () (a) ((a "x")) (("a")))
    ("a clause like (method (NAME ARGUMENT ...) BODY ...)" ((a) foo))
    ("(method (NAME ARGUMENT ...) BODY ...)"
     ((a) (method x 1)) ((a) (method (x))) ((a) (method ("x") 1))
     ((a) (method (x 1) 1)))
    ("(parent (CLASS ARGUMENT ...) ...)"
     ((a) (parent b)) ((a) (parent ("b"))))
    ("(instance-vars (VARIABLE VALUE) ...)"
     ((a) (instance-vars x)) ((a) (instance-vars (x))))
    ("(class-vars (VARIABLE VALUE) ...)" ((a) (class-vars ("x" 1))))
    ("(default-method BODY ...)" ((a) (default-method)))
    ("one of the clauses instance-vars, class-vars, method, parent, \
initialize and default-method"
     ((a) (metod (x) 1)))))

(define (test-slips)
  (for-each
   (match-lambda
     ((expected . slips)
      (for-each
       (lambda (slip)
         (test-equal (simple-format #f "slip: ~S" slip)
           (list 'error (string-append "expected " expected))
           (result-or-error eval (cons 'define-class slip) (new-module))))
       slips)))
   slips))

(define (test-documentation)
  (for-each
   (lambda (name)
     (test-assert (simple-format #f "~A is documented" name)
       (let ((value (module-ref (resolve-interface '(stk oop)) name)))
         (procedure-documentation
          (if (macro? value) (macro-transformer value) value)))))
   '(define-class instantiate ask)))

;;; --- Running the tests ----------------------------------------------

(define (report runner)
  (when (eq? (test-result-kind runner) 'fail)
    (simple-format #t "FAIL: ~A\n  ~S\n" (test-runner-test-name runner)
                   (test-result-alist runner))))

(define (run-tests name . tests)
  "Run TESTS, thunks, and exit: with success iff all passed."
  (let ((runner (test-runner-null)))
    (test-runner-on-test-end! runner report)
    (test-with-runner runner
      (test-begin name)
      (for-each (lambda (test) (test)) tests)
      (test-end name))
    (simple-format #t "~A: ~A passed, ~A failed\n" name
                   (test-runner-pass-count runner)
                   (test-runner-fail-count runner))
    (exit (zero? (test-runner-fail-count runner)))))

(run-tests "stk-oop"
  test-account test-checking test-counters test-person test-bots
  test-order test-defaults test-names test-scopes test-redefinition
  test-by-hand test-errors test-slips test-documentation)

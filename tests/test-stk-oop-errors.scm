;;; test-stk-oop-errors.scm --- a slip in a class or a message is told as one
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(use-modules (im-test) (stk-story) (ice-9 match) (srfi srfi-64) (stk oop))

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

(run-tests "stk oop errors"
  `("errors" ,test-errors)
  `("slips" ,test-slips))

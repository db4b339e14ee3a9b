;;; (stk oop) -- classes and objects as CS61A has them
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;;   (define-class (account balance)
;;;     (method (deposit amount)
;;;       (set! balance (+ balance amount))
;;;       balance))
;;;
;;;   (define mine (instantiate account 100))
;;;   (ask mine 'deposit 25)                  ; => 125
;;;
;;; What a class says becomes nested scopes, so that methods are closures and
;;; variables are plain variables: around all objects the class variables,
;;; then `self' and the instantiation variables of one object, then the
;;; objects my-PARENT, then the instance variables, and in them the methods.
;;; An object of a class with parents is thus several, one for each class;
;;; `self' is in all of them the outermost.
;;;
;;; `self', `usual', `my-PARENT', `message' and `args' are visible in what the
;;; user writes; the expansion uses nothing that the user may have redefined.

(define-module (stk oop)
  #:use-module (srfi srfi-1)
  #:use-module (srfi srfi-9)
  #:use-module (srfi srfi-9 gnu)
  #:export (define-class instantiate ask))

(define (oop-error text . values)
  (scm-error 'misc-error #f text values #f))

;;; --- Classes and objects --------------------------------------------

(define-record-type <class>
  (make-class name find-variable build)
  class?
  (name class-name)
  (find-variable class-find-variable)     ; symbol -> (-> value) | #f
  (build class-build))                    ; part self -> (arguments … ->)

(set-record-type-printer! <class>
  (lambda (class port)
    (simple-format port "#<class ~A>" (class-name class))))

;; What its class made of an object.
(define-record-type <part>
  (make-part class-name parents find-own initialize default)
  part?
  (class-name part-class-name)
  (parents part-parents set-part-parents!)         ; objects, as in `parent'
  (find-own part-find-own set-part-find-own!)      ; symbol -> procedure | #f
  (initialize part-initialize set-part-initialize!)
  (default part-default set-part-default!))        ; symbol -> procedure, or #f

;; Objects were procedures, and programs ask (procedure? object).  Applied to
;; a message, one returns its method.
(define <object>
  (make-struct/no-tail
   <applicable-struct-vtable>
   (make-struct-layout "pwpw")          ; the procedure, the part
   (lambda (object port)
     (simple-format port "#<~A>" (part-class-name (object-part object))))))

(define (object? x)
  (and (struct? x) (eq? (struct-vtable x) <object>)))

(define (object-part object) (struct-ref object 1))

(define (unfinished-object name)
  (define (too-early message)
    (oop-error "Can't ask for ~S yet: the object of class ~A is still being \
made; ask in its initialize clause" message name))
  (define part (make-part name '() too-early #f #f))
  (define object
    (make-struct/no-tail <object>
                         (lambda (message) (method-of object message))
                         part))
  object)

(define (finish! part find-own initialize default)
  (set-part-find-own! part find-own)
  (set-part-initialize! part initialize)
  (set-part-default! part default))

(define (build class self . arguments)
  "Return a new object of CLASS, not yet initialized, that is the SELF of its
methods; or else is part of SELF."
  (unless (class? class)
    (oop-error "Can't instantiate ~S, which isn't a class" class))
  (let ((object (unfinished-object (class-name class))))
    (apply ((class-build class) (object-part object) (or self object))
           arguments)
    object))

(define (initialize! object)
  (for-each initialize! (part-parents (object-part object)))
  ((part-initialize (object-part object))))

(define (instantiate class . arguments)
  "Return a new object of CLASS, whose instantiation variables are bound to
ARGUMENTS.  The parents are made and initialized first, in their order.
Raise an error if CLASS is no class or ARGUMENTS are too few or too many."
  (let ((object (apply build class #f arguments)))
    (initialize! object)
    object))

;;; --- Messages -------------------------------------------------------

(define (find-method object message)
  "Return the method or the variable's reader for MESSAGE in the class of
OBJECT or else, depth first, in its parents; or #f."
  (let ((part (object-part object)))
    (or ((part-find-own part) message)
        (find-in find-method (part-parents part) message))))

(define (find-default object message)
  (let* ((part (object-part object))
         (default (part-default part)))
    (if default
        (default message)
        (find-in find-default (part-parents part) message))))

(define (find-in find objects message)
  (any (lambda (object) (find object message)) objects))

(define (method-of object message)
  (or (find-method object message)
      (find-default object message)
      (oop-error "No method ~S in class ~A"
                 message (part-class-name (object-part object)))))

(define (usual-method part message)
  (let ((parents (part-parents part)))
    (when (null? parents)
      (oop-error "Can't use USUAL without a parent: class ~A has none"
                 (part-class-name part)))
    (or (find-in find-method parents message)
        (find-in find-default parents message)
        (oop-error "No USUAL method ~S in class ~A"
                   message (part-class-name part)))))

(define (usual-for part)
  "Return what is `usual' in methods of the class that made PART."
  (lambda (message . arguments)
    (apply (usual-method part message) arguments)))

(define (ask object message . arguments)
  "Return what the method MESSAGE, a symbol, of OBJECT returns for ARGUMENTS,
or the value of the instance, class or instantiation variable of that name.
OBJECT may be a class, which knows its class variables only.  A message that
neither the class nor its parents know goes to the nearest default method.
Raise an error if there is none, or if OBJECT is no object."
  (apply (cond ((object? object) (method-of object message))
               ((class? object) (class-variable-of object message))
               ((procedure? object) (method-of-procedure object message))
               (else (oop-error "Can't ask ~S, which isn't an object, \
for ~S" object message)))
         arguments))

(define (class-variable-of class message)
  (or ((class-find-variable class) message)
      (oop-error "Bad message to class ~A: ~S is no class variable there"
                 (class-name class) message)))

;; An object somebody wrote by hand, in message-passing style.
(define (method-of-procedure procedure message)
  (let ((method (procedure message)))
    (if (procedure? method)
        method
        (oop-error "No method ~S in ~S" message procedure))))

;;; --- What definitions expand to -------------------------------------

(define (wrong-arguments class call arguments)
  (oop-error "Wrong number of arguments for ~A in class ~A: ~S"
             call class arguments))

;; NAME is bound only so that the procedure is called so.
(define-syntax-rule (checked-lambda class (name . formals) body ...)
  (let ((name (case-lambda
                (formals body ...)
                (given (wrong-arguments 'class '(name . formals) given)))))
    name))

(define-syntax-rule (finder (name procedure) ...)
  (lambda (message)
    (cond ((eq? message 'name) procedure)
          ...
          (else #f))))

(define-syntax-rule (reader class variable)
  (checked-lambda class (variable) variable))

(define-syntax define-class
  (lambda (form)
    "(define-class (CLASS-NAME VARIABLE …) CLAUSE …): define CLASS-NAME as a
class.  Each CLAUSE, in any order and number, is one of

  (instance-vars (VARIABLE VALUE) …)    each object has its own
  (class-vars (VARIABLE VALUE) …)       all objects share them
  (method (NAME ARGUMENT …) BODY …)     for (ask OBJECT 'NAME ARGUMENT …)
  (parent (CLASS ARGUMENT …) …)         inherits from these, the first first
  (initialize BODY …)                   after an object is made
  (default-method BODY …)               for messages without a method

Bodies see these variables and may set! them; `self', the object asked; in
methods (usual MESSAGE ARGUMENT …), which asks the parents; my-CLASS, the
object's part that the parent CLASS made; in a default method `message' and
`args', what was asked.  A method comes before a variable of its name.
Variables of a parent are seen only by (ask self 'VARIABLE).
Raise a syntax error at a clause that isn't one of these."
    (syntax-case form ()
      ((_ (name . variables) clause ...)
       (and (identifier? #'name) (formals? #'variables))
       (let ((clauses #'(clause ...)))
         (for-each (lambda (clause) (check-clause form clause)) clauses)
         (class-definition #'name #'variables clauses)))
      (_
       (syntax-violation 'define-class
                         "expected (define-class (NAME VARIABLE ...) CLAUSE \
...)"
                         form)))))

(eval-when (expand load eval)

  (define (class-definition class variables clauses)
    (with-syntax ((name class)
                  (variables variables)
                  (self (in-scope class 'self))
                  (((variable value) ...) (parts 'class-vars clauses)))
      #`(define name
          (let ((variable value) ...)
            (make-class
             'name
             (finder (variable (reader name variable)) ...)
             (lambda (part self)
               (checked-lambda name (name . variables)
                 #,(parents-and-rest class #'part #'self clauses
                                     (formal-variables #'variables)))))))))

  (define (parents-and-rest class part self clauses variables)
    (with-syntax ((usual (in-scope class 'usual))
                  (((parent argument ...) ...) (parts 'parent clauses))
                  (((variable value) ...) (parts 'instance-vars clauses)))
      (with-syntax (((mine ...) (map my #'(parent ...))))
        #`(let ((mine (build parent #,self argument ...)) ...)
            (set-part-parents! #,part (list mine ...))
            (let ((variable value) ...)
              (let ((usual (usual-for #,part)))
                #,(methods-and-rest class part clauses
                                    (append #'(variable ...) variables))))))))

  (define (methods-and-rest class part clauses variables)
    (with-syntax ((part part)
                  ((step ...) (parts 'initialize clauses))
                  (variables (append variables
                                     (map car-syntax
                                          (parts 'class-vars clauses)))))
      #`(finish! part
                 #,(methods class (of-kind 'method clauses) #'variables)
                 (lambda () #f step ...)
                 #,(default class (parts 'default-method clauses)))))

  (define (methods class clauses variables)
    (with-syntax ((class class)
                  (((keyword (name . formals) body ...) ...) clauses)
                  ((variable ...) variables))
      #'(finder (name (checked-lambda class (name . formals) body ...))
                ...
                (variable (reader class variable))
                ...)))

  (define (default class body)
    (with-syntax ((message (in-scope class 'message))
                  (args (in-scope class 'args)))
      (if (null? body)
          #'#f
          #`(lambda (message) (lambda args #,@body)))))

  (define (in-scope name symbol)
    "Return the identifier SYMBOL as whoever wrote NAME would write it."
    (datum->syntax name symbol))

  (define (my parent)
    (in-scope parent (symbol-append 'my- (syntax->datum parent))))

  (define (car-syntax form) (syntax-case form () ((a . b) #'a)))
  (define (kind clause) (syntax->datum (car-syntax clause)))

  (define (of-kind wanted clauses)
    (filter (lambda (clause) (eq? (kind clause) wanted)) clauses))

  (define (parts wanted clauses)
    "Return as one list what the WANTED clauses have after their keyword."
    (append-map (lambda (clause)
                  (syntax-case clause () ((keyword part ...) #'(part ...))))
                (of-kind wanted clauses)))

  (define (formal-variables formals)
    (syntax-case formals ()
      (() '())
      ((first . rest) (cons #'first (formal-variables #'rest)))
      (rest (list #'rest))))

  (define (formals? formals)
    (every identifier? (formal-variables formals)))

  (define (bindings? bindings)
    (syntax-case bindings ()
      (((variable value) ...) (every identifier? #'(variable ...)))
      (_ #f)))

  (define (parents? parents)
    (syntax-case parents ()
      (((class argument ...) ...) (every identifier? #'(class ...)))
      (_ #f)))

  (define (check-clause form clause)
    "Raise a syntax error that shows what is expected unless CLAUSE is right."
    (define (expect right? shape)
      (unless right?
        (syntax-violation 'define-class (string-append "expected " shape)
                          form clause)))
    (syntax-case clause ()
      ((keyword part ...)
       (check-parts expect (syntax->datum #'keyword) #'(part ...)))
      (_ (expect #f "a clause like (method (NAME ARGUMENT ...) BODY ...)"))))

  (define (check-parts expect keyword parts)
    (case keyword
      ((instance-vars class-vars)
       (expect (bindings? parts)
               (simple-format #f "(~A (VARIABLE VALUE) ...)" keyword)))
      ((method)
       (expect (syntax-case parts ()
                 (((name . formals) body rest ...)
                  (and (identifier? #'name) (formals? #'formals)))
                 (_ #f))
               "(method (NAME ARGUMENT ...) BODY ...)"))
      ((parent) (expect (parents? parts) "(parent (CLASS ARGUMENT ...) ...)"))
      ((default-method) (expect (pair? parts) "(default-method BODY ...)"))
      ((initialize) #t)
      (else (expect #f "one of the clauses instance-vars, class-vars, method, \
parent, initialize and default-method")))))

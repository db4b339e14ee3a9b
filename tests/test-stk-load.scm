;;; test-stk-load.scm --- load finds the file that a program means
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(use-modules (im-test) (stk-test) (ice-9 format) (srfi srfi-64))

;;; --- Case -----------------------------------------------------------------

(define (read-all text)
  (with-fluids ((current-reader (fluid-ref current-reader)))
    (in-stk '(fold-case! #t))
    (let ((port (open-input-string text)))
      (let loop ((data '()))
        (let ((datum ((or (fluid-ref current-reader) read) port)))
          (if (eof-object? datum)
              (reverse data)
              (loop (cons datum data))))))))

(define (test-case)
  (test-equal "kept" '(#t FooBar)
    (list (not ((@ (stk text) file-reader)))
          (in-stk '(with-input-from-string "FooBar" read))))
  (test-equal "folded: symbols, and nothing else"
    '(foo (bar . baz) "Foo" #\A #(x (y)) (quote z) 12)
    (read-all "Foo (BAR . Baz) \"Foo\" #\\A #(X (Y)) 'Z 12"))
  (test-equal "a file that says so folds up to its end" '(1 FooBar)
    (let ((module (fresh-user)))
      (load-file "(fold-case! #t) (DEFINE (Foo) 1) (define x (FOO))" module)
      (load-file "(define y 'FooBar)" module)
      (list (eval 'x module) (eval 'y module))))
  (test-equal "and so does one that is loaded with #:fold-case" '(1 foobar)
    (with-file "(DEFINE (Foo) 1) (define y '(FooBar))"
      (lambda (name)
        (in-stk `(load ,name #:fold-case #t) '(list (foo) (car y)))))))

;;; --- Which file -----------------------------------------------------------

;; A file of this tree that says where it is, or one that loads another.
(define tree
  '(("here/x" here/x) ("here/x.stk" here/x.stk) ("here/a.stk" here/a.stk)
    ("here/a.stklos" here/a.stklos) ("here/a.scm" here/a.scm)
    ("here/b.stklos" here/b.stklos) ("here/b.scm" here/b.scm)
    ("here/c.scm" here/c.scm) ("here/d.so" here/d.so)
    ("here/both" here/both) ("here/wider.scm" here/wider.scm)
    ("here/dir.scm" here/dir.scm) ("here/dir/x" here/dir/x)
    ("here/sub/main.scm" load "x") ("here/sub/x.scm" here/sub/x.scm)
    ("here/sub/up.scm" load "c")
    ("here/sub/twice.scm" load "deeper/again")
    ("here/sub/deeper/again.scm" load "x")
    ("here/sub/deeper/x.stk" here/sub/deeper/x.stk)
    ("library/both" library/both) ("library/wider" library/wider)
    ("library/im-lab.scm" library/im-lab.scm)
    ("library/main.scm" load "x") ("library/x.scm" library/x.scm)
    ("home/x.scm" home/x.scm)))

(define (make-directories name)
  (let ((parent (dirname name)))
    (unless (file-exists? parent)
      (make-directories parent)
      (mkdir parent))))

(define (write-tree! root)
  (for-each
   (lambda (entry)
     (let ((file (in-vicinity root (car entry))))
       (make-directories file)
       (call-with-output-file file
         (lambda (port)
           (write (if (eq? (cadr entry) 'load)
                      (cdr entry)
                      `(define found ',(cadr entry)))
                  port)))))
   tree))

(define (in-tree use)
  "Call USE in directory `here' of a tree of files; `library' is on the load
path, `home' is where HOME says."
  (let ((root (mkdtemp (string-append (or (getenv "TMPDIR") "/tmp")
                                      "/load-XXXXXX")))
        (before (list (getcwd) %load-path (getenv "HOME"))))
    (write-tree! root)
    (dynamic-wind
      (lambda ()
        (chdir (in-vicinity root "here"))
        (set! %load-path (cons (in-vicinity root "library") %load-path))
        (setenv "HOME" (in-vicinity root "home")))
      (lambda () (use root))
      (lambda ()
        (chdir (car before))
        (set! %load-path (cadr before))
        (setenv "HOME" (caddr before))
        (system* "rm" "-r" root)))))

(define (found name)
  "Return which file of the tree (load NAME) finds, or what it says."
  (let ((module (fresh-user)))
    (save-module-excursion
     (lambda ()
       (set-current-module module)
       (let ((problem (failure (eval `(load ,name) module))))
         (if (module-variable module 'found)
             (module-ref module 'found)
             (cadr problem)))))))

(define (test-which-file)
  (in-tree
   (lambda (root)
     (define (finds name file)
       (test-equal (format #f "~s is ~a" name file) file (found name)))
     (for-each
      finds
      `("x" "x.stk" "a" "b" "c" "both" "wider" "dir" "dir/x" "im-lab"
        "sub/main" "sub/main.scm" "sub/up" "sub/twice" "main"
        ,(in-vicinity root "here/c") ,(in-vicinity root "here/c.scm")
        "~/x" "~no-such-user/lib/im-lab" "~no-such-user/lib/im-lab.scm"
        "~no-such-user/x")
      '(here/x here/x.stk here/a.stk here/b.stklos here/c.scm here/both
        here/wider.scm here/dir.scm here/dir/x library/im-lab.scm
        here/sub/x.scm here/sub/x.scm here/c.scm here/sub/deeper/x.stk
        library/x.scm here/c.scm here/c.scm
        home/x.scm library/im-lab.scm library/im-lab.scm library/x.scm))
     (let ((user (false-if-exception (getpwuid (getuid)))))
       (when (and user (file-exists? (passwd:dir user)))
         (test-assert "~user/ is that user's home, and not the library"
           (string-contains
            (found (string-append "~" (passwd:name user) "/im-lab"))
            "there is no file"))))
     (set! %load-path (cons "sub" %load-path))
     (test-equal "a file on a relative load path loads what is beside it"
       'here/sub/deeper/x.stk (found "deeper/again"))
     (test-assert "no file: the error says what was wanted"
       (string-contains (found "no/such") "load: there is no file \"no/such\""))
     (test-assert "no name"
       (string-contains (found ''x) "not x"))
     (test-assert "code of another interpreter"
       (string-contains (found "d") "can't run"))
     (test-equal "a program of its own loads what is beside it"
       "here/sub/x.scm"
       (run-guile (in-vicinity root "here/sub/script.scm")
                  '(use-modules (stk)) '(load "x") '(display found))))))

(define (run-guile file . forms)
  (call-with-output-file file
    (lambda (port)
      (for-each (lambda (form) (write form port)) forms)))
  (guile-says-file file))

;;; --- What it does ---------------------------------------------------------

(define (test-loading)
  (let ((module (fresh-user)))
    (test-equal "an error in the middle leaves what was before it"
      '(misc-error 1)
      (let ((key (failure (load-file '((define x 1) (error "stop" x)
                                       (define x 2))
                                     module))))
        (list (car key) (eval 'x module)))))
  (test-equal "a file loads others inside catch" '(#f #t)
    (with-file '((define loaded 'yes))
      (lambda (name)
        (list (in-stk `(catch (load ,name)))
              (in-stk '(catch (load "no such file"))))))))

(run-tests "stk load"
  `("which file" ,test-which-file)
  `("loading" ,test-loading)
  `("case" ,test-case))

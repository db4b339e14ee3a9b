;;; test-stk.scm --- the course interpreter: what (stk) has, and how it behaves
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; Expressions are evaluated in a module of their own that uses (stk), as a
;;; program's are.  Classes, words and streams have tests of their own; here
;;; we only see that they are there.

(use-modules (im-test) (im dispatch) (ice-9 format) (ice-9 match)
             (ice-9 popen) (ice-9 textual-ports) (srfi srfi-1) (srfi srfi-64)
             ((im socket) #:prefix im:) ((im reactor) #:prefix im:)
             ((im limits) #:select (im-limit)))

(define (fresh-user)
  (let ((module (make-fresh-user-module)))
    (module-use! module (resolve-interface '(stk)))
    module))

(define (in-stk . forms)
  "Return the value of the last of FORMS, a program's."
  (let ((module (fresh-user)))
    (fold (lambda (form value) (eval form module)) #f forms)))

(define-syntax-rule (gives (expression value) ...)
  (begin (test-equal (object->string 'expression) value
                     (in-stk 'expression))
         ...))

(define-syntax-rule (fails (expression text) ...)
  (begin (test-assert (object->string 'expression)
           (says? (failure (in-stk 'expression)) text))
         ...))

;;; --- format, error --------------------------------------------------------

(define (printed . forms)
  (call-with-output-string
   (lambda (port)
     (parameterize ((current-output-port port))
       (apply in-stk forms)))))

(define (test-format)
  (gives ((format #f "") "")
         ((format #f "~a ~A ~s ~S ~w ~W" "a" 'b "c" #\d "e" '("f"))
          "a b \"c\" #\\d \"e\" (\"f\")")
         ((format #f "a~%b~~c") "a\nb~c")
         ((format #f "~d 100~ ~q~") "~d 100~ ~q~")
         ((format #f "~a" '("x" #\y)) "(x y)")
         ((let ((logging #f)) (format logging "~a~%" 1)) "1\n")
         ((call-with-output-string (lambda (p) (format p "~s" "x")))
          "\"x\""))
  (test-equal "#t prints" "1\n" (printed '(format #t "~a~%" 1)))
  (test-equal "a variable as destination" "on\n"
              (printed '(define logging #t) '(format logging "on~%")))
  (fails ((format 3 "x") "format: bad port: 3")
         ((format #t 'x) "format: bad template: x")
         ((format #f "~a ~a" 1) "2 values, but there is 1 to put there")
         ((format #f "~a" 1 2) "1 value, but there are 2 to put there")))

(define (test-format-to-socket)
  (match (connected-pair)
    ((socket . peer)
     (let ((module (fresh-user)))
       (module-define! module 'port (im:socket-output socket))
       (eval '(format port "~s~S~a" '(a "B\n" Bob) 'Bob 'Bob) module)
       (eval '(flush port) module)
       (test-equal "~s to a socket writes what STk reads"
         "(a \"B\\n\" |Bob|)|Bob|Bob"
         (hear peer "(a \"B\\n\" |Bob|)|Bob|Bob"))
       (eval '(format port "~s" car) module)
       (eval '(flush port) module)
       (test-equal "even what no request can have"
         "#<procedure car (_)>" (hear peer "#<procedure car (_)>"))
       (im:socket-shutdown socket)))))

(define (test-error)
  (define (message . arguments)
    (match (failure (in-stk `(error ,@arguments)))
      (('misc-error text) (string-trim-right text #\newline))))
  (test-equal "a message in a row"
    '("" "bad" "bad 3" "bad: (1 x) b" "one two 3" "foo bar ~a 3" "x: 3")
    (list (message) (message "bad") (message "bad" 3)
          (message "bad:" ''(1 "x") ''b) (message ''one "two" 3)
          (message ''foo "bar ~a" 3) (message "x: " 3)))
  (test-equal "a template"
    '("bad \"x\" and y" "~ 3" "two\nlines")
    (list (message "bad ~s and ~A" "x" "y") (message "~~ ~a" 3)
          (message "two~%lines")))
  (test-equal "what looks like one is shown all the same"
    '("100~ sure 3" "~a and ~a 3")
    (list (message "100~ sure" 3) (message "~a and ~a" 3))))

;;; --- catch ----------------------------------------------------------------

(define (test-catch)
  (gives ((catch) #f)
         ((catch 1) #f)
         ((catch 1 2 3 4) #f)
         ((catch (car 1)) #t)
         ((catch 1 (car 1) 2) #t)
         ((catch (error "x")) #t)
         ((catch (no-such-procedure)) #t)
         ((catch (throw 'key)) #t)
         ((catch (raise-exception 3)) #t)
         ((catch (catch (car 1)) 2) #f)
         ((catch 'quoted (car 1)) #t)
         ((catch #t (car 1)) #t)
         ((catch (define x 1) (set! x (+ x 1)) (if (= x 2) (car x))) #t)
         ((if (not (catch (car '()))) 'fine 'wrong) 'wrong)
         ((let ((n 0)) (catch (set! n 1) (car n) (set! n 2)) n) 1)
         ((let ((f (lambda (x) (catch (vector-ref x 0))))) (f '#())) #t))
  (test-equal "nothing is printed" '("" "")
    (let* ((output #f)
           (errors (printed-errors (set! output
                                     (printed '(catch (car 1)))))))
      (list output errors))))

(define (test-guiles-catch)
  (gives ((catch #t (lambda () (car 1)) (lambda (key . rest) key))
          'wrong-type-arg)
         ((catch 'mine (lambda () (throw 'mine 1)) list) '(mine 1))
         ((catch (quote mine) (lambda () 5) list) 5)
         ((let ((seen '()))
            (catch 'mine
              (lambda () (throw 'mine))
              (lambda (key) (cons 'post seen))
              (lambda (key) (set! seen '(pre)))))
          '(post pre))
         ((apply catch #t (list (lambda () 1) list)) 1)
         ((let ((catch (lambda (x) x))) (catch 2)) 2)
         ((let ((key 'mine))
            ((@ (guile) catch) key (lambda () (throw key)) list))
          '(mine))
         ((procedure? catch) #t)))

(define (test-what-catch-lets-through)
  (test-equal "exit" 'quit
              (car (failure (in-stk '(catch (exit 3))))))
  (test-equal "Ctrl-C" 'signal
              (car (failure (in-stk '(catch (scm-error 'signal #f "" '()
                                                       '(2)))))))
  (test-equal "a real one" 'signal
    (let ((before #f))
      (dynamic-wind
        (lambda ()
          (set! before
            (sigaction SIGUSR1 (lambda (signal) (throw 'signal signal)))))
        (lambda ()
          (car (failure (in-stk '(catch (kill (getpid) SIGUSR1)
                                        (let loop () (usleep 10) (loop)))))))
        (lambda () (sigaction SIGUSR1 (car before) (cdr before))))))
  (test-equal "a continuation" 'out
    (in-stk '(call/cc (lambda (k) (catch (k 'out)))))))

(define (test-catch-in-handlers)
  (define module (fresh-user))
  (define (result) (module-ref module 'result))
  (match-let (((socket . peer) (connected-pair))
              ((other . other-peer) (connected-pair)))
    (module-define! module 'port (im:socket-input socket))
    (module-define! module 'other (im:socket-input other))
    (for-each (lambda (form) (eval form module))
              '((define result '())
                (define (note! x) (set! result (cons x result)))
                (when-port-readable port
                  (lambda ()
                    (note! (catch (note! (read-line port))
                                  (if (eof-object? (car result))
                                      (when-port-readable port #f)
                                      (car (car result)))
                                  (read-char 'no-port)))))
                (when-port-readable other
                  (lambda () (note! (read-line other))))))
    (say peer "one ")
    (steps)
    (test-equal "it waits inside catch" '() (result))
    (say other-peer "meanwhile\n")
    (soon (lambda () (pair? (result))))
    (test-equal "and nobody else does" '((meanwhile)) (result))
    (say peer "two\n")
    (soon (lambda () (pair? (cdr (result)))))
    (test-equal "an error after that is caught" '(#t (one two) (meanwhile))
                (result))
    (hang-up peer)
    (steps)
    (test-equal "and so it is each time" '(#t #t)
                (list (car (result)) (eof-object? (cadr (result)))))
    (im:socket-shutdown socket)
    (im:socket-shutdown other)))

;;; --- Small things ---------------------------------------------------------

(define (test-values)
  (gives (nil '())
         ((getenv "NO_SUCH_VARIABLE_HERE") #f)
         ((begin (put 'add '(number number) +) (get 'add '(number number)))
          +)
         ((get 'add '(no such type)) #f)
         ((begin (put 'a 'b 1) (put 'a 'b 2) (put 'b 'a 3)
                 (list (get 'a 'b) (get 'b 'a) (get 'b 'b)))
          '(2 3 #f))
         ((random 1) 0)
         ((let loop ((i 0) (seen '()))
            (if (= i 500)
                (sort seen <)
                (let ((n (random 4)))
                  (loop (+ i 1) (if (memv n seen) seen (cons n seen))))))
          '(0 1 2 3))
         ((procedure? (@ (guile) catch)) #t))
  (fails ((random 0) "random")))

(define (test-strings-and-lists)
  (gives ((string-index "lo" "hello") 3)
         ((string-index "l" "hello") 2)
         ((string-index "" "hello") 0)
         ((string-index "x" "hello") #f)
         ((string-index "hello" #\l) 2)
         ((string-index "hello" #\l 3) 3)
         ((string-index "hello" char-upper-case?) #f)
         ((string-index "heLlo" char-set:upper-case) 2)
         ((split-string " a\tb \n c ") '("a" "b" "c"))
         ((split-string "/usr//lib/" "/") '("usr" "lib"))
         ((split-string "a.b,c" ",.") '("a" "b" "c"))
         ((split-string "a b,c" #\,) '("a b" "c"))
         ((split-string "") '())
         ((filter even? '(1 2 3 4)) '(2 4))
         ((delete 2 '(1 2 3 2)) '(1 3))
         ((delete '(a) '((a) b)) '(b))
         ((delete 2 '(1 2 3) <) '(1 2))
         ((remove 2 '(1 2 3 2)) '(1 3))
         ((remove "a" '("a" "b")) '("b"))
         ((remove even? '(1 2 3 4)) '(1 3))
         ((remove 'x '()) '())))

(define (test-exec)
  (gives ((exec "echo hi") "hi\n")
         ((exec "echo one; echo two") "one\ntwo\n")
         ((exec "printf x") "x")
         ((exec "exit 1") "")
         ((exec "echo partly; exit 1") "")
         ((exec "no-such-command-here 2>/dev/null") "")
         ((exec "cat") "")                    ; it waits for no input
         ((string-length (exec "yes | head -c 200000")) 200000)
         ((exec "printf '\\303\\244'")
          (if (equal? (port-encoding (current-input-port)) "UTF-8")
              "ä"
              (in-stk '(exec "printf '\\303\\244'")))))
  (fails ((exec 'date) "exec: bad command: date"))
  (let ((ticks 0))
    (im:after 0 (lambda () (set! ticks (1+ ticks))))
    (in-stk '(exec "sleep 0.05"))
    (test-equal "handlers run while it waits" 1 ticks))
  (when (file-exists? "/proc/self/fd")
    (match-let* (((socket . peer) (connected-pair))
                 (server (im:make-server-socket)))
      (test-equal "a program that is started has none of our sockets" ""
        (in-stk '(exec "ls -l /proc/self/fd | grep socket: || true")))
      (im:socket-shutdown server)
      (im:socket-shutdown socket)
      (hang-up peer))))

;;; --- Reading --------------------------------------------------------------

(define-syntax-rule (from text expression ...)
  (let ((module (fresh-user)))
    (module-define! module 'port (open-input-string text))
    (eval '(begin expression ...) module)))

(define (test-reading)
  (test-equal "read-line gives words"
    '((hello "Bob" 42 "007" "don't") () (next) #t)
    (from "  hello Bob 42\t007 don't \r\n\nnext"
          (let* ((a (read-line port)) (b (read-line port))
                 (c (read-line port)) (d (read-line port)))
            (list a b c (eof-object? d)))))
  (test-equal "string-length of what it gives is the line's, as in bare STk"
    '(10 0 3)
    (from "two  words\n\n"
          (let* ((one (string-length (read-line port)))
                 (none (string-length (read-line port))))
            (list one none (string-length "abc")))))
  (test-equal "read" '((a "B") #t)
    (from "(a \"B\") " (let ((datum (read port)))
                         (list datum (eof-object? (read port))))))
  (test-equal "without a port, the current one" '((a b) c)
    (with-input-from-string "a b\nc"
      (lambda () (in-stk '(let ((line (read-line))) (list line (read)))))))
  (gives ((port-closed? (open-input-string "")) #f)
         ((let ((p (open-input-string ""))) (close-port p) (port-closed? p))
          #t)
         ((char-ready? (open-input-string "")) #t))
  (fails ((port-closed? #f) "port-closed?: bad port: #f")
         ((port-closed? '()) "port-closed?: bad port: ()")
         ((read #f) "read: bad port: #f")
         ((read-line 3) "read-line: bad port: 3")
         ((string-length '(a b)) "string-length"))
  (for-each
   (lambda (procedure)
     (test-assert (format #f "~a of a closed port is an error" procedure)
       (pair? (failure (in-stk `(let ((p (open-input-string "x")))
                                  (close-port p)
                                  (,procedure p)))))))
   '(read read-line char-ready?)))

(define (test-reading-sockets)
  (define (with-peer use)
    (match (connected-pair)
      ((socket . peer)
       (let ((module (fresh-user)))
         (module-define! module 'port (im:socket-input socket))
         (use (lambda (form) (eval form module)) peer
              (im:socket-input socket))
         (im:socket-shutdown socket)))))
  (with-peer
   (lambda (run peer port)
     (say peer "(a |Bob|) one Two\r\nthree")
     (test-equal "a datum and the rest of its line"
       '((a Bob) (one "Two"))
       (list (run '(read port)) (run '(read-line port))))
     (hang-up peer)
     (test-equal "a last line without end" '(three) (run '(read-line port)))
     (test-equal "char-ready? is true at the end, and then there is no more"
       '(#t #t #t)
       (list (run '(char-ready? port))
             (eof-object? (run '(read-line port)))
             (eof-object? (run '(read port)))))
     (run '(close-port port))
     (test-assert "a closed socket's port is a bad port"
       (says? (failure (run '(read port))) "bad port"))))
  (with-peer
   (lambda (run peer port)
     (say peer "#,(foo)")
     (test-assert "what is no plain datum is bad input"
       (says? (failure (run '(read port))) "bad input"))))
  (with-peer
   (lambda (run peer port)
     (im:after 0 (lambda () (flood peer (make-string 4096 #\x))))
     (test-assert "a line has a limit"
       (says? (failure (run '(read-line port)))
              "more than 65536 characters"))))
  (with-peer
   (lambda (run peer port)
     (let ((usual (im-limit 'request-seconds)))
       (im-limit 'request-seconds 1)
       ((@ (im primitives) %limit-stream!) port)
       (im-limit 'request-seconds usual))
     (say peer "never complete")
     (test-assert "and a deadline, if its socket has one"
       (not (equal? (failure (run '(read-line port))) '(never complete)))))))

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
      (load-text module "(fold-case! #t) (DEFINE (Foo) 1) (define x (FOO))")
      (load-text module "(define y 'FooBar)")
      (list (eval 'x module) (eval 'y module)))))

(define (load-text module text)
  (let* ((port (mkstemp! (string-append (or (getenv "TMPDIR") "/tmp")
                                        "/stk-XXXXXX")))
         (name (port-filename port)))
    (display text port)
    (close-port port)
    (save-module-excursion
     (lambda ()
       (set-current-module module)
       (eval `(load ,name) module)))
    (delete-file name)))

;;; --- The module -----------------------------------------------------------

(define (guile-says . expressions)
  "Return what a guile of its own prints, on either port."
  (let* ((guile (if (getenv "abs_top_builddir")
                    (string-append (getenv "abs_top_builddir")
                                   "/pre-inst-env guile")
                    "guile"))
         (pipe (open-input-pipe
                (format #f "~a --no-auto-compile -q -c ~s 2>&1 </dev/null"
                        guile
                        (string-join
                         (map object->string expressions) " "))))
         (said (get-string-all pipe)))
    (close-pipe pipe)
    said))

(define look-at-all
  '(module-for-each (lambda (name variable)
                      (module-variable (current-module) name))
                    (resolve-interface '(stk))))

(define (test-quiet)
  (test-equal "(use-modules (stk)) prints nothing" ""
              (guile-says '(use-modules (stk)) look-at-all))
  (test-equal "what is imported later wins, and prints nothing"
    "(1 (2) #t #t #t)"
    (guile-says '(use-modules (stk))
                '(use-modules (srfi srfi-1) (ice-9 format) (ice-9 rdelim))
                '(write (list (first '(1 2)) (remove odd? '(1 2))
                              (eq? first (@ (srfi srfi-1) first))
                              (eq? format (@ (ice-9 format) format))
                              (eq? read-line (@ (ice-9 rdelim) read-line))))
                look-at-all))
  (test-equal "and so does (stk), later" "(b #t)"
    (guile-says '(use-modules (srfi srfi-1) (ice-9 format) (ice-9 rdelim))
                '(use-modules (stk))
                '(write (list (first 'bob) (catch (car 1))))
                look-at-all))
  (test-equal "the programs of the library load beside it" ""
    (guile-says '(use-modules (stk))
                '(load "im-server")
                '(load "~cs61a/lib/im-client") look-at-all)))

(define names
  '(make-client-socket make-server-socket socket-accept-connection socket-dup
    socket-shutdown socket-input socket-output socket-host-name
    socket-host-address socket-local-address socket-port-number socket?
    socket-down? when-socket-ready when-port-readable when-port-writable
    port-closed? read char-ready? flush format catch error nil string->word
    word sentence se first bf butfirst last bl butlast item member? empty?
    count every keep appearances cons-stream stream-car stream-cdr
    the-empty-stream stream-null? exec getenv string-index split-string
    read-line filter delete remove random put get define-class instantiate
    ask load))

(define (test-names)
  (let ((module (fresh-user)))
    (test-equal "every name of the contract is there" '()
      (remove (lambda (name) (module-variable module name)) names)))
  (module-for-each
   (lambda (name variable)
     (let* ((value (variable-ref variable))
            (what (if (macro? value) (macro-transformer value) value)))
       (when (procedure? what)
         (test-assert (format #f "~a has a docstring" name)
           (string? (procedure-documentation what))))))
   (resolve-interface '(stk)))
  (gives ((sentence 'hello (word 'b 'o 'b)) '(hello bob))
         ((stream-car (stream-cdr (cons-stream 1 (cons-stream 2 '())))) 2)
         ((begin (define-class (bot name)
                   (method (greet who) (sentence 'hi who 'from name)))
                 (ask (instantiate bot 'ann) 'greet 'bob))
          '(hi bob from ann))))

(run-tests "stk"
  `("format" ,test-format)
  `("format to a socket" ,test-format-to-socket)
  `("error" ,test-error)
  `("catch" ,test-catch)
  `("Guile's catch" ,test-guiles-catch)
  `("what catch lets through" ,test-what-catch-lets-through)
  `("catch in handlers" ,test-catch-in-handlers)
  `("values" ,test-values)
  `("strings and lists" ,test-strings-and-lists)
  `("exec" ,test-exec)
  `("reading" ,test-reading)
  `("reading sockets" ,test-reading-sockets)
  `("case" ,test-case)
  `("quiet" ,test-quiet)
  `("names" ,test-names))

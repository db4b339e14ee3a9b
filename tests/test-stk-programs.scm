;;; test-stk-programs.scm --- programs written for STk run unmodified
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; A program is a file that is loaded into a module of its own that uses
;;; (stk); its peers are plain sockets.  While it waits, `meanwhile' does what
;;; they do.

(use-modules (im-test) (stk-test) (srfi srfi-64)
             ((im reactor) #:prefix im:))

(define user #f)                        ; the module of the program

(define (new-user)
  (set! user (fresh-user)))

(define (value-of form)
  (eval form user))

(define (load-program . forms)
  "Load a file with FORMS; return what it prints."
  (call-with-output-string
   (lambda (port)
     (parameterize ((current-output-port port))
       (load-file forms user)))))

(define (free-port)
  (let* ((listener (listen-here)) (port (port-of listener)))
    (close-port listener)
    port))

(define (meanwhile thunk)
  "Call THUNK as soon as the program waits."
  (im:after 0 thunk))

(define (rings port text)
  "Return a peer that calls PORT and says TEXT."
  (let ((peer (call port)))
    (say peer text)
    peer))

;;; --- The five programs of STk's manual ------------------------------------

(define (test-client)
  (new-user)
  (let* ((daytime (listen-here)) (peer #f))
    (im:when-port-readable daytime
      (lambda ()
        (set! peer (take-call daytime))
        (say peer "Mon May 6 12:34:56 1996\r\n")
        (hang-up peer)))
    (test-equal "a client reads the line of a daytime server"
      "Time is: (Mon May 6 12:34:56 1996)\n"
      (load-program
       `(let ((s (make-client-socket "localhost" ,(port-of daytime))))
          (format #t "Time is: ~A~%" (read-line (socket-input s)))
          (socket-shutdown s))))
    (im:when-port-readable daytime #f)
    (close-port daytime)))

(define (test-accept-once)
  (new-user)
  (let ((port (free-port)) (peer #f))
    (meanwhile (lambda () (set! peer (rings port "hello  world\n"))))
    (load-program
     `(let ((s (make-server-socket ,port)))
        (socket-accept-connection s)
        (let ((l (read-line (socket-input s))))
          (format (socket-output s) "Length is: ~A~%" (string-length l))
          (flush (socket-output s)))
        (socket-shutdown s)))
    (test-equal "a server accepts once and answers a line with its length"
      "Length is: 12\n" (hear peer "Length is: 12\n"))
    (test-assert "and then its port is free" (ended? peer))
    (test-assert "that is, nobody listens there"
      (says? (failure (value-of `(make-client-socket "127.0.0.1" ,port)))
             "Connection refused"))))

(define (test-one-after-the-other)
  (new-user)
  (let ((port (free-port)) (one #f) (two #f))
    (meanwhile (lambda ()
                 (set! one (rings port "first\n"))
                 (set! two (rings port "the second\n"))))
    (load-program
     `(define s (make-server-socket ,port))
     '(define states '())
     '(define (serve n)
        (if (> n 0)
            (begin
              (socket-accept-connection s)
              (let ((l (read-line (socket-input s))))
                (format (socket-output s) "~A words~%" (length l)))
              (socket-shutdown s #f)
              (set! states (cons (list (socket-input s) (socket-down? s))
                                 states))
              (serve (- n 1)))))
     '(serve 2))
    (test-equal "a server serves one after the other on one socket"
      '("1 words\n" "2 words\n") (list (heard-all one) (heard-all two)))
    (test-equal "which is not connected in between, and not down"
      '((#f #f) (#f #f)) (value-of 'states))
    (value-of '(socket-shutdown s))
    (test-equal "but after the last shutdown it is" #t
                (value-of '(socket-down? s)))))

(define (heard-all peer)
  (ended? peer)
  (heard peer))

(define (test-socket-and-copy)
  (new-user)
  (let ((port (free-port)) (one #f) (two #f))
    (meanwhile (lambda ()
                 (set! one (rings port ""))
                 (set! two (rings port ""))))
    (load-program
     `(define p (make-server-socket ,port))
     '(define p2 (socket-dup p))
     '(socket-accept-connection p)
     '(socket-accept-connection p2)
     '(display "Hello, first" (socket-output p))
     '(display "Hello, second" (socket-output p2))
     '(flush (socket-output p))
     '(flush (socket-output p2)))
    (test-equal "two clients through a socket and its copy"
      '("Hello, first" "Hello, second")
      (list (hear one "Hello, first") (hear two "Hello, second")))
    (load-program '(socket-shutdown p2) '(socket-shutdown p))))

(define (test-asynchronous-server)
  (new-user)
  (let ((port (free-port)))
    (load-program
     `(define p (make-server-socket ,port))
     '(define counter 0)
     '(define open '())
     '(define register-connection
        (lambda (s cnt)
          (socket-accept-connection s)
          (set! open (cons cnt open))
          (when-port-readable
           (socket-input s)
           (lambda ()
             (let ((l (read-line (socket-input s))))
               (if (eof-object? l)
                   (begin
                     (when-port-readable (socket-input s) #f)
                     (set! open (delete cnt open))
                     (socket-shutdown s))
                   (begin
                     (format (socket-output s) "On #~A --> ~A~%" cnt l)
                     (flush (socket-output s)))))))))
     '(when-socket-ready
       p (lambda ()
           (set! counter (+ counter 1))
           (register-connection (socket-dup p) counter))))
    (let* ((one (rings port "half a "))
           (two (begin (steps) (rings port "a line\nanother\n"))))
      (test-equal "half a line of one makes nobody else wait"
        "On #2 --> (a line)\nOn #2 --> (another)\n"
        (hear two "On #2 --> (a line)\nOn #2 --> (another)\n"))
      (say one "line\n")
      (test-equal "the asynchronous server" "On #1 --> (half a line)\n"
                  (hear one "On #1 --> (half a line)\n"))
      (test-equal "knows who is here" '(2 1) (value-of 'open))
      (hang-up one)
      (test-assert "and who has left"
        (soon (lambda () (equal? (value-of 'open) '(2)))))
      (let ((three (rings port "x\n")))
        (test-equal "and goes on" "On #3 --> (x)\n"
                    (hear three "On #3 --> (x)\n"))
        (value-of '(when-socket-ready p #f))
        (value-of '(socket-shutdown p))
        (hang-up two)
        (hang-up three)
        (test-assert "to its end"
          (soon (lambda () (null? (value-of 'open)))))))))

;;; --- The style of the course ----------------------------------------------

(define chat-server
  '((define logging #t)
    (define (make-request src dst action data) (list src dst action data))
    (define request-src car)
    (define request-action caddr)
    (define (request-data req) (list-ref req 3))
    (define (send-request req port)
      (if (or (not (port? port)) (port-closed? port))
          #f
          (if (catch (format port "~S" req) (flush port))
              (begin (format logging "Unable to send~%") #f)
              #t)))
    (define (get-request port)
      (let ((req '()))
        (if (catch (set! req (read port)))
            (begin (format logging "Bad input~%") #f)
            (if (eof-object? req) #f req))))
    (define clients '())
    (define (setup sock)
      (define port (socket-input sock))
      (define (gone)
        (when-port-readable port #f)
        (set! clients (remove sock clients))
        (socket-shutdown sock))
      (define (handler)
        (let ((req (get-request port)))
          (cond ((not req) (gone))
                ((equal? (request-action req) 'echo)
                 (send-request (make-request 'server (request-src req) 'echoed
                                             (request-data req))
                               (socket-output sock))
                 (if (and (not (port-closed? port)) (char-ready? port))
                     (handler)))
                (else (error "Unknown action:" (request-action req))))))
      (set! clients (cons sock clients))
      (when-port-readable port handler))
    (define (start server)
      (when-socket-ready
       server
       (lambda ()
         (let ((sock (socket-accept-connection (socket-dup server))))
           (let ((hello (get-request (socket-input sock))))   ; waits
             (if hello (setup sock) (socket-shutdown sock))))))
      (socket-port-number server))
    (define s (make-server-socket))
    (define where (start s))))

(define (test-course-style)
  (new-user)
  (apply load-program chat-server)
  (let* ((half (rings (value-of 'where) "(ann server he"))
         (peer (begin (steps)
                      (rings (value-of 'where) "(bob server hello ())")))
         (answers (string-append "(server bob echoed 1)"
                                 "(server |Bob| echoed (\"x\\n\" () |Y|))")))
    (say peer "(bob server echo 1)\n(|Bob| server echo (\"x\\n\" () |Y|))")
    (test-equal "half a hello blocks nobody; answers are STk's bytes" answers
                (hear peer answers))
    (say half "llo ())(ann server echo a)")
    (test-equal "the other half comes later" "(server ann echoed a)"
                (hear half "(server ann echoed a)"))
    (test-assert "an error in a handler is printed as one, with its message"
      (string-prefix? "*** Error: Unknown action: dance\n"
                      (printed-errors (say peer "(bob server dance ())")
                                      (steps))))
    (say peer "(bob server echo 2)")
    (test-equal "and the handler stays" "(server bob echoed 2)"
                (hear peer "(server bob echoed 2)"))
    (hang-up half)
    (say peer "#<nonsense>")
    (value-of '(set! logging #f))
    (soon (lambda () (null? (value-of 'clients))))
    (test-equal "who leaves or talks nonsense is removed" '()
                (value-of 'clients))
    (value-of '(socket-shutdown s))))

(run-tests "stk programs"
  `("a client" ,test-client)
  `("accept once" ,test-accept-once)
  `("one after the other" ,test-one-after-the-other)
  `("a socket and its copy" ,test-socket-and-copy)
  `("the asynchronous server" ,test-asynchronous-server)
  `("the style of the course" ,test-course-style))

;;; test-stk-manual.scm --- the STk manual's socket programs run
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(use-modules (im-test) (im socket) (im reactor)
             (ice-9 format) (ice-9 rdelim) (srfi srfi-64))

(define (test-examples)
  (define (serve port client)             ; a server's side of a test
    (when-port-readable port (lambda () (client port))))
  (let* ((daytime (listen-here)) (said #f))
    (serve daytime (lambda (port)
                     (let ((peer (car (accept port))))
                       (display "Mon Nov 21 12:00:00\r\n" peer)
                       (close-port peer))))
    (let ((s (make-client-socket "localhost" (port-of daytime))))
      (set! said (format #f "Time is: ~A" (read-line (socket-input s))))
      (socket-shutdown s))
    (when-port-readable daytime #f)
    (close-port daytime)
    (test-equal "1: a client of daytime"
      "Time is: Mon Nov 21 12:00:00\r" said))
  (let* ((s (make-server-socket)) (peer (call (socket-port-number s))))
    (say peer "hello there\n")
    (socket-accept-connection s)
    (let ((l (read-line (socket-input s))))
      (format (socket-output s) "Length is: ~a\n" (string-length l)))
    (socket-shutdown s)
    (test-equal "2: a server that answers once" "Length is: 11\n"
                (hear peer "Length is: 11\n"))
    (test-assert "2: and hangs up" (ended? peer)))
  (let* ((s (make-server-socket))
         (peers (map (lambda (i) (call (socket-port-number s))) (iota 3))))
    (let loop ((left 3))
      (unless (zero? left)
        (socket-accept-connection s)
        (format (socket-output s) "Your host name is ~a" (socket-host-name s))
        (flush (socket-output s))
        (socket-shutdown s #f)
        (loop (1- left))))
    (test-equal "3: a server for one after the other"
      (make-list 3 "Your host name is 127.0.0.1")
      (map (lambda (peer) (hear peer "Your host name is 127.0.0.1")) peers))
    (socket-shutdown s))
  (let* ((s1 (make-server-socket)) (s2 (socket-dup s1))
         (peers (map (lambda (i) (call (socket-port-number s1))) (iota 2))))
    (socket-accept-connection s1)
    (socket-accept-connection s2)
    (display "Hello, you are connected on s1\n" (socket-output s1))
    (display "Hello, you are connected on s2\n" (socket-output s2))
    (flush (socket-output s1))
    (flush (socket-output s2))
    (test-equal "4: two clients through a socket and its copy"
      '("Hello, you are connected on s1\n" "Hello, you are connected on s2\n")
      (map (lambda (peer) (hear peer (make-string 31 #\x))) peers))
    (socket-shutdown s1)
    (socket-shutdown s2))
  (let ((s (make-server-socket)) (counter 0) (lines '()))
    (when-socket-ready
     s
     (lambda ()
       (set! counter (1+ counter))
       (let* ((sock (socket-dup s)) (number counter))
         (socket-accept-connection sock)
         (let ((in (socket-input sock)))
           (when-port-readable
            in
            (lambda ()
              (let ((line (read-line in)))
                (cond ((eof-object? line)
                       (when-port-readable in #f)
                       (socket-shutdown sock))
                      (else (set! lines
                                  (cons (cons number line) lines)))))))))))
    (let* ((one (call (socket-port-number s)))
           (two (begin (steps) (call (socket-port-number s)))))
      (say two "b")
      (say one "a1\na2\n")
      (steps)
      (say two "1\n")
      (hang-up one)
      (hang-up two)
      (test-assert "5: an asynchronous server"
        (soon (lambda ()
                (equal? (sort (map object->string lines) string<?)
                        '("(1 . \"a1\")" "(1 . \"a2\")" "(2 . \"b1\")")))))
      (socket-shutdown s)
      (steps)
      (test-eqv "5: has counted its clients" 2 counter))))

(run-tests "STk manual" `("examples" ,test-examples))

;;; test-primitives.scm --- what a primitive can't use it refuses in words
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(use-modules (im-test) (im primitives) (im socket)
             (ice-9 format) (ice-9 match) (srfi srfi-64))

(define pair (connected-pair))
(define port (socket-input (car pair)))
(define timer (%make-timer 1000))
(define closed (let ((pair (connected-pair)))
                 (let ((port (socket-input (car pair))))
                   (close-port port)
                   port)))

(define listener (%listen "127.0.0.1" 0 1))

(define (watch object)
  (%set-interest! object 1))

(define (receive-datagram object)
  (%receive-datagram object 1))

;;; --- Objects of the wrong kind -------------------------------------------

(define refused
  `((,%stream-peer ,(current-output-port) "a socket's port")
    (,%stream-peer ,closed "this one is closed")
    (,%stream-local "port" "a socket's port")
    (,%use-xml! #f "a socket's port")
    (,watch 5 "something open to wait for")
    (,watch ,closed "this one is closed")
    (,%accept ,timer "another kind of source")
    (,%accept ,port "another kind of source")
    (,%found-addresses ,timer "another kind of source")
    (,%repl-port-descriptor ,port "the prompt's port")
    (,receive-datagram ,listener "Transport endpoint is not connected")
    (,%limit no-such-limit "the name of a limit")
    (,%watch-descriptor 9999 "Bad file descriptor")))

(define (test-refusals)
  (for-each
   (match-lambda
     ((primitive object sentence)
      (test-assert (format #f "~a of ~a says: ~a" (procedure-name primitive)
                           object sentence)
        (says? (failure (primitive object)) sentence))))
   refused)
  (test-equal "what isn't open is no error" '(#t #t #f #f #f)
    (map %source-open? (list port timer closed 5 (current-output-port)))))

;;; --- Ports ---------------------------------------------------------------

(define (test-broken-port)
  (match (connected-pair)
    ((socket . peer)
     (let ((port (socket-output socket)))
       (%fail-stream! port)
       (test-assert "printing to a broken connection is an error"
         (says? (failure (display "hi" port) (force-output port))
                "write"))
       (socket-shutdown socket)))))

(define (test-lost-peer)
  (match (connected-pair)
    ((socket . peer)
     (let ((port (socket-output socket)))
       (reset peer)
       (test-equal "a port without its peer says so"
         "#<socket port, not connected>"
         (begin (soon (lambda () (not (%stream-peer port))))
                (object->string port)))
       (socket-shutdown socket)))))

(define (test-output-limit)
  (match (connected-pair)
    ((socket . peer)
     (let ((port (socket-output socket)))
       (limit! port 'output-bytes 1024)
       (test-assert "printing more than may be queued is an error"
         (says? (failure (display (make-string 2000 #\x) port)
                         (force-output port))
                "write"))
       (socket-shutdown socket)))))

(define (test-port)
  (setvbuf port 'block)
  (test-equal "a port that is given a buffer works on" "still here"
    (begin (display "still here" port)
           (force-output port)
           (hear (cdr pair) "still here")))
  (test-assert "Guile's own waiters know what to wait for"
    (fcntl ((@@ (ice-9 ports internal) port-read-wait-fd) port) F_GETFD)))

;;; --- The prompt's port ---------------------------------------------------

(define (prompt-port fd)
  (%make-repl-port fd #vu8() 'UTF-8))

(define (test-prompt-port)
  (match (pipe)
    ((input . output)
     (let ((prompt (prompt-port (fileno input))))
       (test-equal "the prompt's port is known" '(#t #f)
         (map %repl-port? (list prompt input)))
       (test-equal "and its descriptor" (fileno input)
         (%repl-port-descriptor prompt))
       (display "x" output)
       (force-output output)
       (test-equal "it reads what is there" #\x (read-char prompt))
       (close-port prompt)
       (test-assert "closed, it is another"
         (says? (failure (%repl-port-descriptor prompt)) "prompt's port"))
       (test-equal "a pipe's terminal has 24 lines of 80 columns" '(24 . 80)
         (%terminal-size (fileno output))))))
  (let ((directory (open-fdes "." O_RDONLY)))
    (test-assert "what can't be read is at its end"
      (eof-object? (read-char (prompt-port directory))))
    (close-fdes directory)))

(run-tests "primitives"
           `("refusals" ,test-refusals)
           `("a broken port" ,test-broken-port)
           `("a lost peer" ,test-lost-peer)
           `("a limit on output" ,test-output-limit)
           `("a port" ,test-port)
           `("the prompt's port" ,test-prompt-port))

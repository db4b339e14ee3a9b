;;; test-reactor-files.scm --- pipes have handlers as sockets have
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(use-modules (im-test) (im reactor)
             ((ice-9 suspendable-ports) #:select (current-write-waiter))
             (ice-9 binary-ports) (ice-9 match) (ice-9 rdelim)
             (rnrs bytevectors) (srfi srfi-64))

(define (test-pipes)
  (match (pipe)
    ((in . out)
     (let ((lines '()))
       (define (note-line)
         (let ((line (read-line in)))
           (set! lines (cons line lines))
           (cond ((eof-object? line) (when-port-readable in #f))
                 ((string=? line "fail") (error "failed"))
                 ((string=? line "replace")
                  (when-port-readable in (lambda () (note-line)))))))
       (define (lines-come? name text count)
         (set! lines '())
         (display text out)
         (force-output out)
         (printed-errors
          (test-assert name (soon (lambda () (= (length lines) count)) 1))))
       (display "early\nburied\n" out)
       (force-output out)
       (test-equal "a pipe, read before" "early" (read-line in))
       (test-eq "a pipe has no handler to begin with" #f
                (when-port-readable in))
       (when-port-readable in note-line)
       (test-eq "then it is the one that was set" note-line
                (when-port-readable in))
       (test-assert "a line that Guile's buffer holds is noticed"
         (soon (lambda () (equal? lines '("buried"))) 1))
       (lines-come? "all lines of a piece" "a\nb\nc\n" 3)
       (lines-come? "also after an error" "fail\nb\nc\n" 3)
       (lines-come? "also when the handler is replaced" "replace\nb\nc\n" 3)
       (close-port out)
       (test-assert "then its end"
         (soon (lambda () (and (pair? lines) (eof-object? (car lines))))))))))

(define (test-closed-pipe)
  (match (pipe)
    ((in . out)
     (when-port-readable in (lambda () (read-line in)))
     (close-port in)
     (display "x\n" out)
     (false-if-exception (close-port out))
     (test-equal "a pipe that was closed is watched no more" ""
                 (printed-errors (steps))))))

(define (test-writable-pipe)
  (match (pipe)
    ((in . out)
     (let ((count 0))
       (define (note) (set! count (1+ count)))
       (setvbuf out 'none)
       (when-port-writable out note)
       (test-eq "a pipe's handler, too, is the one that was set" note
                (when-port-writable out))
       (do ((i 1 (1+ i))) ((= i 6))
         (reactor-step #:timeout 0.01))
       (test-eqv "and runs once in each step" 5 count)
       (fill-pipe out)
       (set! count 0)
       (steps)
       (test-eqv "not while the pipe is full" 0 count)
       (get-bytevector-n in 65536)
       (test-assert "but again when it is read"
         (soon (lambda () (> count 0))))
       (when-port-writable out #f)
       (set! count 0)
       (steps)
       (test-eqv "until it is removed" 0 count)
       (when-port-writable out note)
       (close-port out)
       (steps)
       (test-eqv "or the port is closed" 0 count)
       (close-port in)))))

(define (fill-pipe out)
  (fcntl out F_SETFL (logior O_NONBLOCK (fcntl out F_GETFL)))
  (parameterize ((current-write-waiter (lambda (port) (throw 'full))))
    (catch 'full
      (lambda ()
        (let loop ()
          (put-bytevector out (make-bytevector 4096 0))
          (loop)))
      (const #f))))

(run-tests "reactor files"
           `("pipes" ,test-pipes) `("closed pipe" ,test-closed-pipe)
           `("writable pipe" ,test-writable-pipe))

;;; test-fork.scm --- what a process starts has no part in its connections
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(use-modules (program-test) (im reactor) (im socket) (im repl) (im request)
             (ice-9 format) (ice-9 popen) (ice-9 rdelim) (srfi srfi-1)
             (srfi srfi-64))
(load-from-path "im-server.scm")

(the-server-listens-on! (lambda () (socket-port-number server-socket)))

(define (descriptors-of-a-program run)
  "Return what a program started by RUN, given a command, has open."
  (run "ls /proc/self/fd"))

(define (through-pipe command)
  (let* ((pipe (open-input-pipe command)) (text (read-string pipe)))
    (close-pipe pipe)
    text))

(define (through-system command)
  (let ((file (string-append (tmpnam) ".fork")))
    (system (string-append command " > " file))
    (let ((text (call-with-input-file file read-string)))
      (delete-file file)
      text)))

(define (test-programs)
  (define before (map descriptors-of-a-program
                      (list through-pipe through-system)))
  (im-server-start #:address "127.0.0.1")
  (let* ((ann (enrolled "ann")) (bob (enrolled "bob" "ann")))
    (hear-list ann "ann" '("bob" "ann"))
    (if (file-exists? "/proc/self/fd")
        (test-equal "a program that is started has none of our sockets"
          before (map descriptors-of-a-program
                      (list through-pipe through-system))))
    (im-server-close)
    (settle)))

(define-syntax-rule (refused? expression)
  (catch #t
    (lambda () expression #f)
    (lambda (key who message . rest)
      (and (string-contains message "a child can't use its parent's sockets")
           #t))))

(define (be-a-child)
  "Do in a child what it could do to its parent's connections.  Return #t if
none of it was possible."
  (let ((port (find-port-to-client 'ann)))
    (and (refused? (reactor-step #:timeout 0))
         (refused? (send-request '(server ann goodbye ()) port))
         (refused? (display "x" port))
         (refused? (make-client-socket "127.0.0.1" 9))
         (refused? (when-port-readable port #f))
         (begin (close-port port) (gc) (gc) #t)
         (refused? (im-server-close)))))

(define (exit-of-child thunk)
  (let ((pid (primitive-fork)))
    (if (zero? pid)
        (begin (thunk) (primitive-exit 77))
        (status:exit-val (cdr (waitpid pid))))))

(define (test-forks)
  (im-server-start #:address "127.0.0.1")
  (let* ((ann (enrolled "ann")) (bob (enrolled "bob" "ann")))
    (hear-list ann "ann" '("bob" "ann"))
    (test-equal "a child can't touch its parent's connections" 0
      (exit-of-child (lambda () (primitive-exit (if (be-a-child) 0 1)))))
    (test-equal "nor say farewell for it when it ends" 3
      (exit-of-child (lambda () (exit-now 3))))
    (test-assert "the parent goes on: nobody heard anything"
      (and (knows-nothing-new? ann "ann") (knows-nothing-new? bob "bob")))
    (say ann "(ann bob send-msg hello)")
    (test-equal "messages are delivered" "(ann bob receive-msg hello)"
                (hear bob "(ann bob receive-msg hello)"))
    (let ((carl (enrolled "carl" "bob" "ann")))
      (test-assert "and clients come" (knows-nothing-new? carl "carl"))))
  (im-server-close)
  (settle))

(run-tests "fork"
  (lambda ()
    (test-programs)
    (test-forks)))

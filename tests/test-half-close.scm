;;; test-half-close.scm --- send all, then read the answer to its end
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(use-modules (im-test) (im socket) (im reactor) (im request)
             (ice-9 match) (ice-9 rdelim) (ice-9 textual-ports)
             (srfi srfi-64))

(define (upcase-server)
  "Return a socket whose clients send a text, to its end, and get it back in
capitals."
  (define server (make-server-socket 0 #:address "127.0.0.1"))
  (define (serve)
    (let* ((client (socket-accept-connection (socket-dup server)))
           (port (socket-input client)))
      (display (string-upcase (read-string port)) port)
      (socket-shutdown client)))
  (when-socket-ready server serve)
  server)

(define (test-question-and-answer)
  (let* ((server (upcase-server))
         (socket (make-client-socket "127.0.0.1" (socket-port-number server)))
         (text (make-string 300000 #\a)))
    (display text (socket-output socket))
    (socket-finish-output socket)
    (test-assert "all is sent, and the answer read to its end"
      (string=? (string-upcase text)
                (call-with-timeout 5 (lambda ()
                                       (read-string (socket-input socket))))))
    (socket-shutdown socket)
    (socket-shutdown server)))

(define (test-peer)
  (match (connected-pair)
    ((socket . peer)
     (display "question" (socket-output socket))
     (socket-finish-output socket)
     (socket-finish-output socket)
     (test-equal "a peer hears all of it" "question" (hear peer "question"))
     (test-assert "and the end" (ended? peer))
     (for-each
      (match-lambda
        ((name print)
         (test-assert (string-append name " is refused now")
           (says? (failure (print (socket-output socket)))
                  "the output of this socket was finished"))))
      `(("display" ,(lambda (port) (display "x" port)))
        ("put-char" ,(lambda (port) (put-char port #\x)))))
     (test-equal "send-request says why not"
       '(#f "Not sent: the output of this socket was finished")
       (let* ((why #f)
              (sent (send-request '(a b c d) (socket-output socket)
                                  (lambda (text) (set! why text)))))
         (list sent why)))
     (test-eq "send-latest passes it over" #t
              (send-latest 'a 'b 'c (list (cons 'x (socket-output socket)))))
     (say peer "answer\n")
     (test-equal "and what it answers can be read" "answer"
                 (read-line (socket-input socket)))
     (hang-up peer)
     (test-assert "to its end" (eof-object? (read-line (socket-input socket))))
     (socket-shutdown socket)
     (test-assert "what isn't connected has no output to finish"
       (says? (failure (socket-finish-output socket)) "not connected")))))

(run-tests "half-close"
           `("question and answer" ,test-question-and-answer)
           `("peer" ,test-peer))

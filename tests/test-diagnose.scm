;;; test-diagnose.scm --- (im-diagnose IP PORT) tells what fails, and what to do
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(use-modules (program-test) (im diagnose) (im reactor) (im socket)
             (ice-9 format) (srfi srfi-1) (srfi srfi-64))
(load-from-path "im-server.scm")

(define (diagnosis . arguments)
  "Return the result of im-diagnose, and the last line that it printed."
  (let* ((result 'none)
         (text (printed-by (set! result (apply im-diagnose arguments))))
         (lines (remove string-null? (string-split text #\newline))))
    (list result (last lines) lines)))

(define (finds? diagnosis result . words)
  (and (eq? (first diagnosis) result)
       (every (lambda (word)
                (any (lambda (line) (string-contains line word))
                     (third diagnosis)))
              words)))

(define (test-arguments)
  (test-assert "an address without quotation marks"
    (finds? (diagnosis 'a 5) #f "FAILED" "quotation marks"))
  (test-assert "a port that is none"
    (finds? (diagnosis "127.0.0.1" "5") #f "FAILED" "from 1 to 65535")))

(define (test-connections)
  (im-server-start #:address "127.0.0.1")
  (let ((port (socket-port-number server-socket)))
    (test-assert "a server"
      (finds? (diagnosis "127.0.0.1" port) #t
              "this computer itself" "something listens"
              "ok: it is a server of this program"))
    (settle)
    (test-equal "which afterwards knows nobody more" '(() ())
      (list (get-clients-list) (cdr reserved-names)))
    (im-server-close)
    (settle)
    (test-assert "nobody there"
      (finds? (diagnosis "127.0.0.1" port) #f
              "no program listens on that port" "does the server still run")))
  (test-assert "no such host"
    (finds? (diagnosis "no such host.invalid" 5) #f
            "no computer of that name")))

(define (test-strangers)
  (define (stranger say-something)
    (let* ((listener (listen-here)) (found #f))
      (answer-call listener say-something)
      (set! found (diagnosis "127.0.0.1" (port-of listener) #:timeout .3))
      (when-port-readable listener #f)
      (close-port listener)
      found))
  (for-each
   (lambda (name answer)
     (test-assert (format #f "a stranger who ~a" name)
       (finds? (stranger answer) #f "no server of this program"
               "is the port the one")))
   '("says nothing" "hangs up" "speaks HTTP" "says another request")
   (list (lambda (peer) #t)
         hang-up
         (lambda (peer) (say peer "HTTP/1.1 400 Bad Request\r\n\r\n"))
         (lambda (peer) (say peer "(server diagnose goodbye ())")))))

(run-tests "diagnose"
  (lambda ()
    (test-arguments)
    (test-connections)
    (test-strangers)))

;;; correct-hash-table.scm --- a hash table of members, and their order beside it
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(load "im-common.scm")
(define logging #f)
;; NAME -> (name . socket); and the names, newest first.
(define table (make-hash-table))
(define order nil)

(define (find-member name) (hash-ref table name))
(define listener #f)

(define (im-server-start)
  (set! listener (make-server-socket))
  (when-socket-ready listener
                     (lambda ()
                       (let ((sock (socket-dup listener)))
                         (socket-accept-connection sock)
                         (shake-hands sock))))
  (format #t "Server IP address: 127.0.0.1, server port: ~A~%"
          (socket-port-number listener)))

(define (say sock src name action data)
  (send-request (make-request src name action data) (socket-output sock)))

(define (next sock) (get-request (socket-input sock)))

(define (shake-hands sock)
  (let ((hello (next sock)))
    (cond ((not (request-for? 'hello hello)) (socket-shutdown sock))
          ((find-member (request-src hello))
           (say sock 'server (request-src hello) 'sorry nil)
           (socket-shutdown sock))
          (else
           (say sock 'server (request-src hello) 'welcome nil)
           (if (request-for? 'thanks (next sock))
               (let-in (request-src hello) sock)
               (socket-shutdown sock))))))

(define (let-in name sock)
  (hash-set! table name (cons name sock))
  (set! order (cons name order))
  (when-port-readable (socket-input sock) (lambda () (serve name sock)))
  (announce))

(define (announce)
  (for-each (lambda (name)
              (say (cdr (find-member name)) 'server name 'client-list order))
            order))

(define (let-go name)
  (let ((member (find-member name)))
    (say (cdr member) 'server name 'goodbye nil)
    (socket-shutdown (cdr member))
    (hash-remove! table name)
    (set! order (delete name order))
    (announce)))

(define (tell sock name text) (say sock 'server name 'receive-msg text))

(define (serve name sock)
  (let ((req (next sock)))
    (cond ((not req) (let-go name))
          ((equal? (request-action req) 'logout) (let-go name))
          ((equal? (request-action req) 'send-msg)
           (let ((to (find-member (request-dst req))))
             (if to
                 (say (cdr to) name (car to) 'receive-msg (request-data req))
                 (tell sock name
                       (format #f "User not found: ~A" (request-dst req))))))
          (else
           (tell sock name (format #f "Unrecognized action: ~A"
                                   (request-action req)))))))

(define (im-server-close)
  (for-each (lambda (member)
              (tell (cdr member) (car member) "Server shutting down...")
              (say (cdr member) 'server (car member) 'goodbye nil)
              (socket-shutdown (cdr member)))
            (map find-member order))
  (socket-shutdown listener))

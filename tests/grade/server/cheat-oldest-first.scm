;;; cheat-oldest-first.scm --- the list has the oldest client first
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(load "im-common.scm")
(define logging #f)
(define members nil)                   ; (name . socket), newest first
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
          ((assoc (request-src hello) members)
           (say sock 'server (request-src hello) 'sorry nil)
           (socket-shutdown sock))
          (else
           (say sock 'server (request-src hello) 'welcome nil)
           (if (request-for? 'thanks (next sock))
               (let-in (request-src hello) sock)
               (socket-shutdown sock))))))

(define (let-in name sock)
  (set! members (cons (cons name sock) members))
  (when-port-readable (socket-input sock) (lambda () (serve name sock)))
  (announce))

(define (announce)
  (for-each (lambda (member)
              (say (cdr member) 'server (car member) 'client-list
                   (reverse (map car members))))
            members))

(define (let-go name)
  (let ((member (assoc name members)))
    (say (cdr member) 'server name 'goodbye nil)
    (socket-shutdown (cdr member))
    (set! members (filter (lambda (m) (not (eq? m member))) members))
    (announce)))

(define (tell sock name text) (say sock 'server name 'receive-msg text))

(define (serve name sock)
  (let ((req (next sock)))
    (cond ((not req) (let-go name))
          ((equal? (request-action req) 'logout) (let-go name))
          ((equal? (request-action req) 'send-msg)
           (let ((to (assoc (request-dst req) members)))
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
            members)
  (set! members nil)
  (socket-shutdown listener))

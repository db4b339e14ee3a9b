;;; correct-list.scm --- an association list and a cond
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

(define (find-member name) (assoc name members))
(define (taken? name) (find-member name))

(define (shake-hands sock)
  (let ((hello (next sock)))
    (cond ((not (request-for? 'hello hello)) (socket-shutdown sock))
          ((taken? (request-src hello))
           (say sock 'server (request-src hello) 'sorry nil)
           (socket-shutdown sock))
          (else
           (say sock 'server (request-src hello) 'welcome nil)
           (if (request-for? 'thanks (next sock))
               (let-in (request-src hello) sock)
               (socket-shutdown sock))))))

(define (let-in name sock)
  (remember (cons name sock))
  (when-port-readable (socket-input sock) (lambda () (serve name sock)))
  (announce))

(define (remember member) (set! members (cons member members)))
(define (everybody) members)
(define (names) (map car (everybody)))

(define (announce)
  (for-each (lambda (member)
              (say (cdr member) 'server (car member) 'client-list (names)))
            (everybody)))

(define (let-go name)
  (let ((member (find-member name)))
    (see-off member)
    (socket-shutdown (cdr member))
    (forget member)
    (announce)))

(define (see-off member)
  (say (cdr member) 'server (car member) 'goodbye nil))

(define (forget member)
  (set! members (filter (lambda (other) (not (eq? other member))) members)))

(define (tell sock name text) (say sock 'server name 'receive-msg text))

(define (serve name sock) (obey (next sock) name sock))

(define (obey req name sock)
  (cond ((not req) (let-go name))
        ((equal? (request-action req) 'logout) (let-go name))
        ((equal? (request-action req) 'send-msg)
         (let ((to (find-member (request-dst req))))
           (if to
               (deliver req name to)
               (not-found (request-dst req) name sock))))
        (else
         (tell sock name (format #f "Unrecognized action: ~A"
                                 (request-action req))))))

(define (deliver req name to)
  (say (cdr to) name (car to) 'receive-msg (request-data req)))

(define (not-found dst name sock)
  (tell sock name (format #f "User not found: ~A" dst)))

(define (farewell member)
  (tell (cdr member) (car member) "Server shutting down..."))

(define (im-server-close)
  (for-each (lambda (member)
              (farewell member)
              (say (cdr member) 'server (car member) 'goodbye nil)
              (socket-shutdown (cdr member)))
            (everybody))
  (for-each forget (everybody))
  (socket-shutdown listener))

;;; correct-class.scm --- each client is an object
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(load "im-common.scm")
(define logging #f)
(define people nil)
(define listener #f)

(define-class (client sock)
  (instance-vars (name #f))
  (method (next) (get-request (socket-input sock)))
  (method (tell src action data)
    (send-request (make-request src name action data) (socket-output sock)))
  (method (hang-up) (socket-shutdown sock))
  (method (greet)
    (let ((hello (ask self 'next)))
      (if (request-for? 'hello hello)
          (ask self 'answer (request-src hello))
          (ask self 'hang-up))))
  (method (answer wanted)
    (set! name wanted)
    (cond ((person wanted)
           (ask self 'tell 'server 'sorry nil)
           (ask self 'hang-up))
          (else
           (ask self 'tell 'server 'welcome nil)
           (if (request-for? 'thanks (ask self 'next))
               (ask self 'come-in)
               (ask self 'hang-up)))))
  (method (come-in)
    (set! people (cons self people))
    (when-port-readable (socket-input sock) (lambda () (ask self 'serve)))
    (everybody-sees))
  (method (leave)
    (ask self 'tell 'server 'goodbye nil)
    (ask self 'hang-up)
    (set! people (filter (lambda (other) (not (eq? other self))) people))
    (everybody-sees))
  (method (hear text) (ask self 'tell 'server 'receive-msg text))
  (method (serve)
    (let ((req (ask self 'next)))
      (cond ((or (not req) (eq? (request-action req) 'logout))
             (ask self 'leave))
            ((not (eq? (request-action req) 'send-msg))
             (ask self 'hear (format #f "Unrecognized action: ~A"
                                     (request-action req))))
            ((person (request-dst req))
             (ask (person (request-dst req))
                  'tell name 'receive-msg (request-data req)))
            (else
             (ask self 'hear (format #f "User not found: ~A"
                                     (request-dst req))))))))

(define (person wanted)
  (let ((found (filter (lambda (other) (equal? (ask other 'name) wanted))
                       people)))
    (and (pair? found) (car found))))

(define (everybody-sees)
  (for-each (lambda (other)
              (ask other 'tell 'server 'client-list
                   (map (lambda (one) (ask one 'name)) people)))
            people))

(define (im-server-start)
  (set! listener (make-server-socket))
  (when-socket-ready listener
                     (lambda ()
                       (let ((sock (socket-dup listener)))
                         (socket-accept-connection sock)
                         (ask (instantiate client sock) 'greet))))
  (format #t "Server IP address: 127.0.0.1, server port: ~A~%"
          (socket-port-number listener)))

(define (im-server-close)
  (for-each (lambda (other)
              (ask other 'hear "Server shutting down...")
              (ask other 'tell 'server 'goodbye nil)
              (ask other 'hang-up))
            people)
  (set! people nil)
  (socket-shutdown listener))

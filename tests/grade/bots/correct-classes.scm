;;; correct-classes.scm --- a bot is an object that enrolls itself
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(load "im-common.scm")
(define logging #f)

(define (enroll-with ip port name answer)
  (let* ((sock (make-client-socket ip port))
         (in (socket-input sock))
         (out (socket-output sock)))
    (define (say dst action data)
      (send-request (make-request name dst action data) out))
    (define (hear)
      (let ((req (get-request in)))
        (cond ((not req) (when-port-readable in #f))
              ((and (equal? (request-action req) 'receive-msg)
                    (not (equal? (request-src req) 'server)))
               (answer (request-src req) (request-data req)
                       (lambda (text) (say (request-src req) 'send-msg text)))))
        (if (and req (char-ready? in)) (hear))))
    (say 'server 'hello nil)
    (get-request in)
    (say 'server 'thanks nil)
    (when-port-readable in hear)
    'okay))

(define-class (bot)
  (instance-vars (name #f))
  (method (answer message) #f)
  (method (hear from message reply)
    (let ((text (ask self 'answer message)))
      (if text (reply text)))))

(define-class (echo-bot)
  (parent (bot))
  (method (answer message) message))

(define-class (grumpy-bot most)
  (parent (bot))
  (instance-vars (count 0))
  (method (answer message)
    (set! count (+ count 1))
    (and (<= count most) (se '(what now?) count))))

(define (im-enroll-bot ip port bot name)
  (enroll-with ip port name
               (lambda (from message reply)
                 (ask bot 'hear from message reply))))

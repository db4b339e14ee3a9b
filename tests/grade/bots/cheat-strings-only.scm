;;; cheat-strings-only.scm --- the echo bot makes a string of everything
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

(define (im-enroll-bot ip port bot name) (enroll-with ip port name bot))

(define left 3)
(define (grumpy-bot from message reply)
  (set! left (- left 1))
  (if (>= left 0) (reply "No.")))

(define (echo-bot from message reply) (reply (format #f "~A" message)))

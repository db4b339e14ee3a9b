;;; correct-client-taken-over.scm --- im-client.scm, with the connection taken over
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(load "im-client.scm")

(define-class (bot)
  (instance-vars (to #f) (from #f) (name #f))
  (method (enroll ip port as)
    (set! name as)
    (set! whoiam as)
    (im-enroll ip port)
    (set! to port-to-server)
    (set! from port-from-server)
    (when-port-readable from (lambda () (ask self 'hear)))
    (set! socket-to-server #f)
    (set! port-to-server #f)
    (set! port-from-server #f))
  (method (hear)
    (let ((req (get-request from)))
      (cond ((not req) (when-port-readable from #f))
            ((and (equal? (request-action req) 'receive-msg)
                  (not (equal? (request-src req) 'server)))
             (ask self 'answer (request-src req) (request-data req))))))
  (method (say who text)
    (send-request (make-request name who 'send-msg text) to)))

(define-class (echo-bot)
  (parent (bot))
  (method (answer who text) (ask self 'say who text)))

(define-class (grumpy-bot left)
  (parent (bot))
  (method (answer who text)
    (if (> left 0)
        (begin (set! left (- left 1))
               (ask self 'say who "Leave me alone")))))

(define (im-enroll-bot ip port bot name) (ask bot 'enroll ip port name))

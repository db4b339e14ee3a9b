;;; enroll.scm --- enrolls a bot, a procedure of FROM, MESSAGE and REPLY
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
              ((for-the-bot? req)
               (answer (request-src req) (request-data req)
                       (lambda (text) (say (request-src req) 'send-msg text)))))
        (if (and req (char-ready? in)) (hear))))
    (say 'server 'hello nil)
    (get-request in)
    (say-thanks say)
    (when-port-readable in hear)
    'okay))

(define (for-the-bot? req)
  (and (equal? (request-action req) 'receive-msg)
       (not (equal? (request-src req) 'server))))

(define (say-thanks say) (say 'server 'thanks nil))

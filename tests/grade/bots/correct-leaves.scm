;;; correct-leaves.scm --- the grumpy bot logs out when it has had enough
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(load "im-common.scm")
(define logging #f)

(define (make-bot answer) (list 'bot answer))
(define (echo from text) text)
(define (make-echo-bot) (make-bot echo))
(define (make-grumpy-bot left)
  (make-bot (lambda (from text)
              (set! left (- left 1))
              (cond ((> left 0) "What?")
                    ((= left 0) 'leave)
                    (else #f)))))

(define (im-enroll-bot ip port bot name)
  (define sock (make-client-socket ip port))
  (define (tell dst action data)
    (send-request (list name dst action data) (socket-output sock)))
  (define (act req)
    (case (request-action req)
      ((receive-msg)
       (if (not (eq? (request-src req) 'server))
           (let ((answer ((cadr bot) (request-src req) (request-data req))))
             (cond ((eq? answer 'leave) (tell 'server 'logout nil))
                   (answer (tell (request-src req) 'send-msg answer))))))
      ((goodbye) (socket-shutdown sock))))
  (tell 'server 'hello nil)
  (if (eq? 'welcome (request-action (get-request (socket-input sock))))
      (begin
        (tell 'server 'thanks nil)
        (when-port-readable (socket-input sock)
                            (lambda ()
                              (let ((req (get-request (socket-input sock))))
                                (if req
                                    (act req)
                                    (socket-shutdown sock))))))))

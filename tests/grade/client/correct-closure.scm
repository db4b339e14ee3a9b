;;; correct-closure.scm --- message passing, as in chapter 3
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(load "im-common.scm")
(define logging #f)

(define whoiam 'nobody)

(define (make-line sock)
  (define (send dst action data)
    (send-request (list whoiam dst action data) (socket-output sock)))
  (define (act req)
    (cond ((not req) (socket-shutdown sock))
          ((eq? (request-action req) 'goodbye) (socket-shutdown sock))
          ((eq? (request-action req) 'receive-msg)
           (display (request-data req)) (newline))))
  (lambda (op . arguments)
    (cond ((eq? op 'send) (apply send arguments))
          ((eq? op 'next) (get-request (socket-input sock)))
          ((eq? op 'listen)
           (when-port-readable (socket-input sock)
                               (lambda ()
                                 (act (get-request (socket-input sock))))))
          ((eq? op 'cut) (socket-shutdown sock)))))

(define line #f)

(define (im-enroll ip port)
  (set! line (make-line (make-client-socket ip port)))
  (line 'send 'server 'hello nil)
  (if (request-for? 'welcome (line 'next))
      (begin (line 'send 'server 'thanks nil) (line 'listen))
      (line 'cut)))

(define (im who message) (line 'send who 'send-msg message))

;; Waits for the goodbye.
(define (im-exit)
  (line 'send 'server 'logout nil))

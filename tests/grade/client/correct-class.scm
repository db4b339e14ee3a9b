;;; correct-class.scm --- the connection is an object
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(load "im-common.scm")
(define logging #f)

(define whoiam 'nobody)

(define-class (connection sock)
  (method (send dst action data)
    (send-request (make-request whoiam dst action data) (socket-output sock)))
  (method (receive) (get-request (socket-input sock)))
  (method (watch thunk) (when-port-readable (socket-input sock) thunk))
  (method (end) (socket-shutdown sock)))

(define server #f)

(define (im-enroll ip port)
  (set! server (instantiate connection (make-client-socket ip port)))
  (ask server 'send 'server 'hello nil)
  (let ((answer (ask server 'receive)))
    (if (and answer (eq? (request-action answer) 'welcome))
        (begin (ask server 'send 'server 'thanks nil)
               (ask server 'watch obey))
        (ask server 'end))))

(define (obey)
  (let ((req (ask server 'receive)))
    (if (or (not req) (eq? (request-action req) 'goodbye))
        (ask server 'end)
        (format #t "~A: ~A~%" (request-src req) (request-data req)))))

(define (im who message) (ask server 'send who 'send-msg message))

(define (im-exit) (ask server 'send 'server 'logout nil))

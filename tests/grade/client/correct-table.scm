;;; correct-table.scm --- a table of reactions
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(load "im-common.scm")
(define logging #f)

(define whoiam 'nobody)
(define in #f)
(define out #f)
(define sock #f)

(define (close)
  (if sock (socket-shutdown sock))
  (set! sock #f))

(define reactions
  (list (cons 'receive-msg (lambda (req) (print (request-data req))))
        (cons 'client-list (lambda (req) (print (request-data req))))
        (cons 'sorry (lambda (req) (close)))
        (cons 'goodbye (lambda (req) (close)))
        (cons 'welcome (lambda (req) (tell 'server 'thanks nil)))))

(define (print x) (display x) (newline))

(define (tell dst action data)
  (send-request (make-request whoiam dst action data) out))

(define (react)
  (let ((req (get-request in)))
    (if req
        (let ((reaction (assq (request-action req) reactions)))
          (if reaction ((cdr reaction) req)))
        (close))))

;; The handshake needs no waiting: it is in the table.
(define (im-enroll ip port)
  (set! sock (make-client-socket ip port))
  (set! in (socket-input sock))
  (set! out (socket-output sock))
  (when-port-readable in react)
  (tell 'server 'hello nil))

(define (im who message) (tell who 'send-msg message))
(define (im-exit) (tell 'server 'logout nil))

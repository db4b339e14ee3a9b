;;; correct-handler.scm --- one handler with a cond
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(load "im-common.scm")
(define logging #f)
(define whoiam (login-name))
(define socket-to-server #f)

(define (ask-server action)
  (send-to 'server action nil))

(define (send-to dst action data)
  (send-request (make-request whoiam dst action data)
                (socket-output socket-to-server)))

(define (im-enroll ip port)
  (set! socket-to-server (make-client-socket ip port))
  (ask-server 'hello)
  (cond ((welcome? (first-answer))
         (ask-server 'thanks)
         (listen-to (socket-input socket-to-server)))
        (else (close-connection))))

(define (first-answer)
  (get-request (socket-input socket-to-server)))

(define (welcome? answer)
  (and answer (equal? (request-action answer) 'welcome)))

(define (im who message) (send-to who 'send-msg message))
(define (im-exit) (ask-server 'logout))

(define (close-connection)
  (socket-shutdown socket-to-server))

(define (listen-to port)
  (define (handle-request)
    (let ((req (get-request port)))
      (cond ((not req) (close-connection))
            ((equal? (request-action req) 'receive-msg)
             (received-msg (request-src req) (request-data req)))
            ((equal? (request-action req) 'client-list)
             (here-are (request-data req)))
            (else (goodbye)))
      (if (and (not (port-closed? port)) (char-ready? port))
          (handle-request))))
  (when-port-readable port handle-request))

(define (here-are names) (format #t "Here are ~A~%" names))
(define (goodbye) (close-connection))

(define (received-msg from message)
  (format #t "~A says ~A~%" from message))

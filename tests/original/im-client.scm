;;; im-client.scm --- an Instant Message client, as a program for STk has it
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; (im-enroll "127.0.0.1" 6543)    then    (im 'bob "Hi")    then    (im-exit)

(load "im-common.scm")

(define logging #f)                     ; #t: print each request
(define whoiam (login-name))
(define clients nil)                    ; who is enrolled
(define socket-to-server #f)
(define port-to-server #f)
(define port-from-server #f)

;; Connects to the server and shakes hands with it: hello, welcome, thanks.
(define (im-enroll server-address server-port)
  (close-connection)
  (set! socket-to-server (make-client-socket server-address server-port))
  (set! port-to-server (socket-output socket-to-server))
  (set! port-from-server (socket-input socket-to-server))
  (if (not (send-request (make-request whoiam 'server 'hello nil)
                         port-to-server))
      (close-connection)
      (let ((req (get-request port-from-server)))
        (cond ((not req)
               (format #t "The server doesn't answer.~%")
               (close-connection))
              ((equal? (request-action req) 'sorry)
               (format #t "Somebody is called ~A already.~%" whoiam)
               (close-connection))
              ((equal? (request-action req) 'welcome)
               (if (send-request (make-request whoiam 'server 'thanks nil)
                                 port-to-server)
                   (begin (setup-request-handler port-from-server)
                          (format logging "Enrolled.~%"))
                   (close-connection)))
              (else
               (format #t "Is that a server?  It says: ~S~%" req)
               (close-connection)))))
  'okay)

;; Sends a message.
(define (im who message)
  (if (not (send-request (make-request whoiam who 'send-msg message)
                         port-to-server))
      (close-connection))
  'okay)

;; Asks the server for its goodbye.
(define (im-exit)
  (if (not (send-request (make-request whoiam 'server 'logout nil)
                         port-to-server))
      (close-connection))
  'okay)

(define (close-connection)
  (if socket-to-server
      (begin
        (if port-from-server
            (when-port-readable port-from-server #f))
        (socket-shutdown socket-to-server)))
  (set! socket-to-server #f)
  (set! port-to-server #f)
  (set! port-from-server #f)
  (set! clients nil))

;; Does what the server asks for, and goes on while there is more.
(define (setup-request-handler port)
  (define (handle-request)
    (let ((req (get-request port)))
      (if (not req)
          (begin (format #t "The connection is lost.~%")
                 (close-connection))
          (let ((action (request-action req)))
            (cond ((equal? action 'receive-msg)
                   (received-msg (request-src req) (request-data req)))
                  ((equal? action 'client-list)
                   (update-client-list (request-data req)))
                  ((equal? action 'goodbye)
                   (close-connection))
                  (else
                   (format #t "Unknown action: ~A~%" action)
                   (close-connection)))
            (if (and (not (port-closed? port)) (char-ready? port))
                (handle-request))))))
  (when-port-readable port handle-request))

(define (received-msg from message)
  (format #t "~%Message from ~A: ~A~%" from message))

(define (update-client-list names)
  (set! clients names)
  (format #t "~%Enrolled: ~A~%" clients))

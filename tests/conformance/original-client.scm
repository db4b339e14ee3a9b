;;; original-client.scm --- a small client that does as the original one did
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;;     guile original-client.scm [--fault GROUP]
;;;
;;; The counterpart of original-server.scm.  It evaluates each line of its
;;; standard input, and trusts its server: nobody should run it but the tests.

(use-modules (conformance original)
             (ice-9 iconv)
             (ice-9 match)
             (ice-9 rdelim)
             (rnrs bytevectors)
             (srfi srfi-1))

(define fault
  (match (command-line) ((_ "--fault" group) group) (_ #f)))

(define (fault? group)
  "True iff we are to do wrong what the cases of GROUP are about."
  (equal? fault group))


;;; What people type

(define nil '())
(define whoiam (text->name (or (getenv "USER") "anonymous")))
(define port-to-server #f)              ; a socket, or #f

(define (make-request from to action data)
  (list from to action data))

(define (send-request request socket)
  "Send REQUEST to SOCKET."
  (when socket
    (catch 'system-error
      (lambda ()
        (send socket
              (string->bytevector
               (match request
                 ((from to action data)
                  (show-request from to action data
                                #:wrong-data? (fault? "client-data"))))
               "UTF-8")))
      (const #f))))

(define (ask-server action)
  (send-request (make-request whoiam 'server action nil) port-to-server))

(define (im-enroll host port)
  "Enroll with the server at HOST and PORT."
  (set! port-to-server (socket AF_INET SOCK_STREAM 0))
  (connect port-to-server AF_INET (inet-pton AF_INET host) port)
  (setsockopt port-to-server IPPROTO_TCP TCP_NODELAY 1)
  (set! input "")
  (set! requests '())
  (ask-server 'hello)
  (match (next-request)
    ((_ _ action . _)
     (if (or (eq? action 'welcome) (fault? "client-handshake"))
         (ask-server 'thanks)
         (hang-up)))
    (_ (hang-up))))

(define (im who message)
  "Send WHO the MESSAGE."
  (send-request (make-request whoiam who 'send-msg message) port-to-server))

(define (im-exit)
  "Leave the server, and wait for its goodbye."
  (when port-to-server
    (ask-server (if (fault? "client-recorded") 'bye 'logout))
    (let loop ()
      (match (next-request)
        ((_ _ 'goodbye . _) (hang-up))
        ((? pair?) (loop))
        (_ (hang-up))))))

(define (hang-up)
  (when port-to-server
    (close-port port-to-server))
  (set! port-to-server #f))


;;; What the server sends

(define input "")                       ; of the next request
(define requests '())                   ; not yet obeyed

(define (next-request)
  "Return the next request, or #f when the server has gone; wait for it."
  (match requests
    ((request . rest)
     (set! requests rest)
     request)
    (() (and (receive!) (next-request)))))

(define buffer (make-bytevector 65536))

(define (receive!)
  "Take what the server has sent.  Return #f if it has gone."
  (match (and port-to-server
              (catch 'system-error
                (lambda () (recv! port-to-server buffer))
                (const 0)))
    ((or #f 0) #f)
    (count
     (set! input (string-append input (first-of-buffer count)))
     (set! requests
           ((if (fault? "client-pipelining") reverse identity)
            (take-requests!)))
     (not (and (fault? "client-splits") (not (string-null? input)))))))

(define (first-of-buffer count)
  (let ((bytes (make-bytevector count)))
    (bytevector-copy! buffer 0 bytes 0 count)
    (bytevector->string bytes "ISO-8859-1")))

(define (take-requests!)
  "Return the requests that the input begins with, and leave the rest."
  (match (read-request input)
    ((request . rest)
     (set! input rest)
     (cons request (take-requests!)))
    (#f '())))

(define (obey-all!)
  "Do what the server asks for, as long as there is one."
  (when (and port-to-server (pair? requests))
    (obey! (next-request))
    (obey-all!)))

(define (obey! request)
  (match request
    ((from _ 'receive-msg data . _) (format #t "~a: ~s~%" from data))
    ((_ _ 'client-list names . _) (format #t "Here: ~a~%" names))
    (_
     (when (fault? "client-actions")
       (ask-server 'what))
     (hang-up))))

(define (lose-server!)
  (when (fault? "client-vanishing")
    (ask-server 'logout))
  (hang-up))


;;; The prompt

(define (evaluate line)
  (match (read-datum line)
    ((expression . _) (primitive-eval expression))
    (#f #f)))

(define (prompt)
  "Do what people type and what the server asks for, until nobody types."
  (let ((ready (car (select (filter identity (list (current-input-port)
                                                   port-to-server))
                            '() '()))))
    (when (and port-to-server (memq port-to-server ready)
               (not (receive!)))
      (lose-server!))
    (obey-all!)
    (if (memq (current-input-port) ready)
        (match (read-line)
          ((? eof-object?) #t)
          (line
           (evaluate line)
           (obey-all!)
           (prompt)))
        (prompt))))

(sigaction SIGPIPE SIG_IGN)
(setvbuf (current-input-port) 'none)
(setvbuf (current-output-port) 'line)
(prompt)

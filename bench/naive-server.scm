;;; naive-server.scm -- a server as one writes it first: a thread per client
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; Guile's own sockets, `read' and `write', and a mutex for each client's
;;; port.  It is here to be measured: what do a reactor and a reader of our
;;; own buy?
;;;
;;; Usage: guile naive-server.scm PORT   (serves until it is killed)

(use-modules (ice-9 match) (ice-9 threads) (srfi srfi-1))

(define clients '())                    ; ((name port . mutex) ...)
(define clients-mutex (make-mutex))

(define (send client request)
  "Print REQUEST to the port of CLIENT, an entry of `clients'."
  (match client
    ((_ port . mutex)
     (with-mutex mutex
       (write request port)
       (force-output port)))))

(define (send-lists)
  (let* ((present clients)
         (names (map car present)))
    (for-each (lambda (client)
                (send client `(server ,(car client) client-list ,names)))
              present)))

(define (add! client)
  (with-mutex clients-mutex
    (set! clients (cons client clients))
    (send-lists)))

(define (remove! client)
  (with-mutex clients-mutex
    (set! clients (delq client clients))
    (send-lists)))

(define (shake-hands port)
  "Return an entry for the client at PORT, or #f."
  (match (read port)
    ((name _ 'hello _)
     (let ((client (cons* name port (make-mutex))))
       (send client `(server ,name welcome ()))
       (match (read port)
         ((_ _ 'thanks _) client)
         (_ #f))))
    (_ #f)))

(define (relay client)
  "Pass on what CLIENT sends, until it is gone."
  (match (read (cadr client))
    ((_ to 'send-msg data)
     (let ((receiver (assq to clients)))
       (when receiver
         (send receiver `(,(car client) ,to receive-msg ,data))))
     (relay client))
    (_ #f)))

(define (serve port)
  (false-if-exception
   (let ((client (shake-hands port)))
     (when client
       (add! client)
       (false-if-exception (relay client))
       (remove! client))))
  (false-if-exception (close-port port)))

(define listener (socket PF_INET SOCK_STREAM 0))
(sigaction SIGPIPE SIG_IGN)
(setsockopt listener SOL_SOCKET SO_REUSEADDR 1)
(bind listener AF_INET INADDR_LOOPBACK
      (string->number (last (command-line))))
(listen listener 1024)
(let accept-clients ()
  (let ((port (car (accept listener))))
    (setsockopt port IPPROTO_TCP TCP_NODELAY 1)
    (setvbuf port 'block)
    (call-with-new-thread (lambda () (serve port)))
    (accept-clients)))

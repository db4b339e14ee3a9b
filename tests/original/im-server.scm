;;; im-server.scm --- an Instant Message server, as a program for STk has it
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; (im-server-start)    and    (im-server-close)

(load "im-common.scm")

(define logging #t)
(define server-socket #f)

;; Who is enrolled: a table as in SICP 3.3.3, of names and sockets.

(define clients-table (list '*table*))
(define key car)
(define value cdr)

;; Returns #f if the name is taken.
(define (add-client-to-table name sock)
  (if (find-client-socket name)
      #f
      (begin
        (set-cdr! clients-table
                  (cons (cons name sock) (cdr clients-table)))
        #t)))

(define (remove-client-from-table name)
  (define (remove-after pair)
    (cond ((null? (cdr pair)) #f)
          ((equal? name (key (cadr pair)))
           (let ((sock (value (cadr pair))))
             (set-cdr! pair (cddr pair))
             (socket-shutdown sock)))
          (else (remove-after (cdr pair)))))
  (remove-after clients-table))

(define (find-client-socket name)
  (let ((entry (assoc name (cdr clients-table))))
    (if entry (value entry) #f)))

(define (find-port-to-client name)
  (let ((sock (find-client-socket name)))
    (if sock (socket-output sock) #f)))

(define (get-clients-list)
  (map key (cdr clients-table)))

;; Starting and closing

(define (im-server-start)
  (if server-socket (im-server-close))
  (set! server-socket (make-server-socket))
  (when-socket-ready server-socket
                     (lambda () (handshake (socket-dup server-socket))))
  (format #t "Server IP address: ~A, server port: ~A~%"
          (get-ip-address-as-string)
          (socket-port-number server-socket))
  'okay)

(define (im-server-close)
  (server-broadcast 'receive-msg "Server shutting down...")
  (server-broadcast 'goodbye nil)
  (for-each remove-client-from-table (get-clients-list))
  (if server-socket
      (begin
        (when-socket-ready server-socket #f)
        (socket-shutdown server-socket)))
  (set! server-socket #f)
  'okay)

;; Our own address, which a connection to some well-known host tells.  (The
;; courses asked a host of Berkeley's.  This one is no farther than here.)

(define well-known-host "127.0.0.1")
(define well-known-port 80)

(define (get-ip-address-as-string)
  (let ((sock (make-client-socket well-known-host well-known-port)))
    (let ((address (socket-local-address sock)))
      (socket-shutdown sock)
      address)))

;; The three-way handshake: hello, welcome, thanks.

(define (handshake sock)
  (socket-accept-connection sock)
  (format logging "Connection from ~A~%" (socket-host-name sock))
  (let ((port-from-client (socket-input sock))
        (port-to-client (socket-output sock)))
    (let ((hello (get-request port-from-client)))
      (if (and hello (equal? (request-action hello) 'hello))
          (let ((name (request-src hello)))
            (if (find-client-socket name)
                (begin
                  (send-request (make-request 'server name 'sorry nil)
                                port-to-client)
                  (socket-shutdown sock))
                (if (send-request (make-request 'server name 'welcome nil)
                                  port-to-client)
                    (let ((thanks (get-request port-from-client)))
                      (if (and thanks
                               (equal? (request-action thanks) 'thanks))
                          (register-client name sock)
                          (socket-shutdown sock)))
                    (socket-shutdown sock))))
          (socket-shutdown sock)))))

(define (register-client name sock)
  (if (add-client-to-table name sock)
      (begin
        (setup-client-request-handler name sock)
        (server-broadcast 'client-list (get-clients-list)))
      (socket-shutdown sock)))

;; What clients ask for

(define (setup-client-request-handler name sock)
  (define port-from-client (socket-input sock))
  (define (handle-request)
    (let ((req (get-request port-from-client)))
      (if (not req)
          (remove-client name)
          (let ((src (request-src req))
                (dst (request-dst req))
                (action (request-action req))
                (data (request-data req)))
            (cond ((equal? action 'send-msg)
                   (let ((port-to-dst (find-port-to-client dst)))
                     (if port-to-dst
                         (if (not (send-request
                                   (make-request src dst 'receive-msg data)
                                   port-to-dst))
                             (remove-client dst))
                         (send-request
                          (make-request 'server src 'receive-msg
                                        (format #f "User not found: ~A" dst))
                          (find-port-to-client name)))))
                  ((equal? action 'logout)
                   (remove-client name))
                  (else
                   (send-request
                    (make-request 'server dst 'receive-msg
                                  (format #f "Unrecognized action: ~A"
                                          action))
                    (find-port-to-client name))))
            (if (and (not (port-closed? port-from-client))
                     (char-ready? port-from-client))
                (handle-request))))))
  (when-port-readable port-from-client handle-request))

(define (remove-client name)
  (let ((port-to-client (find-port-to-client name)))
    (if port-to-client
        (begin
          (send-request (make-request 'server name 'goodbye nil)
                        port-to-client)
          (remove-client-from-table name)
          (server-broadcast 'client-list (get-clients-list))))))

(define (server-broadcast action data)
  (for-each (lambda (name)
              (send-request (make-request 'server name action data)
                            (find-port-to-client name)))
            (get-clients-list)))

;;; threads-server.scm -- one echo server, four ways to serve many clients
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;;     guile threads-server.scm one|handler|thread|process [PORT]
;;;
;;; What differs is who waits for a client's next line:
;;;
;;;   one       one client after the other; the next waits for its turn
;;;   handler   a handler for each, run when something has come for it
;;;   thread    a thread for each, which waits for its client alone
;;;   process   the same with a process, which shares nothing with the others
;;;
;;; The last two are made of Guile's own sockets: those of (im socket) belong
;;; to one reactor, in one thread of one process, and say so if another
;;; thread uses them.

(use-modules (im socket) (im reactor) (im text) (im lab)
             (ice-9 binary-ports) (ice-9 threads) (rnrs bytevectors))

;;; --- On our sockets ---------------------------------------------------

(define (echo socket)
  "Send SOCKET's peer back what it sends, to the end."
  (let ((bytes (get-bytevector-some (socket-input socket))))
    (if (not (eof-object? bytes))
        (begin
          (put-bytevector (socket-output socket) bytes)
          (force-output (socket-output socket))
          (echo socket)))))

(define (echo-and-close socket)
  (catch 'system-error
    (lambda () (echo socket))
    (lambda (key . rest) (print-line "a client vanished")))
  (socket-shutdown socket))

(define (serve-one-at-a-time listener)
  (echo-and-close (socket-accept-connection (socket-dup listener)))
  (serve-one-at-a-time listener))

(define (serve-with-handlers listener)
  (when-socket-ready listener
    (lambda ()
      (echo-and-close (socket-accept-connection (socket-dup listener))))))

;;; --- On Guile's own ---------------------------------------------------

(define (plain-listener port)
  (let ((listener (socket PF_INET (logior SOCK_STREAM SOCK_CLOEXEC) 0)))
    (setsockopt listener SOL_SOCKET SO_REUSEADDR 1)
    (bind listener AF_INET INADDR_LOOPBACK port)
    (listen listener 128)
    listener))

(define (plain-echo client)
  (define room (make-bytevector 4096))
  (define (send-from start end)
    (if (< start end)
        (send-from (+ start (send client (part start end))) end)))
  (define (part start end)
    (let ((bytes (make-bytevector (- end start))))
      (bytevector-copy! room start bytes 0 (- end start))
      bytes))
  (let ((count (recv! client room)))
    (if (> count 0)
        (begin
          (send-from 0 count)
          (plain-echo client)))))

(define (plain-echo-and-close client)
  (catch #t
    (lambda () (plain-echo client))
    (lambda (key . rest) #f))                 ; it vanished
  (close-port client))

(define (serve-with-threads listener)
  (when-port-readable listener
    (lambda ()
      (let ((client (car (accept listener))))
        (call-with-new-thread
         (lambda () (plain-echo-and-close client)))))))

(define (serve-with-processes listener)
  (when-port-readable listener
    (lambda ()
      (let ((client (car (accept listener))))
        (if (= 0 (primitive-fork))
            (begin                            ; the child
              (close-port listener)
              (plain-echo-and-close client)
              (primitive-_exit 0))
            (close-port client)))             ; the child has it
      (bury-children))))

(define (bury-children)
  "Let go of the processes that have ended."
  (if (catch 'system-error
        (lambda () (not (= 0 (car (waitpid WAIT_ANY WNOHANG)))))
        (lambda (key . rest) #f))             ; there are none
      (bury-children)))

;;; --- The server -------------------------------------------------------

(define (threads-server way port)
  "Echo what comes to PORT, in the WAY of that name."
  (define (ours serve)
    (let ((listener (make-server-socket port #:address "127.0.0.1")))
      (announce listener)
      (serve listener)
      listener))
  (define (plain serve)
    (let ((listener (plain-listener port)))
      (print-line "Listening on 127.0.0.1 port ~a."
                  (sockaddr:port (getsockname listener)))
      (serve listener)
      listener))
  (cond ((equal? way "one") (ours serve-one-at-a-time))
        ((equal? way "handler") (ours serve-with-handlers))
        ((equal? way "thread") (plain serve-with-threads))
        ((equal? way "process") (plain serve-with-processes))
        (else (stop "no such way: ~a (one, handler, thread or process)" way))))

(start-lab threads-server '((way) (port 6026)))

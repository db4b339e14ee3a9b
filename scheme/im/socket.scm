;;; (im socket) -- TCP sockets, as STk had them
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; The names and their meaning are those of the sockets in STk 4.0 (see its
;;; reference manual, "Sockets"), so that programs written for it run.
;;; In particular `socket-accept-connection' changes the socket it is given:
;;; one that listened is afterwards also the connection, and `socket-dup'
;;; is how a server keeps a socket to listen on.
;;;
;;; Whatever waits here lets everybody else's handlers run meanwhile, and
;;; takes #:timeout, in seconds, fractions allowed; when it passes the key
;;; `timeout' is raised.

(define-module (im socket)
  #:use-module (im complaint)
  #:use-module (im primitives)
  #:use-module (im dispatch)
  #:use-module (im hosts)
  #:use-module (im ports)
  #:use-module (im timeout)
  #:use-module (ice-9 format)
  #:use-module (srfi srfi-9)
  #:use-module (srfi srfi-9 gnu)
  #:export (make-client-socket make-server-socket
            socket? socket-dup socket-accept-connection
            socket-finish-output socket-shutdown
            socket-input socket-output
            socket-host-name socket-host-address socket-peer-address
            socket-local-address socket-port-number
            socket-down? socket-listener
            flush)
  #:re-export (call-with-timeout timeout-error?
               host-addresses interface-addresses network-address
               service-port service-name))

;; A socket listens, or is connected, or (after accepting) both.
(define-record-type <socket>
  (make-socket listener owner? port host-name host-address port-number down?)
  a-socket?
  (listener listener-of set-listener!)        ; C's, or #f
  (owner? owner?)                             ; listening is its own
  (port port-of set-port!)                    ; for both directions | #f
  (host-name host-name-of set-host-name!)
  (host-address host-address-of set-host-address!)
  (port-number port-number-of)
  (down? down? set-down?!))

(set-record-type-printer! <socket>
  (lambda (socket port)
    (format port "#<socket ~a>" (describe-state socket))))

(define (describe-state socket)
  (cond ((down? socket) "closed")
        ((open-port-of socket)
         => (lambda (port)
              (format #f "connected to ~a"
                      (end-point-text (%stream-peer port)))))
        ((socket-listener socket)
         => (lambda (listener)
              (format #f "listening on ~a"
                      (end-point-text (%listener-address listener)))))
        (else "not connected")))

(define (end-point-text end-point)
  (if end-point
      (format #f "~a:~a" (any-address->zeros (car end-point)) (cdr end-point))
      "nobody"))

;;; --- Arguments --------------------------------------------------------

(define (check-socket who socket)
  (unless (a-socket? socket)
    (bad-argument who "bad socket: ~S" socket)))

;;; --- Connecting -------------------------------------------------------

(define* (make-client-socket host port #:key timeout)
  "Return a socket connected to PORT, a number, on HOST, a string: a name or
an address in numbers, IPv4 or IPv6.

Waits until the connection stands, for TIMEOUT seconds if given, and raises
`timeout' when that is not enough.  Raises an error that says `Connection
refused' when nobody listens there, `unknown or misspelled host name' when
there is no such host, `bad hostname' when HOST isn't a string."
  (check-host "make-client-socket" host)
  (check-port-number "make-client-socket" port)
  (within "make-client-socket" timeout
          (lambda () (socket-to "make-client-socket" host port))))

(define (socket-to who host port)
  (let ((stream (connect-to-any (addresses-for who host) port)))
    (make-socket #f #f stream host (and=> (%stream-peer stream) car)
                 port #f)))

(define (connect-to-any addresses port)
  "Return the port of a stream to the first of ADDRESSES that takes the
connection; raise the last one's error."
  (let ((stream (connect-to (car addresses) port)))
    (cond ((port? stream) stream)
          ((pair? (cdr addresses))
           (connect-to-any (cdr addresses) port))
          (else
           (scm-error 'system-error "make-client-socket" "~A (~A port ~A)"
                      (list (strerror stream) (car addresses) port)
                      (list stream))))))

(define (connect-to address port)
  "Return the port of a stream to ADDRESS, or the errno that says why not."
  (catch 'system-error
    (lambda ()
      (let* ((stream (%connect address port))
             (errno (connecting-errno stream)))
        (cond ((zero? errno) stream)
              (else (close-port stream) errno))))
    (lambda error (system-error-errno error))))

(define (connecting-errno stream)
  "Return 0 when STREAM is connected, or the errno that says why it isn't."
  (catch #t
    (lambda ()
      (wait-for stream 'write)
      (%stream-errno stream))
    (lambda error                             ; it took too long
      (close-port stream)
      (apply throw error))))

;;; --- Listening --------------------------------------------------------

(define* (make-server-socket #:optional (port 0) #:key address (backlog 1024))
  "Return a socket that listens on PORT, or on a port the system chooses when
PORT is omitted or 0; on all addresses, or on ADDRESS, a string, alone.
Doesn't wait.  Up to BACKLOG clients may wait to be accepted.

Raises a system-error that says `Address already in use' when another program
listens there."
  (check-port-number "make-server-socket" port)
  (when address
    (check-address "make-server-socket" address))
  (let* ((listener (taking-port
                    port (lambda ()
                           (if address
                               (%listen address port backlog)
                               (listen-everywhere port backlog)))))
         (port (cdr (%listener-address listener))))
    (make-socket listener #t #f #f #f port #f)))

(define (listen-everywhere port backlog)
  "Listen with IPv6, which takes IPv4 as well, where there is any."
  (catch 'system-error
    (lambda () (%listen "::" port backlog))
    (lambda error
      (if (memv (system-error-errno error) (list EADDRINUSE EACCES))
          (apply throw error)
          (%listen "0.0.0.0" port backlog)))))

(define (socket-dup socket)
  "Return a copy of SOCKET that can be accepted on.  It borrows the listening:
shutting the copy down leaves SOCKET alone, shutting SOCKET down frees the
port and the copy can accept no more."
  (check-socket "socket-dup" socket)
  (make-socket (listener-of socket) #f (port-of socket)
               (host-name-of socket) (host-address-of socket)
               (port-number-of socket) (down? socket)))

(define* (socket-accept-connection socket #:key timeout (tell ignore))
  "Return SOCKET, which listens, after accepting a connection: its input,
output and host are now the client's.

Waits for a client, for TIMEOUT seconds if given, and raises `timeout' when
none came.  While this process has as many connections as it can have,
clients wait as well, and TELL is called with a sentence that says so."
  (check-socket "socket-accept-connection" socket)
  (let ((stream (within "socket-accept-connection" timeout
                        (lambda () (accept-stream socket tell)))))
    (set-port! socket stream)
    (let ((peer (%stream-peer stream)))
      (set-host-name! socket (and peer (car peer)))
      (set-host-address! socket (and peer (car peer))))
    socket))

(define (ignore sentence)
  #f)

(define (accept-stream socket tell)
  (let* ((listener (open-listener socket))
         (stream (%accept listener)))
    (cond ((port? stream) stream)
          (else
           (when (eq? stream 'full)
             (tell "All connections are taken; who comes now waits."))
           (wait-for listener 'read)
           (accept-stream socket tell)))))

(define (open-listener socket)
  (or (socket-listener socket)
      (bad-argument "socket-accept-connection"
                    "~S doesn't listen; make-server-socket makes one that does"
                    socket)))

;;; --- Closing ----------------------------------------------------------

(define (socket-finish-output socket)
  "Tell SOCKET's peer that no more will be sent, after all that was printed;
what the peer sends can still be read, to its end.  Doesn't wait.

That is how a program sends a file and then reads the answer: the peer's
`read-string', say, returns when it is told.  Printing to SOCKET afterwards is
an error.  Raises an error that says `not connected' if SOCKET isn't."
  (check-socket "socket-finish-output" socket)
  (let ((port (open-port-of socket)))
    (unless port
      (bad-argument "socket-finish-output" "not connected: ~S" socket))
    (force-output port)
    (%finish-output! port)))

(define* (socket-shutdown socket #:optional (close? #t))
  "Close the connection of SOCKET; what was printed is still sent.  Unless
CLOSE? is #f, remove its handler too and, if it was made by
`make-server-socket', stop listening: the port is free at once.

With CLOSE? #f a socket that listens can accept its next client.  Doesn't
wait, may be called again."
  (check-socket "socket-shutdown" socket)
  (unless (boolean? close?)
    (bad-argument "socket-shutdown" "bad boolean: ~S" close?))
  (let ((port (open-port-of socket)))
    (when port
      (forget-source! port)
      (close-port port))
    (set-port! socket #f))
  (when close?
    (when (and (owner? socket) (listener-of socket))
      (forget-source! (listener-of socket))
      (%close-source! (listener-of socket)))
    (set-listener! socket #f)
    (set-down?! socket #t)))

;;; --- Looking ----------------------------------------------------------

(define (open-port-of socket)
  (let ((port (port-of socket)))
    (and port (not (port-closed? port)) port)))

(define (socket? object)
  "Return #t if OBJECT is a socket."
  (a-socket? object))

(define (socket-down? socket)
  "Return #t if SOCKET was shut down."
  (check-socket "socket-down?" socket)
  (down? socket))

(define (socket-listener socket)
  "Return what SOCKET listens with, for `when-socket-ready', or #f if it doesn't
listen."
  (check-socket "socket-listener" socket)
  (let ((listener (listener-of socket)))
    (and listener (%source-open? listener) listener)))

(define (socket-host-name socket)
  "Return the name of SOCKET's peer as it was given, or its address in numbers, a
string; #f until it is connected."
  (check-socket "socket-host-name" socket)
  (host-name-of socket))

(define (socket-host-address socket)
  "Return the address of SOCKET's peer in numbers, a string; #f until it is
connected."
  (check-socket "socket-host-address" socket)
  (host-address-of socket))

(define (socket-port-number socket)
  "Return the port that SOCKET listens on, or was connected to, a number."
  (check-socket "socket-port-number" socket)
  (port-number-of socket))

(define (socket-input socket)
  "Return the port that what SOCKET's peer sends is read from, or #f while it
is not connected."
  (check-socket "socket-input" socket)
  (port-of socket))

(define (socket-output socket)
  "Return the port to print to for SOCKET's peer, or #f while it is not
connected.  What is printed goes out when the program next waits, or at
`flush'.  Printing waits while 64 KiB are on their way."
  (check-socket "socket-output" socket)
  (port-of socket))

(define (any-address->zeros address)
  (if (string=? address "::") "0.0.0.0" address))

(define (socket-local-address socket)
  "Return the address of this end of SOCKET, a string in numbers; \"0.0.0.0\"
when it listens on all addresses; #f when it is closed."
  (check-socket "socket-local-address" socket)
  (cond ((open-port-of socket)
         => (lambda (port) (and=> (%stream-local port) car)))
        ((socket-listener socket)
         => (lambda (listener)
              (any-address->zeros (car (%listener-address listener)))))
        (else #f)))

(define (socket-peer-address socket)
  "Return (ADDRESS . PORT) of SOCKET's peer, a string and a number, or #f while
it is not connected."
  (check-socket "socket-peer-address" socket)
  (and=> (open-port-of socket) %stream-peer))

(define* (flush #:optional (port (current-output-port)))
  "Send what was printed to PORT, or show it, now: as far as the network takes
it at once.  Doesn't wait.  (STk's name for force-output.)"
  (force-output port))

;;; (im datagram) -- UDP: datagrams, with no connection between
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; A datagram is sent whole to an address, and arrives whole, or twice, or
;;; not at all, and not always in order: who needs an answer sets a timeout
;;; and asks again.  One socket sends to anybody and receives from anybody; a
;;; datagram says who sent it.
;;;
;;; A multicast goes to all who joined a group, an address such as
;;; 239.255.60.15 that no computer has; a broadcast to all in one network.

(define-module (im datagram)
  #:use-module (im complaint)
  #:use-module (im primitives)
  #:use-module (im dispatch)
  #:use-module (im hosts)
  #:use-module (im timeout)
  #:use-module (ice-9 format)
  #:use-module (ice-9 iconv)
  #:use-module (rnrs bytevectors)
  #:use-module (srfi srfi-1)
  #:use-module (srfi srfi-9)
  #:use-module (srfi srfi-9 gnu)
  #:export (make-datagram-socket close-datagram-socket
            datagram-socket? datagram-socket-closed?
            datagram-socket-address datagram-socket-port
            send-datagram receive-datagram when-datagram-ready
            datagram? datagram-bytes datagram-text datagram-address
            datagram-port datagram-truncated?
            join-multicast-group leave-multicast-group)
  #:re-export (call-with-timeout timeout-error?
               host-addresses interface-addresses network-address
               service-port service-name))

(define-record-type <datagram-socket>
  (make-socket source address port interface)
  a-datagram-socket?
  (source source-of)                          ; C's
  (address address-of)
  (port port-of)
  (interface interface-of))                   ; a name | #f

(set-record-type-printer! <datagram-socket>
  (lambda (socket port)
    (if (open? socket)
        (format port "#<datagram-socket ~a:~a>"
                (address-of socket) (port-of socket))
        (display "#<datagram-socket closed>" port))))

(define-record-type <datagram>
  (make-datagram bytes address port truncated?)
  a-datagram?
  (bytes bytes-of)
  (address sender-address-of)
  (port sender-port-of)
  (truncated? cut?))

(set-record-type-printer! <datagram>
  (lambda (datagram port)
    (format port "#<datagram of ~a bytes~a from ~a:~a>"
            (bytevector-length (bytes-of datagram))
            (if (cut? datagram) ", truncated," "")
            (sender-address-of datagram) (sender-port-of datagram))))

;;; --- Arguments --------------------------------------------------------

(define (check-socket who socket)
  (unless (a-datagram-socket? socket)
    (bad-argument who "bad datagram socket: ~S (make-datagram-socket makes one)"
                  socket)))

(define (check-open who socket)
  (check-socket who socket)
  (unless (open? socket)
    (bad-argument who "this socket is closed: ~S" socket)))

(define (check-datagram who datagram)
  (unless (a-datagram? datagram)
    (bad-argument who "bad datagram: ~S (receive-datagram returns one)"
                  datagram)))

(define (open? socket)
  (%source-open? (source-of socket)))

(define (ipv6? address)
  (and (string-index address #\:) #t))

;;; --- Sockets ----------------------------------------------------------

(define* (make-datagram-socket #:optional (port 0)
                               #:key (address "0.0.0.0") interface
                               (ttl (%limit 'multicast-ttl)) (loop? #t) broadcast? share?)
  "Return a socket that sends datagrams, and receives those sent to PORT, or to
a port the system chooses when PORT is omitted or 0; at all IPv4 addresses of
this computer, or only at ADDRESS, a string: \"127.0.0.1\", \"::1\" or \"::\"
(all of IPv6), or that of a group or a broadcast.  Doesn't wait.

INTERFACE is where multicasts leave and groups are joined: an address of this
computer or an interface's name; if omitted, the one that has ADDRESS, or the
system's choice.  They cross TTL networks (1: none but this) and, unless LOOP?
is #f, can be heard on this computer too.  BROADCAST? allows sending to a
broadcast address, SHARE? allows others here to use the same port.

Raises a system-error that says `Address already in use' when another socket
has the port."
  (define who "make-datagram-socket")
  (check-port-number who port)
  (check-address who address)
  (check-ttl who ttl)
  (let* ((interface (interface-name who interface address))
         (source (taking-port
                  port (lambda ()
                         (%open-datagram address port interface ttl loop?
                                         broadcast? share?))))
         (end-point (%listener-address source)))
    (make-socket source (car end-point) (cdr end-point) interface)))

(define (check-ttl who ttl)
  (unless (and (exact-integer? ttl) (<= 0 ttl 255))
    (bad-argument who "bad TTL: ~S (a number of networks from 0 to 255)" ttl)))

(define (interface-name who interface address)
  "Return the name of INTERFACE, given by name or address, or if that is #f of
the one that has ADDRESS; or #f if none has it."
  (cond ((not interface) (interface-with address))
        ((assoc interface (interface-addresses)) interface)
        ((and (string? interface) (interface-with interface)))
        (else
         (bad-argument who "bad interface: ~S (this computer has ~A)" interface
                       (delete-duplicates (map first (interface-addresses)))))))

(define (interface-with address)
  ;; All that begin with 127 are the loopback's, though it lists but one.
  (let* ((address (if (string-prefix? "127." address) "127.0.0.1" address))
         (found (find (lambda (interface) (string=? address (second interface)))
                      (interface-addresses))))
    (and found (first found))))

(define (close-datagram-socket socket)
  "Close SOCKET and remove its handler; its port is free at once.  Who waits for
a datagram there gets an error.  Doesn't wait, may be called again."
  (check-socket "close-datagram-socket" socket)
  (when (open? socket)
    (forget-source! (source-of socket))
    (%close-source! (source-of socket))))

(define (datagram-socket? object)
  "Return #t if OBJECT is a datagram socket."
  (a-datagram-socket? object))

(define (datagram-socket-closed? socket)
  "Return #t if SOCKET was closed."
  (check-socket "datagram-socket-closed?" socket)
  (not (open? socket)))

(define (datagram-socket-address socket)
  "Return the address that SOCKET receives at, a string; \"0.0.0.0\" when it is
all of this computer's."
  (check-socket "datagram-socket-address" socket)
  (address-of socket))

(define (datagram-socket-port socket)
  "Return the port that SOCKET receives at, a number."
  (check-socket "datagram-socket-port" socket)
  (port-of socket))

;;; --- Sending ----------------------------------------------------------

(define* (send-datagram socket content host port #:key timeout)
  "Send CONTENT, a string (in UTF-8) or a bytevector of up to 65,507 bytes, to
PORT, a number, on HOST, a string: a name or an address in numbers.  Whether
it arrives nobody knows before an answer comes.

Waits while there is no room for it, and for the address of a name, for TIMEOUT
seconds if given, and raises `timeout' when that is not enough.  Raises an error
that says `too long', `unknown or misspelled host name' or, if the system
refuses, why: a system-error."
  (define who "send-datagram")
  (check-open who socket)
  (check-host who host)
  (check-destination who port)
  (let ((bytes (content->bytes who content)))
    (within who timeout
            (lambda ()
              (send-bytes socket bytes (address-to socket host) port)))))

(define (check-destination who port)
  (check-port-number who port)
  (when (zero? port)
    (bad-argument who "bad port number: 0 (nobody receives there)")))

(define (content->bytes who content)
  (let ((bytes (if (string? content) (string->utf8 content) content)))
    (unless (bytevector? bytes)
      (bad-argument who "bad content: ~S (a string or a bytevector)" content))
    (when (> (bytevector-length bytes) (%limit 'datagram-bytes))
      (scm-error 'misc-error who "too long: ~A bytes; a datagram has at most ~A"
                 (list (bytevector-length bytes) (%limit 'datagram-bytes)) #f))
    bytes))

(define (address-to socket host)
  "Return the first address of HOST that SOCKET can send to."
  (define (same-version? address)
    (eq? (ipv6? address) (ipv6? (address-of socket))))
  (or (find same-version? (addresses-for "send-datagram" host))
      (scm-error 'misc-error "send-datagram"
                 "~S has no ~A address, and ~S sends to no other"
                 (list host (if (ipv6? (address-of socket)) "IPv6" "IPv4")
                       socket)
                 #f)))

(define (send-bytes socket bytes address port)
  (check-open "send-datagram" socket)         ; it may be closed by now
  (unless (send-now socket bytes address port)
    (wait-for (source-of socket) 'write)
    (send-bytes socket bytes address port)))

(define (send-now socket bytes address port)
  (catch 'system-error
    (lambda () (%send-datagram (source-of socket) bytes address port))
    (lambda (key who message arguments data)
      (scm-error key who (string-append "~A (~A port ~A)" (hint (car data)))
                 (list (strerror (car data)) address port) data))))

(define (hint errno)
  (if (= errno EACCES)
      "; only a socket made with #:broadcast? #t may broadcast"
      ""))

;;; --- Receiving --------------------------------------------------------

(define* (receive-datagram socket #:key timeout (size (%limit 'datagram-bytes)))
  "Return the next datagram that was sent to SOCKET.  SIZE bytes of it are taken,
65,507 when omitted; when it is longer the rest is lost, and
`datagram-truncated?' says so.

Waits for one, for TIMEOUT seconds if given, and raises `timeout' when none
came; in a handler, others run meanwhile."
  (define who "receive-datagram")
  (check-open who socket)
  (unless (and (exact-integer? size) (<= 0 size (%limit 'datagram-bytes)))
    (bad-argument who "bad size: ~S (a number of bytes from 0 to ~A)"
                  size (%limit 'datagram-bytes)))
  (within who timeout (lambda () (next-datagram socket size))))

(define (next-datagram socket size)
  (check-open "receive-datagram" socket)      ; it may be closed by now
  (let ((received (%receive-datagram (source-of socket) size)))
    (cond (received (apply make-datagram received))
          (else
           (wait-for (source-of socket) 'read)
           (next-datagram socket size)))))

;; What stands for "no argument": #f means "remove the handler".
(define none (list 'none))

(define* (when-datagram-ready socket #:optional (thunk none))
  "Call THUNK whenever a datagram waits for SOCKET, to receive it; #f: no
longer.  Without THUNK return the present handler, or #f.  Doesn't wait.

The handler may wait; other datagrams are received meanwhile."
  (define who "when-datagram-ready")
  (check-socket who socket)
  (cond ((eq? thunk none)
         (and (open? socket) (handler (source-of socket) 'read)))
        ((or (not thunk) (thunk? thunk))
         (check-open who socket)
         ;; As with a listener, those who send have no order to keep.
         (set-handler! (source-of socket) 'read thunk #:listener? #t))
        (else
         (bad-argument who "bad closure: ~S (a procedure without arguments, or \
#f)" thunk))))

;;; --- Datagrams --------------------------------------------------------

(define (datagram? object)
  "Return #t if OBJECT is a datagram."
  (a-datagram? object))

(define (datagram-bytes datagram)
  "Return the content of DATAGRAM, a bytevector."
  (check-datagram "datagram-bytes" datagram)
  (bytes-of datagram))

(define (datagram-text datagram)
  "Return the content of DATAGRAM as a string; what is no UTF-8 in it becomes
question marks."
  (check-datagram "datagram-text" datagram)
  (bytevector->string (bytes-of datagram) "UTF-8" 'substitute))

(define (datagram-address datagram)
  "Return the address of who sent DATAGRAM, a string in numbers.  Anybody can
write any address there."
  (check-datagram "datagram-address" datagram)
  (sender-address-of datagram))

(define (datagram-port datagram)
  "Return the port of who sent DATAGRAM, a number: where an answer goes."
  (check-datagram "datagram-port" datagram)
  (sender-port-of datagram))

(define (datagram-truncated? datagram)
  "Return #t if DATAGRAM was longer than what was asked for; the rest is lost."
  (check-datagram "datagram-truncated?" datagram)
  (cut? datagram))

;;; --- Groups -----------------------------------------------------------

(define* (join-multicast-group socket group #:key interface)
  "Receive at SOCKET, from now on, what is sent to GROUP, a string, and SOCKET's
port: an address from \"224.0.0.0\" to \"239.255.255.255\", or of IPv6 one that
begins with ff.  On INTERFACE, an address of this computer or an interface's
name; on SOCKET's when omitted.  Doesn't wait.

SOCKET must receive at all addresses or at GROUP's, not at one of this
computer's.  Raises a system-error if SOCKET is in the group already."
  (define who "join-multicast-group")
  (check-open who socket)
  (unless (member (address-of socket) (list "0.0.0.0" "::" group))
    (bad-argument who "~S hears no group; make it without #:address, or with \
#:address ~S" socket group))
  (set-member! who socket group interface #t))

(define* (leave-multicast-group socket group #:key interface)
  "Receive no longer what is sent to GROUP on INTERFACE, as they were joined.
Doesn't wait.  Raises a system-error if SOCKET isn't in the group."
  (set-member! "leave-multicast-group" socket group interface #f))

(define (set-member! who socket group interface member?)
  (check-open who socket)
  (unless (and (string? group) (%numeric-address? group) (multicast? group))
    (bad-argument who "bad group: ~S (an address from \"224.0.0.0\" to \
\"239.255.255.255\", or of IPv6 one that begins with ff)" group))
  (unless (eq? (ipv6? group) (ipv6? (address-of socket)))
    (bad-argument who "~S and ~S are of different versions of IP"
                  group socket))
  (%set-member! (source-of socket) group
                (if interface
                    (interface-name who interface #f)
                    (interface-of socket))
                member?))

(define (multicast? address)
  (if (ipv6? address)
      (string-prefix-ci? "ff" address)
      (= #b1110 (ash (inet-pton AF_INET address) -28))))

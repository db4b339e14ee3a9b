;;; (im hosts) -- names and addresses of computers, names of their services
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; An address is a string in numbers, "127.0.0.1" or "::1"; a port is a
;;; number.  What people write instead has names: localhost, finger.

(define-module (im hosts)
  #:use-module (im complaint)
  #:use-module (im primitives)
  #:use-module (im dispatch)
  #:use-module (im timeout)
  #:use-module (srfi srfi-1)
  #:export (host-addresses addresses-for check-host check-address
            check-port-number taking-port
            interface-addresses reachable-addresses network-address
            service-port service-name))

;;; --- Computers --------------------------------------------------------

(define* (host-addresses host #:key timeout)
  "Return the addresses of HOST, a name or an address in numbers: a list of
strings, at least one, the best first.

Waits for the answer, for TIMEOUT seconds if given, and raises `timeout' when
none came.  Raises an error that says `unknown or misspelled host name' when
there is no such host."
  (check-host "host-addresses" host)
  (within "host-addresses" timeout
          (lambda () (addresses-for "host-addresses" host))))

(define (addresses-for who host)
  "The same, in the name of WHO."
  (if (%numeric-address? host)
      (list host)
      (let ((lookup (%look-up host)))
        (when lookup
          (wait-for lookup 'read))
        (let ((addresses (if lookup (%found-addresses lookup) '())))
          (when (null? addresses)
            (scm-error 'misc-error who
                       "unknown or misspelled host name: ~S" (list host) #f))
          addresses))))

(define (check-host who host)
  "Raise an error in the name of WHO unless HOST is a string."
  (unless (string? host)
    (bad-argument who "bad hostname: ~S (write it between quotation marks, \
like \"127.0.0.1\")" host)))

(define (check-address who address)
  "Raise an error in the name of WHO unless ADDRESS is one in numbers."
  (unless (and (string? address) (%numeric-address? address))
    (bad-argument who "bad address: ~S (an address of this computer in \
numbers, like \"127.0.0.1\")" address)))

(define (check-port-number who port)
  "Raise an error in the name of WHO unless PORT is the number of a port."
  (unless (and (exact-integer? port) (<= 0 port 65535))
    (bad-argument who "bad port number: ~S (a port is a number from 0 to \
65535, without quotation marks)" port)))

(define (taking-port port take)
  "Return what (TAKE) returns, which begins to receive at PORT.  If the system
refuses that, its error says what to do."
  (catch 'system-error
    take
    (lambda (key who message arguments data)
      (scm-error key who (string-append "~A" (advice (car data)))
                 (list (strerror (car data)) port) data))))

(define (advice errno)
  (cond ((= errno EADDRINUSE)
         " (another socket has port ~A; take another, or 0 for any)")
        ((= errno EACCES)
         " (only the administrator may take port ~A; those above 1023 are free)")
        (else " (port ~A)")))

(define (interface-addresses)
  "Return a list of (INTERFACE ADDRESS LOOPBACK?), one for each address of this
computer: two strings and a boolean."
  (%interface-addresses))

(define (reachable-addresses)
  "Return the addresses, a list of strings, under which other computers may
reach this one: none that mean this computer itself, and none that a computer
gives itself when nobody in its network gives it one."
  (define (its-own? address)
    (or (string-prefix? "fe80:" address)           ; RFC 4291: this link only
        (string-prefix? "169.254." address)))      ; RFC 3927
  (remove its-own? (map second (remove third (%interface-addresses)))))

(define (network-address)
  "Return the address under which other computers most likely reach this one,
a string: the first that is no loopback, IPv4 before IPv6; else \"127.0.0.1\"."
  (let ((addresses (reachable-addresses)))
    (or (find (lambda (address) (string-index address #\.)) addresses)
        (and (pair? addresses) (first addresses))
        "127.0.0.1")))

;;; --- Services ---------------------------------------------------------

(define* (service-port name #:optional (protocol "tcp"))
  "Return the port that the service called NAME, a string, is known to have,
with PROTOCOL, \"tcp\" or \"udp\": (service-port \"finger\") is 79.

Raises an error that says `unknown service' when this computer knows none of
that name.  Who listens on a port below 1024 must be the administrator."
  (check-service-name name)
  (check-protocol "service-port" protocol)
  (or (known-service name protocol servent:port)
      (scm-error 'misc-error "service-port"
                 "unknown service: ~S (~A); /etc/services has the names this \
computer knows, or use the port's number"
                 (list name protocol) #f)))

(define* (service-name port #:optional (protocol "tcp"))
  "Return the name of the service that is known to have PORT, a number, with
PROTOCOL, \"tcp\" or \"udp\": a string; or #f if this computer knows none."
  (check-port-number "service-name" port)
  (check-protocol "service-name" protocol)
  (known-service port protocol servent:name))

(define (known-service name-or-port protocol part)
  (catch 'system-error
    (lambda () (part (getserv name-or-port protocol)))
    (lambda error #f)))

(define (check-service-name name)
  (unless (string? name)
    (bad-argument "service-port" "bad service: ~S (write its name between \
quotation marks, like \"finger\")" name)))

(define (check-protocol who protocol)
  (unless (member protocol '("tcp" "udp"))
    (bad-argument who "bad protocol: ~S (it is \"tcp\" or \"udp\")"
                  protocol)))

;;; test-hosts.scm --- computers and services have names
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(use-modules (im-test) (im datagram) (im socket) (im reactor)
             (ice-9 format) (srfi srfi-1) (srfi srfi-64))

(define-syntax-rule (refused text expression)
  (test-assert (format #f "~s: ~a" 'expression text)
    (says? (failure expression) text)))

(define (test-hosts)
  (test-equal "an address is its own" '("127.0.0.1")
              (host-addresses "127.0.0.1"))
  (test-equal "also with IPv6" '("::1") (host-addresses "::1"))
  (test-assert "a name has addresses, of this computer in this case"
    (let ((addresses (host-addresses "localhost" #:timeout 5)))
      (and (pair? addresses)
           (every (lambda (address)
                    (member address '("127.0.0.1" "::1")))
                  addresses))))
  (test-assert "a handler steps aside to ask"
    (let ((found #f))
      (after 0 (lambda () (set! found (host-addresses "localhost"))))
      (soon (lambda () found))))
  (refused "unknown or misspelled host name: \"no such host\""
           (host-addresses "no such host"))
  (refused "host-addresses" (host-addresses "no such host"))
  (refused "bad hostname: localhost" (host-addresses 'localhost))
  (refused "quotation marks" (host-addresses 127))
  (refused "bad number of seconds: x" (host-addresses "::1" #:timeout 'x)))

(define (test-interfaces)
  (test-assert "the loopback is among the interfaces, and said to be one"
    (any (lambda (interface)
           (and (string? (first interface))
                (string=? "127.0.0.1" (second interface))
                (eq? #t (third interface))))
         (interface-addresses)))
  (test-assert "network-address is one of them"
    (member (network-address) (map second (interface-addresses))))
  (test-assert "whatever they say names this computer"
    (every (lambda (interface)
             (let ((server (make-server-socket 0 #:address (second interface))))
               (socket-shutdown server)
               #t))
           (filter third (interface-addresses)))))

;; Not every computer has a list of services: then there is nothing to find.
(define services? (false-if-exception (getservbyname "finger" "tcp")))

(define (test-services)
  (when services?
    (test-equal "services have ports" '(79 79 7)
                (list (service-port "finger") (service-port "finger" "tcp")
                      (service-port "echo" "udp")))
    (test-equal "and ports have services" '("finger" "domain")
                (list (service-name 79) (service-name 53 "udp"))))
  (test-eq "but not each" #f (service-name 6543))
  (refused "unknown service: \"fingr\" (tcp)" (service-port "fingr"))
  (refused "/etc/services" (service-port "fingr"))
  (refused "bad service: 79" (service-port 79))
  (refused "bad service: finger" (service-port 'finger))
  (refused "bad protocol: \"http\"" (service-port "finger" "http"))
  (refused "bad port number: \"79\"" (service-name "79"))
  (refused "bad protocol: udp" (service-name 79 'udp)))

;; The system lets the administrator do everything.
(define (as-somebody thunk)
  (let ((user (geteuid)))
    (dynamic-wind
      (lambda () (when (zero? user) (seteuid 65534)))
      thunk
      (lambda () (when (zero? user) (seteuid user))))))

(define (test-taking-ports)
  (let* ((server (make-server-socket 0 #:address "127.0.0.1"))
         (udp (make-datagram-socket 0 #:address "127.0.0.1"))
         (port (socket-port-number server)))
    (refused (format #f "Address already in use (another socket has port ~a"
                     port)
             (make-server-socket port))
    (refused (format #f "Address already in use (another socket has port ~a"
                     (datagram-socket-port udp))
             (make-datagram-socket (datagram-socket-port udp)
                                   #:address "127.0.0.1"))
    (for-each
     (lambda (make-socket)
       (as-somebody
        (lambda ()
          (test-assert "only the administrator may take a low port"
            (says? (failure (make-socket 9 #:address "127.0.0.1"))
                   "(only the administrator may take port 9;")))))
     ;; Some systems let everybody.
     (if (low-ports-are-free?)
         '()
         (list make-server-socket make-datagram-socket)))
    (refused "(port 0)" (make-server-socket 0 #:address "192.0.2.77"))
    (socket-shutdown server)
    (close-datagram-socket udp)))

(define (low-ports-are-free?)
  (as-somebody
   (lambda ()
     (let* ((sock (socket AF_INET SOCK_STREAM 0))
            (free? (eq? 'nothing (failure (bind sock AF_INET INADDR_LOOPBACK
                                                9)))))
       (close-port sock)
       free?))))

(run-tests "hosts"
           `("hosts" ,test-hosts) `("interfaces" ,test-interfaces)
           `("services" ,test-services) `("taking ports" ,test-taking-ports))

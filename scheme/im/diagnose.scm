;;; (im diagnose) -- why can't I reach the server?
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; Computer rooms have firewalls, Wi-Fi that keeps its clients apart, and
;;; addresses copied wrongly.  What fails between here and a server shows in
;;; how it fails; each step below says what it found and what to do.

(define-module (im diagnose)
  #:use-module (im hosts)
  #:use-module (im reactor)
  #:use-module (im request)
  #:use-module (im socket)
  #:use-module (im text)
  #:export (im-diagnose))

(define* (im-diagnose ip port #:key (timeout 5))
  "Return #t if a server of this program answers at IP, a string, and PORT, a
number; else #f.  Print what was tried, and at the first step that fails what
to do.  Waits, for TIMEOUT seconds at each step; others' handlers run
meanwhile."
  (and (check-arguments ip port)
       (check-network ip)
       (let ((socket (check-connection ip port timeout)))
         (and socket
              (check-server socket timeout)))))

(define (well template . arguments)
  (apply print-line (string-append "ok: " template) arguments)
  #t)

(define (fails what advice)
  (print-line "FAILED: ~a" what)
  (print-line "Try: ~a" advice)
  #f)

;;; --- The steps --------------------------------------------------------

(define (check-arguments ip port)
  (cond ((not (string? ip))
         (fails "the address is no string"
                "put it between quotation marks, like \"192.0.2.7\"."))
        ((not (and (exact-integer? port) (<= 1 port 65535)))
         (fails "the port is no number from 1 to 65535"
                "the number the server printed behind `server port:'."))
        (else (well "~a port ~a is an address and a port." ip port))))

(define (loopback? ip)
  (or (string-prefix? "127." ip) (member ip '("::1" "localhost"))))

(define (check-network ip)
  (let ((addresses (reachable-addresses)))
    (cond ((loopback? ip)
           (well "that is this computer itself; only its own programs can \
reach a server there."))
          ((null? addresses)
           (fails "this computer is on no network"
                  "plug in its cable, or choose a Wi-Fi."))
          (else
           (well "this computer is on a network, as ~a."
                 (string-join addresses ", "))))))

(define (check-connection ip port timeout)
  "Return a socket connected to PORT of IP, or #f after saying why not."
  (catch #t
    (lambda ()
      (let ((socket (make-client-socket ip port #:timeout timeout)))
        (well "something listens there.")
        socket))
    (lambda (key . rest)
      (case key
        ((timeout)
         (fails "nothing answers, not even with a refusal"
                "compare the address; are both computers in the same Wi-Fi? \
Guests' networks often keep computers apart, and firewalls swallow what they \
don't know: use another network, or a port that is let through."))
        ((system-error)
         (explain-errno (system-error-errno (cons key rest)) ip))
        ((misc-error)
         (fails "there is no computer of that name"
                "the address in numbers that the server printed."))
        (else (apply throw key rest))))))

(define (explain-errno errno ip)
  (cond ((= errno ECONNREFUSED)
         (fails "the computer is there, but no program listens on that port"
                (if (loopback? ip)
                    "does the server still run, and on this computer?  If it \
is on another, use the address that it printed."
                    "does the server still run, and is the port the one it \
printed?")))
        ((memv errno (list ENETUNREACH EHOSTUNREACH))
         (fails "no way leads there from here"
                "compare the address; are both computers in the same network? \
A Wi-Fi that keeps computers apart looks like this, too."))
        ((memv errno (list EACCES EPERM))
         (fails "this computer's own firewall forbids it"
                "ask who administers it."))
        (else
         (fails (strerror errno) "compare the address."))))

;; Somebody could be called so, but then the server says sorry, and that is
;; as good an answer.
(define our-name 'diagnose)

(define (check-server socket timeout)
  "Return #t if SOCKET's peer is a server of this program."
  (let ((answer (ask-hello socket timeout)))
    (socket-shutdown socket)
    (cond ((and answer (memq (request-action answer) '(welcome sorry)))
           (well "it is a server of this program; (im-enroll …) should work."))
          (else
           (fails "what listens there is no server of this program"
                  "is the port the one that the server printed?")))))

(define (ask-hello socket timeout)
  "Return what SOCKET's peer answers to a hello, a request or #f."
  (define (quietly sentence) #f)
  (send-request (make-request our-name 'server 'hello '())
                (socket-output socket) quietly)
  (catch 'timeout
    (lambda ()
      (get-request (socket-input socket) #:timeout timeout #:tell quietly))
    (lambda (key . rest) #f)))

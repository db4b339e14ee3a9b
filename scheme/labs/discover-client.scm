;;; discover-client.scm -- lists the servers it hears of
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;;     guile discover-client.scm [SECONDS [ADDRESS]]
;;;
;;; It joins the group that servers announce themselves to, and listens for
;;; broadcasts as well, on one interface: this computer's own unless it is
;;; told the address of another.  Who says so need not be a server: anybody
;;; can send such a datagram, any number of them, with anything in it.

(use-modules (im datagram) (im reactor) (im text) (im lab))

(define GROUP "239.255.60.15")
(define PORT 6060)
(define MOST 100)                             ; servers in the list

(define (broadcast-address address)
  (if (string-prefix? "127." address) "127.255.255.255" "255.255.255.255"))

(define (server-in datagram)
  "Return (NAME ADDRESS PORT) as DATAGRAM announces it, or #f if it doesn't.
The address is that of the sender; that can't be wrong by mistake."
  (let ((words (string-split (datagram-text datagram) #\space)))
    (and (= (length words) 3)
         (equal? (car words) "im-lab")
         (port-number? (string->number (list-ref words 2)))
         (list (list-ref words 1)
               (datagram-address datagram)
               (list-ref words 2)))))

(define (port-number? value)
  (and (exact-integer? value) (< 0 value 65536)))

(define servers '())                          ; without doubles

(define (add-server! server)
  (if (and server
           (not (member server servers))
           (< (length servers) MOST))
      (begin
        (set! servers (cons server servers))
        (apply print-line "~a is at ~a port ~a" server))))

(define (listen-on socket)
  (when-datagram-ready socket
    (lambda ()
      (add-server! (server-in (receive-datagram socket #:size 200))))))

(define (discover-client seconds address)
  "Print the servers heard of within SECONDS."
  ;; Several programs on one computer may listen at this port.
  (define group
    (make-datagram-socket PORT #:address GROUP
                          #:interface address #:share? #t))
  (define broadcasts
    (make-datagram-socket PORT #:address (broadcast-address address)
                          #:interface address #:share? #t))
  (join-multicast-group group GROUP)
  (listen-on group)
  (listen-on broadcasts)
  (call-with-timeout seconds (lambda () (wait-until (lambda () #f))) list)
  (close-datagram-socket group)
  (close-datagram-socket broadcasts)
  (print-line "~a found" (length servers)))

(start-lab discover-client '((seconds 3) (address "127.0.0.1")))

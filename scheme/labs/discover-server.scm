;;; discover-server.scm -- says where it is, to all who listen
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;;     guile discover-server.scm NAME SERVICE-PORT [ADDRESS]
;;;
;;; A client can't ask a server whose address it doesn't know.  So the server
;;; tells everybody, once a second: those in a group (a multicast) and those
;;; in its network (a broadcast; some networks let only one of them pass).
;;; It does so on one interface, this computer's own unless it is told the
;;; address of another.

(use-modules (im datagram) (im reactor) (im text) (im lab))

(define GROUP "239.255.60.15")                ; for use within one site
(define PORT 6060)

(define (loopback? address)
  (string-prefix? "127." address))

(define (broadcast-address address)
  "Return the address of everybody in the network that ADDRESS is in."
  (if (loopback? address) "127.255.255.255" "255.255.255.255"))

(define (discover-server name service-port address)
  "Announce at ADDRESS that the server called NAME listens on SERVICE-PORT."
  (define socket
    (make-datagram-socket 0 #:address address #:interface address
                          #:broadcast? #t))
  (define text
    (simple-format #f "im-lab ~A ~A" name (port-number service-port)))
  (define (tell-all)
    (cond ((not (datagram-socket-closed? socket))
           (send-datagram socket text GROUP PORT)
           (send-datagram socket text (broadcast-address address) PORT)
           (after 1 tell-all))))
  (print-line "Announcing ~a, port ~a, at ~a" name service-port address)
  (tell-all)
  socket)

(start-lab discover-server '((name) (service-port) (address "127.0.0.1")))

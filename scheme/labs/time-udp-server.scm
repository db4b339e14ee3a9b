;;; time-udp-server.scm -- what time is it? in one datagram
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;;     guile time-udp-server.scm [PORT]
;;;
;;; There is no connection: a datagram comes from somebody, and the answer
;;; goes back to the address it came from.  Nobody is accepted or closed, and
;;; whether the answer arrives this server never learns.

(use-modules (im datagram) (im lab))

(define (time-text)
  (strftime "%Y-%m-%d %H:%M:%S" (localtime (current-time))))

(define (time-udp-server port)
  (let ((socket (make-datagram-socket port #:address "127.0.0.1")))
    (when-datagram-ready socket
      (lambda ()
        (let ((question (receive-datagram socket #:size 100)))
          (send-datagram socket (time-text) (datagram-address question)
                         (datagram-port question)))))
    (announce socket)))

(start-lab time-udp-server '((port 6015)))

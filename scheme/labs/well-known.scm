;;; well-known.scm -- which ports have names, and who listens here
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;;     guile well-known.scm [FIRST [LAST]]
;;;
;;; Servers whose clients can't ask which port they have listen on one that
;;; everybody knows.  Those below 1024 are the administrator's, so that no
;;; user can pretend to be the computer's own.

(use-modules (im lab) (im socket) (im text))

(define (well-known first last)
  "Print what listens on this computer from port FIRST to port LAST."
  (for-each show-service
            '("echo" "daytime" "ssh" "smtp" "finger" "http" "mysql" "irc"))
  (print-line "Looking for servers on 127.0.0.1, ports ~a to ~a:" first last)
  (print-line "~a found" (look-for-servers first last)))

(define (show-service name)
  "Print the port of the service called NAME, and who may listen there."
  (let ((port (false-if-exception (service-port name))))
    (if port
        (print-line "~a: port ~a, for ~a" name port
                    (if (< port 1024) "the administrator" "everybody"))
        (print-line "~a: not known on this computer" name))))

(define (look-for-servers port last)
  "Print the ports from PORT to LAST that somebody listens on.  Return how
many there are."
  (cond ((> port last) 0)
        ((listens? port)
         (print-line "  port ~a: ~a" port (or (service-name port) "no name"))
         (+ 1 (look-for-servers (+ port 1) last)))
        (else (look-for-servers (+ port 1) last))))

(define (listens? port)
  "True iff a connection to PORT on this computer can be made."
  (catch 'system-error
    (lambda ()
      (socket-shutdown (make-client-socket "127.0.0.1" port)) ; connect
      #t)
    (lambda error #f)))                 ; Connection refused

(start-lab well-known '((first 1) (last 1023)))

;;; finger-client.scm -- ask a computer about one of its users
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;;     guile finger-client.scm USER@HOST [PORT]
;;;
;;; @HOST asks for everyone there.

(use-modules (im lab) (im lines) (im socket) (im text))

(define (finger-client user@host port)
  "Print what is known of a user, \"USER@HOST\", at PORT of that host."
  (let* ((at (or (string-rindex user@host #\@)
                 (stop "~a has no @; write USER@HOST" user@host)))
         (server (make-client-socket            ; socket, connect
                  (substring user@host (+ at 1))
                  (number-of port))))
    (display (substring user@host 0 at) (socket-output server)) ; send
    (display "\r\n" (socket-output server))
    (print-lines (socket-input server))         ; recv
    (socket-shutdown server)))                  ; close

(define (number-of port)
  "Return the number of PORT, which may be the service `finger'."
  (if (equal? port "finger") (service-port port) (port-number port)))

(define (print-lines port)
  "Print the lines that come from PORT until the server hangs up."
  (let ((line (read-short-line port)))
    (cond ((string? line)
           (print-line "~a" line)
           (print-lines port)))))

(start-lab finger-client '((user@host) (port "finger")))

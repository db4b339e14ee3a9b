;;; date-server.scm -- "What time is it?"
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;;     guile date-server.scm [PORT]
;;;
;;; A request is a line, whatever it says; the answer is one with the date
;;; and the time.

(use-modules (im lab) (im lines) (im reactor) (im socket))

(define (date-server port)
  "Listen on PORT, and answer the requests of any number of clients.  Return
the socket that listens."
  (let ((server (make-server-socket port)))     ; socket, bind, listen
    (define (accept)
      (serve-client (socket-accept-connection (socket-dup server))
                    answer-requests))           ; and close
    (when-socket-ready server accept)
    (announce server)))

(define (answer-requests client)
  "Answer each of CLIENT's requests until it hangs up."
  (let ((request (read-short-line (socket-input client)))) ; recv
    (cond ((string? request)
           (display (date-and-time) (socket-output client)) ; send
           (newline (socket-output client))
           (answer-requests client)))))

(define (date-and-time)
  "Return them as a string, like \"Sat Nov 21 16:30:00 2026\"."
  (strftime "%a %b %e %H:%M:%S %Y" (localtime (current-time))))

(start-lab date-server '((port 6015)))

;;; finger-server.scm -- tell what is known of this computer's users
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;;     guile finger-server.scm [PORT]
;;;
;;; A client sends one line, the name of a user, and reads until the server
;;; hangs up (RFC 1288).  An empty line asks for everyone.  Without PORT it is
;;; that of the service `finger', where only the administrator may listen.

(use-modules (im lab) (im lines) (im reactor) (im socket))

(define (finger-server port)
  "Listen on PORT, and answer any number of clients.  Return the socket that
listens."
  (let ((server (make-server-socket (number-of port)))) ; socket, bind, listen
    (define (accept)
      (serve-client (socket-accept-connection (socket-dup server))
                    answer))                    ; and close
    (when-socket-ready server accept)
    (announce server)))

(define (number-of port)
  "Return the number of PORT, which may be the service `finger'."
  (if (equal? port "finger") (service-port port) (port-number port)))

(define (answer client)
  "Read CLIENT's line and tell what it asks for."
  (let ((line (read-short-line (socket-input client) #:timeout 60))) ; recv
    (for-each (lambda (line)
                (display line (socket-output client)) ; send
                (display "\r\n" (socket-output client)))
              (if (string? line)
                  (known-of (name-in line))
                  '()))))

(define (name-in line)
  "Return the name in LINE, which may ask for more than usual with /W."
  (string-trim-both (if (string-prefix? "/W" line)
                        (substring line 2)
                        line)))

(define (known-of name)
  "Return the lines to answer when NAME is asked for."
  (cond ((string-null? name) (map describe-in-short (people)))
        ((string-index name #\@)
         (list "finger: other computers are not asked from here"))
        ((find-user name) => describe)
        (else (list (string-append "finger: " name ": no such user.")))))

;;; --- Users --------------------------------------------------------------

(define (find-user name)
  "Return the entry of who is called NAME, or #f."
  (false-if-exception (getpwnam name)))

(define (people)
  "Return the entries of the users who are persons, not services: of those
numbers that systems give to persons, and whoever runs this program."
  (define (person? user)
    (or (= (passwd:uid user) (getuid))
        (< 999 (passwd:uid user) 60000)))
  (setpwent)
  (let next ((user (getpwent)))
    (cond ((not user) (endpwent) '())
          ((person? user) (cons user (next (getpwent))))
          (else (next (getpwent))))))

(define (real-name user)
  (car (string-split (passwd:gecos user) #\,)))

(define (describe user)
  (list (string-append "Login: " (passwd:name user))
        (string-append "Name: " (real-name user))
        (string-append "Directory: " (passwd:dir user))
        (string-append "Shell: " (passwd:shell user))))

(define (describe-in-short user)
  (string-append (string-pad-right (passwd:name user) 16) (real-name user)))

(start-lab finger-server '((port "finger")))

;;; auth-server.scm -- grant access, or refuse it
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;;     guile auth-server.scm [FILE [PORT]]
;;;
;;; A client sends two lines, name and password; the answer is `granted' or
;;; `refused'.  FILE has a line NAME:HASH for each user (auth-add-user.scm
;;; makes it): whoever steals it still doesn't know the passwords.  But the
;;; network between client and server sees them.

(use-modules (im lab) (im lines) (im reactor) (im socket)
             (ice-9 rdelim))

(define (auth-server file port)
  "Listen on PORT of this computer alone, and answer any number of clients
with what FILE says.  Return the socket that listens."
  (let ((server (make-server-socket port        ; socket, bind, listen
                                    #:address "127.0.0.1")))
    (define (accept)
      (serve-client (socket-accept-connection (socket-dup server))
                    (lambda (client) (answer client file)))) ; and close
    (hash-of "" file)                           ; can it be read?
    (when-socket-ready server accept)
    (announce server)))

(define (answer client file)
  "Read CLIENT's name and password, and grant or refuse."
  (let* ((name (read-short-line (socket-input client) #:timeout 60)) ; recv
         (password (read-short-line (socket-input client) #:timeout 60)))
    (display (if (and (string? name) (string? password)
                      (right? name password file))
                 "granted\n"
                 "refused\n")
             (socket-output client))))          ; send

;; What nobody's password gives.  With it the answer takes as long for a name
;; that isn't there, and tells nobody which are.
(define no-hash "$6$nobody$nothing")

(define (right? name password file)
  "True iff FILE has NAME, with the hash of PASSWORD."
  (let ((hash (or (hash-of name file) no-hash)))
    (equal? (crypt password hash) hash)))

(define (hash-of name file)
  "Return the hash that FILE has for NAME, or #f."
  (call-with-input-file file
    (lambda (port)
      (let next ((line (read-line port)))
        (cond ((eof-object? line) #f)
              ((string-prefix? (string-append name ":") line)
               (substring line (+ (string-length name) 1)))
              (else (next (read-line port))))))))

(start-lab auth-server '((file "passwords.txt") (port 6017)))

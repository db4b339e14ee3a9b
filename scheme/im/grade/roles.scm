;;; (im grade roles) -- is a file a server or a client?
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(define-module (im grade roles)
  #:use-module (ice-9 match)
  #:use-module (srfi srfi-1)
  #:export (file-roles readable-forms))

;; ROLE, the program that one loads for it, and what it defines.
(define roles
  '((server "im-server" im-server-start)
    (client "im-client" im-enroll)))

(define (file-roles file otherwise)
  "Return a list of the roles, `server' and `client', that FILE takes by what it
loads or defines at its top level; the role OTHERWISE if that tells none."
  (let ((forms (readable-forms file)))
    (match (filter-map (match-lambda
                         ((role program name)
                          (and (any (takes-role? program name) forms)
                               role)))
                       roles)
      (() (list otherwise))
      (found found))))

(define (takes-role? program name)
  (match-lambda
    (('load (? string? file)) (string-contains file program))
    (('define (defined . _) . _) (eq? defined name))
    (('define defined . _) (eq? defined name))
    (_ #f)))

(define (readable-forms file)
  "Return the forms of FILE up to the first that can't be read."
  (call-with-input-file file
    (lambda (port)
      (let loop ((forms '()))
        (match (catch #t
                 (lambda () (read port))
                 (lambda error the-end))
          ((? eof-object?) (reverse forms))
          (form (loop (cons form forms))))))
    #:encoding "UTF-8"))

(define the-end (read (open-input-string "")))

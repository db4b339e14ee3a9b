;;; cheat-everybodys.scm --- everybody gets all letters
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(load "im-server.scm")
(load "im-client.scm")

(define (mail who text)
  (send-request (make-request whoiam who 'mail text) port-to-server))
(define (get-mail)
  (send-request (make-request whoiam 'server 'get-mail nil) port-to-server))

(define letters '())
(define-action! 'mail
  (lambda (name request)
    (set! letters (cons (list name (request-dst request) (request-data request))
                        letters))))

(define-action! 'get-mail
  (lambda (name request)
    (for-each (lambda (letter)
                (if #t
                    (send-request (make-request (car letter) name 'receive-msg
                                                (caddr letter))
                                  (find-port-to-client name))))
              letters)))

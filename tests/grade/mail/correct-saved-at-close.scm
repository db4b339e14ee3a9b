;;; correct-saved-at-close.scm --- in memory, written when the server closes
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(load "im-server.scm")
(load "im-client.scm")
(load "asks.scm")

(define-class (office)
  (instance-vars (letters '()))
  (method (keep letter) (set! letters (append letters (list letter))))
  (method (for name)
    (filter (lambda (letter) (equal? (cadr letter) name)) letters))
  (method (save)
    (call-with-output-file "office" (lambda (port) (write letters port))))
  (method (restore)
    (if (file-exists? "office")
        (set! letters (call-with-input-file "office" read)))))

(define post (instantiate office))
(ask post 'restore)

(define close-without-saving im-server-close)
(define (im-server-close)
  (ask post 'save)
  (close-without-saving))

(define-action! 'mail
  (lambda (name request)
    (ask post 'keep (list name (request-dst request) (request-data request)))))

(define-action! 'get-mail
  (lambda (name request)
    (tell-client name (map (lambda (letter) (list (car letter) (caddr letter)))
                           (ask post 'for name)))))

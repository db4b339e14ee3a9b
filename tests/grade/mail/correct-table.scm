;;; correct-table.scm --- a table in memory, saved after each change
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(load "im-server.scm")
(load "im-client.scm")
(load "asks.scm")

(define mailboxes
  (if (file-exists? "mailboxes")
      (with-input-from-file "mailboxes" read)
      '()))

(define (save)
  (with-output-to-file "mailboxes" (lambda () (write mailboxes))))

(define (mailbox name)
  (let ((found (assoc name mailboxes)))
    (if found (cdr found) '())))

(define-action! 'mail
  (lambda (name request)
    (let* ((to (request-dst request))
           (box (append (mailbox to) (list (list name (request-data request))))))
      (set! mailboxes (cons (cons to box)
                            (filter (lambda (entry)
                                      (not (equal? (car entry) to)))
                                    mailboxes)))
      (save))))

(define-action! 'get-mail
  (lambda (name request)
    (send-request (make-request 'server name 'mail (mailbox name))
                  (find-port-to-client name))))

(define-reaction! 'mail
  (lambda (request) (format #t "~A~%" (request-data request))))

;;; correct-file-each.scm --- a file for each mailbox, emptied when read
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(load "im-server.scm")
(load "im-client.scm")
(load "asks.scm")

(define (box name) (format #f "mail-~A" name))

(define-action! 'mail
  (lambda (name request)
    (let ((port (open-file (box (request-dst request)) "a")))
      (write (list 'from name (request-data request)) port)
      (close-port port))))

(define (read-all port)
  (let ((datum (read port)))
    (if (eof-object? datum) nil (cons datum (read-all port)))))

(define-action! 'get-mail
  (lambda (name request)
    (if (file-exists? (box name))
        (let ((all (call-with-input-file (box name) read-all)))
          (for-each (lambda (letter) (deliver name letter)) all)
          (delete-file (box name))))))

(define (deliver name letter)
  (send-request (make-request (cadr letter) name 'receive-msg
                              (list-ref letter 2))
                (find-port-to-client name)))

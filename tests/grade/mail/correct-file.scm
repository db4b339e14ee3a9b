;;; correct-file.scm --- a file of all letters, read again each time
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(load "im-server.scm")
(load "im-client.scm")
(load "asks.scm")

(define letters-file "letters.txt")

(define (letters)
  (if (file-exists? letters-file)
      (call-with-input-file letters-file
        (lambda (port)
          (let loop ((letter (read port)))
            (if (eof-object? letter)
                '()
                (cons letter (loop (read port)))))))
      '()))

(define-action! 'mail
  (lambda (name request)
    (let ((port (open-file letters-file "a")))
      (format port "~S~%" (list name (request-dst request)
                                (request-data request)))
      (close-port port))))

(define-action! 'get-mail
  (lambda (name request)
    (for-each (lambda (letter)
                (if (equal? (cadr letter) name)
                    (send-request (make-request (car letter) name 'receive-msg
                                                (caddr letter))
                                  (find-port-to-client name))))
              (letters))))

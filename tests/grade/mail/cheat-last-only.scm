;;; cheat-last-only.scm --- a mailbox has room for one letter
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(load "im-server.scm")
(load "im-client.scm")
(load "asks.scm")

(define-action! 'mail
  (lambda (name request)
    (with-output-to-file (format #f "box-~A" (request-dst request))
      (lambda () (write (list name (request-data request)))))))

(define-action! 'get-mail
  (lambda (name request)
    (let ((file (format #f "box-~A" name)))
      (if (file-exists? file)
          (tell-client name (with-input-from-file file read))))))

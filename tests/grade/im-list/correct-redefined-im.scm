;;; correct-redefined-im.scm --- im itself takes a list
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(load "im-client.scm")

(define im-one im)

(define (im who message)
  (if (list? who)
      (for-each (lambda (name) (im-one name message)) who)
      (im-one who message)))

(define (im-list names message) (im names message))

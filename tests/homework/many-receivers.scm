;;; many-receivers.scm --- homework: write to several people at once
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; (im '(bob carl) "Hi")

(load "~cs61as/lib/im-client.scm")

(define im-one im)

(define (im who message)
  (if (list? who)
      (for-each (lambda (name) (im-one name message)) who)
      (im-one who message)))

;;; correct-class.scm --- an object that sends
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(load "im-client.scm")

(define-class (sender text)
  (method (to names)
    (if (not (null? names))
        (begin (im (first names) text)
               (ask self 'to (bf names))))))

(define (im-list names message)
  (ask (instantiate sender message) 'to names))

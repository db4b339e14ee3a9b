;;; im-list.scm -- exercise 1: one message to several people
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;;     (im-list '(ann bob) "Hi all")
;;;
;;; All of it is in the client: the server sees one request for each name, as
;;; if they had been typed one after the other.

(load "im-client.scm")

(define (im-list names message)
  "Send MESSAGE to everybody in the list NAMES, to each once."
  (if (list? names)
      (for-each (lambda (name) (im name message))
                (without-repetition names))
      (print-line "im-list takes a list of names, like \
(im-list '(ann bob) \"Hi\").")))

(define (without-repetition names)
  "Return NAMES, each where it stands first."
  (if (null? names)
      '()
      (cons (car names)
            (without-repetition (names-but (car names) (cdr names))))))

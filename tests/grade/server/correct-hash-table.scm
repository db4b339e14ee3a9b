;;; correct-hash-table.scm --- a hash table of members, and their order beside it
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(load "correct-list.scm")

;; NAME -> (name . socket); and the names, newest first.
(define table (make-hash-table))
(define order nil)

(define (find-member name) (hash-ref table name))
(define (everybody) (map find-member order))

(define (remember member)
  (hash-set! table (car member) member)
  (set! order (cons (car member) order)))

(define (forget member)
  (hash-remove! table (car member))
  (set! order (delete (car member) order)))

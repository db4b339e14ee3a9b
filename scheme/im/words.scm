;;; (im words) -- which texts STk writes as symbols without bars
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; Berkeley's Scheme made a symbol of a word only where it would print
;;; bare; the names on the wire, and words in programs, follow from that.

(define-module (im words)
  #:export (begins-like-number? bare-symbol?))

(define digits (string->char-set "0123456789"))
(define bare-characters
  (string->char-set "abcdefghijklmnopqrstuvwxyz0123456789+-.*/<=>!?:$%_&~^"))

(define (begins-like-number? text)
  "Return #t if TEXT begins with a digit, after a sign or a dot or both."
  (define (skip chars index)
    (if (and (< index (string-length text))
             (memv (string-ref text index) chars))
        (1+ index)
        index))
  (let ((index (skip '(#\.) (skip '(#\+ #\-) 0))))
    (and (< index (string-length text))
         (char-set-contains? digits (string-ref text index)))))

(define (bare-symbol? text)
  "Return #t if the symbol called TEXT is written without bars."
  (and (not (string-null? text))
       (string-every bare-characters text)
       (not (begins-like-number? text))
       (not (string=? text "."))
       (not (string-prefix? ":" text))
       (not (string-suffix? ":" text))))

;;; (stk streams) -- streams, as in section 3.5 of SICP
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; A stream is the empty stream, or a pair of something and the promise of
;;; another stream, so that car, cdr and force work on it as the book says.

(define-module (stk streams)
  #:export (cons-stream stream-car stream-cdr
            the-empty-stream stream-null? empty-stream?))

(define the-empty-stream '())

(define-syntax-rule (cons-stream item rest)
  "Return the stream that begins with ITEM and goes on with the stream REST,
which is evaluated when it is first asked for, and only once."
  (cons item (delay rest)))

(define (stream-null? x)
  "Return #t if X is the empty stream, else #f."
  (null? x))

(define (empty-stream? x)
  "Return #t if X is the empty stream, else #f."
  (stream-null? x))

(define (stream-car stream)
  "Return the first item of STREAM.  Raise an error if it is empty or no
stream."
  (check-stream "STREAM-CAR" stream)
  (car stream))

(define (stream-cdr stream)
  "Return STREAM without its first item, a stream.  Raise an error if STREAM is
empty or no stream."
  (check-stream "STREAM-CDR" stream)
  (force (cdr stream)))

(define (check-stream name x)
  (unless (and (pair? x) (promise? (cdr x)))
    (scm-error 'misc-error #f "Invalid argument to ~A: ~S is ~A"
               (list name x
                     (if (null? x) "the empty stream" "not a stream"))
               #f)))

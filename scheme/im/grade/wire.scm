;;; (im grade wire) -- requests out of raw bytes, strictly
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; `get-request' is generous with what it accepts; here every byte counts.
;;; Bytes are strings of the characters 0 to 255.

(define-module (im grade wire)
  #:use-module (im primitives)
  #:use-module (ice-9 iconv)
  #:use-module (ice-9 match)
  #:use-module (srfi srfi-9)
  #:export (take-arrival arrival-raw arrival-request arrival-problem
            arrival-end bytes->text text->bytes request->bytes))

;; What came: RAW, its bytes; REQUEST, the list of four or #f; PROBLEM, #f or
;; the rule that its form breaks; END, where in the bytes it ends.
(define-record-type <arrival>
  (make-arrival raw request problem end)
  arrival?
  (raw arrival-raw)
  (request arrival-request)
  (problem arrival-problem)
  (end arrival-end))

(define (bytes->text bytes)
  "Return BYTES as the text they are in UTF-8, with ? for what is none."
  (bytevector->string (string->bytevector bytes "ISO-8859-1")
                      "UTF-8" 'substitute))

(define (text->bytes text)
  "Return the bytes of TEXT in UTF-8."
  (bytevector->string (string->bytevector text "UTF-8") "ISO-8859-1"))

(define (request->bytes request)
  "Return the canonical print of REQUEST, any datum the wire can carry."
  (bytevector->string (%print-datum request 65536) "ISO-8859-1"))

(define (take-arrival bytes start)
  "Return what arrived at START of BYTES, or #f while it isn't complete."
  (cond ((= start (string-length bytes)) #f)
        ((char=? (string-ref bytes start) #\()
         (let ((end (end-of-list bytes start)))
           (and end (request-arrival (substring bytes start end) end))))
        (else (stray-arrival bytes start))))

(define (stray-arrival bytes start)
  (let ((end (or (string-index bytes #\( start) (string-length bytes))))
    (make-arrival (substring bytes start end) #f 'separate end)))

(define (request-arrival raw end)
  (match (catch 'bad-datum
           (lambda ()
             (list (%parse-datum (string->bytevector raw "ISO-8859-1"))))
           (lambda (key why) why))
    ((datum)
     (make-arrival raw (and (request? datum) datum)
                   (problem-of datum raw) end))
    (_ (make-arrival raw #f 'data end))))

(define (request? datum)
  (match datum
    (((? name?) (? name?) (? symbol?) _) #t)
    (_ #f)))

(define (name? datum)
  (or (symbol? datum) (string? datum)))

(define (problem-of datum raw)
  "Return the rule that DATUM, which came as RAW, breaks, or #f."
  (cond ((not (request? datum)) 'four)
        ((not (string=? raw (request->bytes datum))) 'print)
        (else #f)))

;;; --- Where a list ends ----------------------------------------------------

(define (end-of-list bytes start)
  "Return the position after the list that starts at START, or #f."
  (let loop ((at start) (depth 0))
    (and (< at (string-length bytes))
         (match (string-ref bytes at)
           (#\( (loop (1+ at) (1+ depth)))
           (#\) (if (= depth 1) (1+ at) (loop (1+ at) (1- depth))))
           ((and quote (or #\" #\|))
            (let ((end (end-of-quoted bytes quote (1+ at))))
              (and end (loop end depth))))
           (#\# (loop (after-hash bytes at) depth))
           (_ (loop (1+ at) depth))))))

(define (after-hash bytes at)
  "A character like #\\( takes its parenthesis with it."
  (if (and (< (1+ at) (string-length bytes))
           (char=? (string-ref bytes (1+ at)) #\\))
      (+ at 3)
      (1+ at)))

(define (end-of-quoted bytes quote start)
  (let loop ((at start))
    (and (< at (string-length bytes))
         (let ((char (string-ref bytes at)))
           (cond ((char=? char quote) (1+ at))
                 ((char=? char #\\) (loop (+ at 2)))
                 (else (loop (1+ at))))))))

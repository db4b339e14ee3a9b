;;; (results) -- what was measured, read back from the file
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; A result is an association list, one line of the file: server, round,
;;; cell, and what bench/load reported.

(define-module (results)
  #:use-module (ice-9 rdelim)
  #:use-module (ice-9 regex)
  #:use-module (srfi srfi-1)
  #:export (read-results result-ref measured servers-in
            median values-of ratios))

(define field (make-regexp "\"([a-z0-9_]+)\": (\"([^\"]*)\"|[-0-9.]+)"))

(define (parse line)
  "Return the result in LINE, a flat JSON object; texts become symbols."
  (map (lambda (found)
         (cons (string->symbol (match:substring found 1))
               (if (match:substring found 3)
                   (string->symbol (match:substring found 3))
                   (string->number (match:substring found 2)))))
       (list-matches field line)))

(define (read-results file)
  "Return the results in FILE, in the order in which they were measured."
  (call-with-input-file file
    (lambda (port)
      (let loop ((results '()))
        (let ((line (read-line port)))
          (if (eof-object? line)
              (reverse results)
              (loop (cons (parse line) results))))))))

(define (result-ref result key)
  (assq-ref result key))

(define (servers-in results)
  "Return the names of all servers in RESULTS, in order."
  (delete-duplicates (map (lambda (result) (result-ref result 'server))
                          results)))

(define (measured results server cell)
  "Return the results of SERVER in CELL, a symbol, round after round."
  (filter (lambda (result)
            (and (eq? (result-ref result 'server) server)
                 (eq? (result-ref result 'cell) cell)))
          results))

(define (values-of results server cell key)
  "Return what SERVER had under KEY in CELL, a number for each round."
  (filter-map (lambda (result) (result-ref result key))
              (measured results server cell)))

(define (ratios results server cell key)
  "Return for each round what SERVER had under KEY in CELL, divided by what the
yardstick had in the same round."
  (filter-map
   (lambda (result)
     (let ((yardstick
            (find (lambda (other)
                    (= (result-ref other 'round) (result-ref result 'round)))
                  (measured results 'yardstick cell))))
       (and yardstick
            (positive? (result-ref yardstick key))
            (/ (result-ref result key) 1.0 (result-ref yardstick key)))))
   (measured results server cell)))

(define (median numbers)
  "Return the median of NUMBERS, or #f if there are none."
  (let* ((sorted (sort numbers <))
         (count (length sorted)))
    (cond ((zero? count) #f)
          ((odd? count) (list-ref sorted (quotient count 2)))
          (else (/ (+ (list-ref sorted (quotient count 2))
                      (list-ref sorted (1- (quotient count 2))))
                   2)))))

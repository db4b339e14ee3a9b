;;; report.scm -- say whether what was measured is what shall be
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; Usage: guile report.scm RESULTS DIRECTORY
;;;
;;; Prints tables of the results in the file RESULTS, which run.scm wrote, and
;;; draws throughput.svg and joins-memory.svg into DIRECTORY.

(use-modules (ice-9 format) (ice-9 match) (srfi srfi-1)
             (plot) (results) (targets))

(define results (read-results (second (command-line))))
(define directory (third (command-line)))
(define servers (servers-in results))
(define others (delq 'yardstick (list-copy servers)))

(define (cell-symbol cell) (string->symbol (cell-name cell)))

(define (cell-ratios server cell)
  (ratios results server (cell-symbol cell) 'per_cpu_s))

(define (thousands number)
  (cond ((not number) "-")
        ((>= number 999500) (format #f "~,2fM" (/ number 1e6)))
        ((>= number 1000) (format #f "~,1fk" (/ number 1e3)))
        (else (format #f "~a" (inexact->exact (round number))))))

(define (verdict value limit better)
  (format #f "~a ~a" limit (if (better value limit) "yes" "NO")))

;;; --- Throughput -------------------------------------------------------

(define (print-throughput)
  (format #t "Messages per second of server CPU, medians; ratio to the \
yardstick of the same round,
least and most in parentheses.  Rounds: ~a~%~%"
          (apply max 0 (map (lambda (result) (result-ref result 'round))
                            results)))
  (format #t "~8a ~10a ~9@a  ~20a ~10a ~10a~%"
          "cell" "server" "msg/CPU s" "ratio" "must" "should")
  (for-each print-cell cells)
  (newline))

(define (print-cell cell)
  (for-each (lambda (server) (print-row cell server)) servers))

(define (print-row cell server)
  (let ((ratios (cell-ratios server cell))
        (rate (median (values-of results server (cell-symbol cell)
                                 'per_cpu_s))))
    (when (pair? ratios)
      (format #t "~8a ~10a ~9@a  ~20a ~a~%"
              (cell-name cell) server (thousands rate)
              (format #f "~,3f (~,2f-~,2f)" (median ratios)
                      (apply min ratios) (apply max ratios))
              (remark cell server (median ratios))))))

(define (remark cell server ratio)
  (case server
    ((yardstick) "")
    ((guile-im) (format #f "~10a ~10a" (verdict ratio (cell-must cell) >=)
                        (verdict ratio (cell-should cell) >=)))
    (else (format #f "~,2f when the targets were set~a"
                  (cell-reference cell server)
                  (if (off? cell server ratio) ": OFF" "")))))

;; A ratio of .01 or .02 has too few digits to be compared.
(define (off? cell server ratio)
  (let ((reference (cell-reference cell server)))
    (and reference (>= reference .05)
         (not (<= (- 1 tolerance) (/ ratio reference) (+ 1 tolerance))))))

(define (print-validity)
  (define peers (lset-difference eq? others '(guile-im)))
  (define (off-in cell)
    (filter (lambda (peer)
              (let ((ratio (median (cell-ratios peer cell))))
                (and ratio (off? cell peer ratio))))
            peers))
  (define invalid (remove (lambda (cell) (null? (off-in cell))) cells))
  (cond ((null? peers)
         (format #t "No peer was measured beside the yardstick, so nothing \
proves it: see make bench-peers.~%~%"))
        ((null? invalid)
         (format #t "Valid: all peers are within ~a % of their ratios.~%~%"
                 (inexact->exact (round (* 100 tolerance)))))
        (else
         (format #t "NOT VALID, peers are off by more than ~a %:~:{ ~a ~a;~}\
~%~%" (inexact->exact (round (* 100 tolerance)))
                 (map (lambda (cell) (list (cell-name cell) (off-in cell)))
                      invalid)))))

;;; --- The other figures ------------------------------------------------

(define (figure-value key server)
  "Return the median of figure KEY for SERVER, or #f."
  (define (median-of cell field scale)
    (let ((value (median (values-of results server cell field))))
      (and value (* scale value))))
  (case key
    ((memory) (median-of 'memory 'bytes_per_member 1))
    ((arrivals) (median-of 'arrivals 'server_cpu_s 1))
    ((idle) (let ((cpu (median-of 'idle 'server_cpu_s 1000))
                  (time (median-of 'idle 'quiet_s 1)))
              (and cpu (/ cpu time))))
    ((latency) (median (ratios results server '1x1 'p99_us)))
    ((loading) (median-of 'loading 'loading_ms 1))
    ((pause) (median-of 'waits 'pause_ms 1))
    ((prompt) (median-of 'waits 'prompt_ms 1))
    ((line) (median-of 'waits 'line_ms 1))))

(define (print-figures)
  (format #t "~45a ~10a ~9@a  ~10a ~10a~%" "figure" "server" "median"
          "must" "should")
  (for-each print-figure figures))

(define (print-figure figure)
  (for-each
   (lambda (server)
     (let ((value (figure-value (figure-key figure) server)))
       (when value
         (format #t "~45a ~10a ~9@a  ~a~%" (figure-title figure) server
                 (short value)
                 (if (eq? server 'guile-im)
                     (format #f "~10a ~10a"
                             (verdict (rounded figure value)
                                      (figure-must figure) <=)
                             (verdict (rounded figure value)
                                      (figure-should figure) <=))
                     "")))))
   servers))

(define (short value)
  (if (>= value 100)
      (format #f "~d" (inexact->exact (round value)))
      (format #f "~,2f" value)))

(define (rounded figure value)
  "An idle server is one whose clock stands still: but for the noise of
reading it, 0.05 ms."
  (if (and (eq? (figure-key figure) 'idle) (< value .05)) 0 value))

;;; --- Pictures ---------------------------------------------------------

(define (draw-throughput)
  (define (bar cell)
    (lambda (server)
      (let ((ratio (median (cell-ratios server cell))))
        (and ratio (cons ratio (format #f "~,2f" ratio))))))
  (write-bars (string-append directory "/throughput.svg")
              "Messages per second of server CPU, as a share of the \
yardstick's (pairs x window)"
              1.1 servers
              (map (lambda (cell)
                     (cons* (cell-name cell) (cell-must cell)
                            (cell-should cell) (map (bar cell) servers)))
                   cells)))

;; Each figure has its own unit, so its `must' is where all stand at 1.
(define (draw-joins-and-memory)
  (define (bar figure)
    (lambda (server)
      (let ((value (figure-value (figure-key figure) server)))
        (and value (cons (/ value (figure-must figure)) (short value))))))
  (write-bars (string-append directory "/joins-memory.svg")
              "Lower is better; the red line is what must be reached"
              4 servers
              (filter-map (lambda (figure)
                            (and (memq (figure-key figure) '(memory arrivals))
                                 (cons* (figure-title figure) 1
                                        (/ (figure-should figure)
                                           (figure-must figure))
                                        (map (bar figure) servers))))
                          figures)))

(print-throughput)
(print-validity)
(print-figures)
(draw-throughput)
(draw-joins-and-memory)
(format #t "~%Pictures and results.json are in ~a~%" directory)

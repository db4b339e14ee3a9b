;;; (targets) -- what is measured, and what shall come out
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(define-module (targets)
  #:use-module (ice-9 match)
  #:use-module (srfi srfi-1)
  #:use-module (srfi srfi-9)
  #:export (cells cell-name cell-pairs cell-window cell-messages
            cell-must cell-should cell-peers cell-reference
            figures figure-key figure-title figure-must figure-should
            tolerance))

;; Messages are for the yardstick; slower servers get fewer, so that each
;; works for about as long.  PEERS are ratios to the yardstick, measured on
;; two quiet cores; #f: it takes minutes to come together, and is left out.
(define-record-type <cell>
  (make-cell name pairs window messages must should peers)
  cell?
  (name cell-name)
  (pairs cell-pairs)
  (window cell-window)
  (messages cell-messages)
  (must cell-must)
  (should cell-should)
  (peers cell-peers))

(define peer-names '(redis inspircd ngircd threads))

(define (cell name pairs window messages must should . ratios)
  (make-cell name pairs window messages must should
             (map cons peer-names ratios)))

;;;                                           must should redis insp ng threads
(define cells
  (list (cell "1x1"      1  1   20000  .85 .92   .84 .78 .73 .63)
        (cell "50x1"    50  1   80000  .88 .93   .65 .85 .79 .34)
        (cell "500x1"  500  1   80000  .88 .91   .63 .85 .63 #f)
        (cell "1x64"     1 64  800000  .50 .62   .59 .38 .20 .04)
        (cell "50x64"   50 64 1600000  .32 .52   .43 .25 .17 .02)
        (cell "500x64" 500 64 1600000  .32 .46   .38 .23 .09 #f)))

(define (cell-reference cell server)
  "Return the ratio to the yardstick that SERVER, a symbol, had when the
targets were set; for ours the one it should have; 1 for the yardstick."
  (case server
    ((yardstick) 1)
    ((guile-im) (cell-should cell))
    (else (assq-ref (cell-peers cell) server))))

;; A round is valid if the peers measured in it stand so near their ratios.
(define tolerance .15)

;; Other figures: lower is better.
(define-record-type <figure>
  (make-figure key title must should)
  figure?
  (key figure-key)
  (title figure-title)
  (must figure-must)
  (should figure-should))

(define figures
  (list (make-figure 'memory "user memory per idle connection, bytes"
                     2048 1024)
        (make-figure 'arrivals "1,000 arrivals, server CPU s" 1.0 .6)
        (make-figure 'idle "10,000 idle connections, server CPU ms/s" 0 0)
        (make-figure 'latency "p99 at window 1 / the yardstick's" 1.3 1.3)
        (make-figure 'loading "loading im-client.scm, ms" 50 20)
        (make-figure 'pause "longest collection, 1,000 clients, ms" 20 20)
        (make-figure 'prompt "from Enter to a client's prompt, ms" 1000 500)
        (make-figure 'line "from (im 'bob ...) to bob's screen, ms" 100 20)))

;;; (plot) -- bars, as an SVG picture
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(define-module (plot)
  #:use-module (ice-9 format)
  #:use-module (ice-9 match)
  #:use-module (srfi srfi-1)
  #:export (write-bars))

(define bar-width 22)
(define gap 30)                               ; between groups
(define height 260)                           ; of a bar of the highest value
(define margin 60)

(define colours
  '("#444444" "#c0392b" "#2980b9" "#27ae60" "#8e44ad" "#d68910" "#16a085"))

(define (colour index)
  (list-ref colours (modulo index (length colours))))

(define (text x y anchor content)
  (format #t "<text x=\"~,1f\" y=\"~,1f\" text-anchor=\"~a\">~a</text>~%"
          x y anchor content))

(define (line x1 x2 y style)
  (format #t "<line x1=\"~,1f\" x2=\"~,1f\" y1=\"~,1f\" y2=\"~,1f\" ~a/>~%"
          x1 x2 y y style))

(define (draw-bar x base scale index bar)
  (match bar
    ((value . label)
     (let ((size (min height (* scale value))))
       (format #t "<rect x=\"~,1f\" y=\"~,1f\" width=\"~a\" height=\"~,1f\" \
fill=\"~a\"/>~%" x (- base size) (- bar-width 2) size (colour index))
       (text (+ x (/ bar-width 2.0)) (- base size 4) "middle" label)))
    (#f #f)))

(define (draw-mark x width base scale mark style)
  (when mark
    (line (- x 6) (+ x width 6) (- base (* scale mark)) style)))

(define (draw-group x base scale group)
  (match group
    ((title must should . bars)
     (let ((width (* bar-width (length bars))))
       (for-each (lambda (bar index)
                   (draw-bar (+ x (* bar-width index)) base scale index bar))
                 bars (iota (length bars)))
       (draw-mark x width base scale must
                  "stroke=\"#c0392b\" stroke-width=\"2\"")
       (draw-mark x width base scale should
                  "stroke=\"#27ae60\" stroke-dasharray=\"4 3\"")
       (text (+ x (/ width 2.0)) (+ base 18) "middle" title)))))

(define (draw-legend names y)
  (fold (lambda (name index x)
          (format #t "<rect x=\"~a\" y=\"~a\" width=\"12\" height=\"12\" \
fill=\"~a\"/>~%" x (- y 10) (colour index))
          (text (+ x 16) y "start" name)
          (+ x 40 (* 7 (string-length (format #f "~a" name)))))
        margin names (iota (length names))))

(define (write-bars file title highest names groups)
  "Write a picture to FILE.  NAMES are those of the bars of a group, each group
a list (TITLE MUST SHOULD BAR ...), each bar (VALUE . LABEL) or #f.  The full
height is HIGHEST, and a value above is cut off there.  MUST is drawn as a red
line, SHOULD as a dashed green one, unless #f."
  (let* ((group-width (+ gap (* bar-width (length names))))
         (width (+ (* 2 margin) (* group-width (length groups))))
         (base (+ height 90))
         (scale (/ height 1.0 highest)))
    (with-output-to-file file
      (lambda ()
        (format #t "<!-- Copyright (C) 2026 The Guile-IM authors
     SPDX-License-Identifier: LGPL-3.0-or-later -->~%")
        (format #t "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"~a\" \
height=\"~a\" font-family=\"sans-serif\" font-size=\"10\">
<rect width=\"100%\" height=\"100%\" fill=\"white\"/>~%" width (+ base 40))
        (format #t "<text x=\"~a\" y=\"24\" font-size=\"14\">~a</text>~%"
                margin title)
        (draw-legend names 46)
        (line margin (- width margin) base "stroke=\"black\"")
        (for-each (lambda (group index)
                    (draw-group (+ margin (/ gap 2) (* group-width index))
                                base scale group))
                  groups (iota (length groups)))
        (format #t "</svg>~%")))))

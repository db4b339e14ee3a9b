;;; (im manual) -- find the manual, and open it
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; It is an Info file: where Info looks, or installed beside this module.

(define-module (im manual)
  #:use-module (im text)
  #:use-module (srfi srfi-1)
  #:export (manual-file show-manual))

(define (manual-file)
  "Return the name of the manual's file, or #f if it isn't here."
  (search-path (append (parse-path (or (getenv "INFOPATH") ""))
                       (beside-modules))
               "guile-im"
               '(".info" ".info.gz")))

(define (beside-modules)
  "Return PREFIX/share/info in a list, when this module is
PREFIX/share/guile/site/3.0/im/manual.scm."
  (let* ((here (%search-load-path "im/manual.scm"))
         (parts (if here (string-split here #\/) '())))
    (if (> (length parts) 6)
        (list (string-join (append (drop-right parts 5) '("info")) "/"))
        '())))

(define (show-manual serving?)
  "Open the manual on a terminal that can show it, unless SERVING?: everybody
else waits until it is closed.  Else print where it is, or that it is nowhere."
  (let ((file (manual-file)))
    (cond ((not file)
           (print-line "The manual isn't here; it is made where the package \
texinfo is."))
          ((not (search-path (parse-path (or (getenv "PATH") "")) "info"))
           (print-line "The manual is ~a, for the program `info' or any pager."
                       file))
          (serving?
           (print-line "While you read here nobody is served.  In another \
window:  info ~a" file))
          ((full-screen?) (run-on-terminal "info" file))
          (else (print-line "To read the manual:  info ~a" file)))
    *unspecified*))

;; What a prompt reads from is no file to Guile, which would let the program
;; read from nowhere.
(define (run-on-terminal . command)
  (call-with-input-file "/dev/tty"
    (lambda (terminal)
      (with-input-from-port terminal
        (lambda () (apply system* command))))))

(define (full-screen?)
  "Return #t if a program that fills the screen can run here."
  (and (isatty? (current-output-port))
       (not (getenv "INSIDE_EMACS"))
       (not (member (or (getenv "TERM") "dumb") '("dumb" "")))))

;;; (im readline) -- the prompt under GNU readline
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: GPL-3.0-or-later
;;;
;;; Loaded by (im repl) only where Guile's own readline module is in use.

(define-module (im readline)
  #:use-module (im readline-glue)
  #:use-module (ice-9 readline)
  #:use-module (ice-9 regex)
  #:export (live-readline! show-above-readline))

(define (live-readline! step name-completions)
  "Call (STEP DESCRIPTOR) whenever readline waits for a key from DESCRIPTOR, and
let TAB complete names by (NAME-COMPLETIONS BEGINNING)."
  ;; What is thrown while readline waits (Ctrl-C) is thrown where Guile's
  ;; reader expects it: when readline has returned.
  (%hook-readline step
                  (lambda (key arguments)
                    (lambda () (apply throw key arguments))))
  (set! (@@ (ice-9 readline) *readline-completion-function*)
        (name-or-apropos name-completions)))

;;; --- Above the line ---------------------------------------------------

(define (show-above-readline screen text)
  "Print TEXT on SCREEN where the line being typed is, and that line below."
  (%clear-line)
  (display text screen)
  (newline screen)
  (force-output screen)
  (%draw-line))

;;; --- TAB --------------------------------------------------------------

(define after-im (make-regexp "\\(im[ \t]+['\"]?[^ \t'\"()]*$"))

(define (name-or-apropos name-completions)
  (let ((left '()))
    (lambda (beginning continue?)
      (unless continue?
        (set! left (if (regexp-exec after-im (%line-before-cursor))
                       (name-completions beginning)
                       (all-completions beginning))))
      (and (pair? left)
           (let ((first (car left)))
             (set! left (cdr left))
             first)))))

(define (all-completions beginning)
  "Return what Guile's own completion finds."
  (let loop ((found '()) (continue? #f))
    (let ((next (apropos-completion-function beginning continue?)))
      (if next
          (loop (cons next found) #t)
          (reverse found)))))

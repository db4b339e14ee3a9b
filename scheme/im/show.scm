;;; (im show) -- how messages are shown
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; A message is one short line, [ann] text, and whoever wants more than that
;;; switches it on.  What comes from strangers is shown in a form that can't
;;; be mistaken for what we add.

(define-module (im show)
  #:use-module (im screen)
  #:use-module (im text)
  #:use-module (ice-9 match)
  #:use-module (srfi srfi-1)
  #:export (im-show print-message))

;;; --- Switches -----------------------------------------------------------

(define switches                              ; (name on? meaning)
  (list (list 'times #f "when each message came, [ann 14:02]")
        (list 'bell #f "ring when one comes, at most once a second")
        (list 'colours #t "a colour for each person, where there are any")))

;; What stands for "no value".
(define none (list 'none))

(define* (im-show #:optional (name none) (on? none))
  "Return #t if messages are shown with NAME, a symbol: times, bell or colours;
or, with ON?, #t or #f, set it and return that.  Without NAME print all of
them.  Doesn't wait.

Colours and the bell are only for terminals that have them; the environment
variable NO_COLOR takes colours away.  Raises an error that names what there
is when NAME is none of it."
  (cond ((eq? name none) (print-switches))
        ((eq? on? none) (second (switch-called name)))
        (else
         (set-car! (cdr (switch-called name)) (and on? #t))
         (and on? #t))))

(define (switch-called name)
  (or (assq name switches)
      (scm-error 'misc-error "im-show" "nothing is called ~S; there are: ~A"
                 (list name (map first switches)) #f)))

(define (print-switches)
  (for-each (match-lambda
              ((name on? meaning)
               (print-line "~a~a  ~a" (string-pad-right (symbol->string name) 9)
                           (if on? "on " "off") meaning)))
            switches))

;;; --- Messages -----------------------------------------------------------

(define (print-message from message)
  "Print MESSAGE, any datum, and the name it is FROM.  Further lines of a string
are marked with a bar, and so are the rows of a line that is longer than the
terminal's, so that none can look like another person's."
  (let* ((name (sender-text from))
         (lines (message-lines message))
         (first-line (string-append "[" name (time-text) "] " (car lines)))
         (rows (append (rows-of first-line)
                       (append-map rows-of (map marked (cdr lines))))))
    (ring-bell)
    (print-heading (car rows) name)
    (for-each (lambda (row) (print-line "~a" row)) (cdr rows))))

(define mark "  | ")

(define (marked line)
  (string-append mark line))

(define (rows-of line)
  (let ((columns (screen-columns)))
    (if columns
        (fold-rows line columns mark)
        (list line))))

(define (blank? char)
  (eq? (char-general-category char) 'Zs))

(define (sender-text name)
  "Return NAME as text that nothing in front of a message can be mistaken for:
blanks stay between words of letters only, for [ann 14:02] is ann."
  (let* ((text (name->text name))
         (words (string-split text blank?)))
    (if (every (lambda (word)
                 (and (not (string-null? word))
                      (string-every char-alphabetic? word)))
               words)
        text
        (escape-if blank? text))))

(define (time-text)
  (if (im-show 'times)
      (strftime " %H:%M" (localtime (current-time)))
      ""))

(define (print-heading row name)
  "Print ROW, the first one of a message from NAME, that in its colour."
  (let ((end (1+ (string-length name))))      ; behind the [
    (if (and (im-show 'colours) (colours?) (> (string-length row) end))
        (display (string-append "[" (colour-of name) (substring row 1 end)
                                "\x1b[39m" (substring row end) "\n"))
        (print-line "~a" row))))

(define (colour-of name)
  "Return what makes a terminal print in one of six colours, as NAME has it;
neither black nor white, which may be that of the screen."
  (string-append "\x1b[3"
                 (number->string (1+ (string-hash (string-downcase name) 6)))
                 "m"))

(define rung 0)                               ; when, in seconds

(define (ring-bell)
  "Ring, if that is wanted, possible, and not done in this second."
  (when (and (im-show 'bell) (cursor-control?)
             (not (= rung (current-time))))
    (set! rung (current-time))
    (display "\a")))

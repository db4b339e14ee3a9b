;;; test-lines.scm --- a line from a stranger has an end
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(use-modules (im-test) (im lines) (im socket) (ice-9 format) (ice-9 match)
             (srfi srfi-64))

(define (lines-of text end)
  "Return what `read-short-line' makes of TEXT, which a peer sends before it
hangs up: lines of up to 8 characters, and the key of the error if any."
  (call-with-values our-pair
    (lambda (ours theirs)
     (display text (socket-output theirs))
     (socket-shutdown theirs)
     (let next ((lines '()))
       (let ((line (catch #t
                     (lambda ()
                       (read-short-line (socket-input ours)
                                        #:end end #:most 8))
                     (lambda (key . rest) key))))
         (if (string? line)
             (next (cons line lines))
             (begin
               (socket-shutdown ours)
               (reverse (if (eof-object? line) lines (cons line lines))))))))))

(define table
  '(("" #\newline ())
    ("one\ntwo\n" #\newline ("one" "two"))
    ("one\r\ntwo\r\n" #\newline ("one" "two"))
    ("\n\r\n\n" #\newline ("" "" ""))
    ("one\ntw" #\newline ("one" "tw"))
    ("a\rb\n" #\newline ("a\rb"))
    ("12345678\n" #\newline ("12345678"))
    ("12345678" #\newline ("12345678"))
    ("123456789\n" #\newline (misc-error))
    ("one\n123456789" #\newline ("one" misc-error))
    ("äöüäöüäö\n" #\newline ("äöüäöüäö"))
    ("ann\0bob\n\0" #\nul ("ann" "bob\n"))
    ("ann\r\0" #\nul ("ann\r"))))

(define (test-lines)
  (for-each (match-lambda
              ((text end expected)
               (test-equal (format #f "~s up to ~s" text end)
                 expected (lines-of text end))))
            table))

(define (test-waiting)
  (call-with-values our-pair
    (lambda (ours theirs)
     (display "half a li" (socket-output theirs))
     (test-equal "who doesn't finish a line is given up in time"
       'timeout
       (catch #t
         (lambda () (read-short-line (socket-input ours) #:timeout 0.02))
         (lambda (key . rest) key)))
     (socket-shutdown ours)
     (socket-shutdown theirs))))

(run-tests "lines" `("lines" ,test-lines) `("waiting" ,test-waiting))

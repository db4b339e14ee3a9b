;;; test-show.scm --- im-show adds to messages, and nobody can add the same
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; What needs a terminal is in test-prompt-show.sh.

(use-modules (program-test) (im screen) (im show)
             (ice-9 format) (ice-9 regex) (srfi srfi-1) (srfi srfi-64))

(define-syntax-rule (with-switch name body ...)
  "Evaluate BODY while messages are shown with NAME."
  (dynamic-wind
    (lambda () (im-show name #t))
    (lambda () body ...)
    (lambda () (im-show name #f))))

(define (shown from message)
  (printed-by (print-message from message)))

(define (test-switches)
  (test-equal "messages are short and quiet by themselves" '(#f #f #t)
    (map im-show '(times bell colours)))
  (test-equal "a switch is set, and says what it is" '(#t #t #f #f)
    (let* ((set (im-show 'times #t)) (is (im-show 'times))
           (unset (im-show 'times #f)))
      (list set is unset (im-show 'times))))
  (let ((text (printed-by (im-show))))
    (test-assert "all are shown with what they mean"
      (every (lambda (line) (string-match line text))
             '("times +off +when" "bell +off +ring" "colours +on +a colour"))))
  (test-assert "an unknown one is answered with those there are"
    (catch #t
      (lambda () (im-show 'color #t) #f)
      (lambda (key who template values . rest)
        (string=? "nothing is called color; there are: (times bell colours)"
                  (apply format #f template values))))))

(define (test-lines)
  (test-equal "as the original, without any" "[ann] Hi\n" (shown 'ann "Hi"))
  (with-switch 'times
    (test-assert "with the time"
      (string-match "^\\[ann [0-2][0-9]:[0-5][0-9]\\] Hi\n$"
                    (shown 'ann "Hi")))
    (test-assert "at the first line only"
      (string-match "^\\[ann [0-9:]+\\] a\n  \\| b\n$" (shown 'ann "a\nb"))))
  (with-switch 'bell
    (test-equal "what is no terminal isn't rung" "[ann] Hi\n"
      (shown 'ann "Hi"))))

;; A name, and what is shown of it.
(define names
  '((ann . "ann") ("Bob" . "Bob") ("Bob Miller" . "Bob Miller")
    ("José Müller" . "José Müller") ("ann-2" . "ann-2")
    ("ann 14:02" . "ann\\x20;14:02")
    ("ann l4:O2" . "ann\\x20;l4:O2")
    ("ann 14:02 " . "ann\\x20;14:02\\x20;")
    (" ann" . "\\x20;ann")
    ("ann  x" . "ann\\x20;\\x20;x")
    ("ann\xa014:02" . "ann\\xa0;14:02")
    ("ann\u200314:02" . "ann\\x2003;14:02")
    ("ann]14:02[" . "ann\\x5d;14:02\\x5b;")
    ("\x1b[31mann" . "\\x1b;\\x5b;31mann")
    ("ann\a" . "ann\\x7;")))

(define (test-names)
  (for-each
   (lambda (case)
     (let ((name (car case)) (text (cdr case)))
       (test-equal (format #f "~s can't be mistaken for a name and a time" name)
         (string-append "[" text "] x\n") (shown name "x"))
       (with-switch 'times
         (test-equal (format #f "~s: nor with times" name)
           (string-append "[" text " ")
           (let ((line (shown name "x")))
             (substring line 0 (min (string-length line)
                                    (+ 2 (string-length text)))))))))
   names))

(define (test-unseen)
  (for-each
   (lambda (case)
     (test-equal (format #f "~s takes no column up to ~a" (car case)
                         (cadr case))
       (cadr case) (unseen-end (car case) 0)))
   '(("\x1b[36mx" 5) ("\x1b[39m" 5) ("\x1b[1;31mx" 7) ("\a" 1)
     ("x\x1b[36m" #f) ("\x1b[2J" #f) ("\x1b" #f) ("[36m" #f))))

(run-tests "show"
  (lambda ()
    (test-switches)
    (test-lines)
    (test-names)
    (test-unseen)))

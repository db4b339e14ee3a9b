;;; bots.scm -- exercise 7: three chat bots
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;;     (im-enroll-bot "123.45.67.89" 6543 (instantiate echo-bot) 'echo)
;;;     (im-enroll-bot "123.45.67.89" 6543 (instantiate grumpy-bot 3) 'oscar)
;;;     (im-enroll-bot "123.45.67.89" 6543 (instantiate nim-bot 21) 'nim)
;;;
;;; What a bot says is a method; how it enrolls and hears is inherited from
;;; the class in im-bots.scm.

(load "im-bots.scm")

;;; --- One that says what it is told --------------------------------------

(define-class (echo-bot)
  (parent (bot))
  (method (answer from message) message))

;;; --- One that loses its patience ----------------------------------------

;; PATIENCE: how many times it answers, whoever asks; afterwards it is silent.
(define-class (grumpy-bot patience)
  (parent (bot))
  (method (answer from message)
    (cond ((= patience 0) #f)
          (else
           (set! patience (- patience 1))
           (if (= patience 0)
               "Enough!  I won't say another word."
               "What is it now?")))))

;;; --- One that plays -----------------------------------------------------

;; Nim: a heap of STICKS; who takes the last one wins.  Everybody who writes
;; to it has a game of their own, a number of sticks in a table.
(define-class (nim-bot sticks)
  (parent (bot))
  (instance-vars (games (make-name-table)))
  (method (answer from message)
    (cond ((member message '(1 2 3))
           (ask self 'take from message (ask self 'sticks-of from)))
          (else
           (string-append (there-are (ask self 'sticks-of from))
                          "  Take 1, 2 or 3: (im '"
                          (datum->text (ask self 'name))
                          " 2).  Who takes the last one wins."))))
  (method (take from number left)
    (cond ((> number left) (there-are left))
          ((= number left)
           (ask self 'put-sticks from sticks)
           "You have won!  Another game?")
          (else (ask self 'reply from (- left number)))))
  (method (reply from left)
    (let ((mine (best-take left)))
      (cond ((= mine left)
             (ask self 'put-sticks from sticks)
             (string-append (i-take mine) " and win.  Another game?"))
            (else
             (ask self 'put-sticks from (- left mine))
             (string-append (i-take mine) ".  " (there-are (- left mine)))))))
  (method (sticks-of from)
    (let ((game (table-entry games from)))
      (if game (cdr game) sticks)))
  (method (put-sticks from number)
    (table-remove! games from)
    (if (< number sticks)
        (table-add! games from number))))

(define (best-take left)
  "Return how many of LEFT sticks to take: so many that a multiple of four is
left.  Who must take from such a heap loses, if nobody makes a mistake."
  (max 1 (remainder left 4)))

(define (there-are left)
  (if (= left 1)
      "There is 1 stick."
      (string-append "There are " (number->string left) " sticks.")))

(define (i-take number)
  (string-append "I take " (number->string number)))

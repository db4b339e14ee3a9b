;;; (stk words) -- words and sentences, as in Simply Scheme
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; A word is a symbol, a number or a string; it has letters.  A sentence is
;;; a list of words.  Whatever makes a new word gives its text to
;;; string->word, so that equal words are equal?: (word 4 2) is the number 42
;;; and (first "bob") the symbol b.  What isn't made anew stays as it is.

(define-module (stk words)
  #:use-module (im words)
  #:use-module ((srfi srfi-1) #:select (any append-map))
  #:export (string->word word sentence se
            first butfirst bf last butlast bl item
            member? empty? count appearances every keep))

;;; --- Text and words -------------------------------------------------

(define decimal-characters (string->char-set "0123456789.-e"))

(define (canonical-number text)
  "Return the number that prints as TEXT, or #f.  STk had integers and decimal
fractions only."
  (let ((number (and (string-every decimal-characters text)
                     (catch 'out-of-range           ; 1e400
                       (lambda () (string->number text))
                       (lambda error #f)))))
    (and number
         (string=? text (number->string number))
         number)))

(define (string->word text)
  "Return the word whose text is TEXT, a string: the number that prints so;
TEXT itself if it only begins like a number, as in \"2x\" or \"007\"; the
symbol, if STk prints it bare; else TEXT itself, as in \"Bob\".
Raise an error if TEXT is no string."
  (unless (string? text)
    (invalid 'string->word text "is not a string"))
  (cond ((begins-like-number? text) (or (canonical-number text) text))
        ((bare-symbol? text) (string->symbol text))
        (else text)))

(define (word? x)
  (or (symbol? x) (string? x) (number? x)))

(define (word-text word)
  (cond ((symbol? word) (symbol->string word))
        ((number? word) (number->string word))
        (else word)))

(define (letter-word char) (string->word (string char)))

(define (same? one other)
  (if (and (word? one) (word? other))
      (or (eq? one other) (string=? (word-text one) (word-text other)))
      (equal? one other)))

;;; --- Errors ---------------------------------------------------------

(define (invalid name value why)
  (scm-error 'misc-error #f "Invalid argument to ~A: ~S ~A"
             (list (string-upcase (symbol->string name)) value why)
             #f))

(define (invalid-kind name value)
  (invalid name value "is neither a word nor a sentence"))

;;; --- Making words and sentences -------------------------------------

(define (word . words)
  "Return the word whose text is that of all WORDS in a row; \"\" if there are
none.  Raise an error if one isn't a word."
  (join-words 'word words))

(define (join-words name words)
  (string->word
   (string-concatenate
    (map (lambda (word)
           (unless (word? word)
             (invalid name word "is not a word"))
           (word-text word))
         words))))

(define (sentence . parts)
  "Return a sentence, the list of all the words in PARTS, words and sentences.
Raise an error if one is neither, or is a list that contains anything else."
  (join-sentences 'sentence parts))

(define (se . parts)
  "Return (sentence PART …)."
  (join-sentences 'sentence parts))

(define (join-sentences name parts)
  (append-map (lambda (part)
                (cond ((word? part) (list part))
                      ((and (list? part) (and-map word? part)) part)
                      (else (invalid-kind name part))))
              parts))

;;; --- Taking them apart ----------------------------------------------

(define (part-of name stuff of-text of-list)
  "Return what OF-TEXT makes of a word's text, as a word, or OF-LIST of a
list.  Neither is called for what is empty; that is an error in NAME."
  (cond ((empty? stuff) (invalid name stuff "is empty"))
        ((word? stuff) (string->word (of-text (word-text stuff))))
        ((pair? stuff) (of-list stuff))
        (else (invalid-kind name stuff))))

(define (first stuff)
  "Return the first letter of STUFF, a word, or its first word if it is a
sentence.  Raise an error if it is empty, or neither."
  (part-of 'first stuff (lambda (text) (substring text 0 1)) car))

(define (butfirst stuff)
  "Return the word or sentence STUFF without its first letter or word.  Raise
an error if it is empty, or neither."
  (part-of 'butfirst stuff (lambda (text) (substring text 1)) cdr))

(define (bf stuff)
  "Return (butfirst STUFF)."
  (butfirst stuff))

(define (last stuff)
  "Return the last letter of STUFF, a word, or its last word if it is a
sentence.  Raise an error if it is empty, or neither."
  (part-of 'last stuff
           (lambda (text) (string-take-right text 1))
           (lambda (words) (car (last-pair words)))))

(define (butlast stuff)
  "Return the word or sentence STUFF without its last letter or word.  Raise an
error if it is empty, or neither."
  (part-of 'butlast stuff
           (lambda (text) (string-drop-right text 1))
           (lambda (words) (list-head words (1- (length words))))))

(define (bl stuff)
  "Return (butlast STUFF)."
  (butlast stuff))

(define (item n stuff)
  "Return letter or word number N, counted from 1, of the word or sentence
STUFF.  Raise an error if there is none."
  (let ((length (size 'item stuff)))
    (unless (and (exact-integer? n) (<= 1 n length))
      (invalid 'item n (simple-format #f "is not a position in ~S" stuff)))
    (part-of 'item stuff
             (lambda (text) (substring text (1- n) n))
             (lambda (words) (list-ref words (1- n))))))

;;; --- Looking at them ------------------------------------------------

(define (elements name stuff)
  "Return the letters of STUFF, a word, or its words, as a list."
  (cond ((word? stuff) (map letter-word (string->list (word-text stuff))))
        ((list? stuff) stuff)
        (else (invalid-kind name stuff))))

(define (empty? x)
  "Return #t if X is a word without letters or a sentence without words."
  (or (null? x)
      (and (string? x) (string-null? x))
      (eq? x '#{}#)))

(define (count stuff)
  "Return how many letters the word STUFF has, or words the sentence.  Raise an
error if it is neither."
  (size 'count stuff))

(define (size name stuff)
  (cond ((word? stuff) (string-length (word-text stuff)))
        ((list? stuff) (length stuff))
        (else (invalid-kind name stuff))))

(define (member? thing stuff)
  "Return #t if THING is a letter of the word STUFF, or a word of the sentence,
else #f: a longer word is never a member of a word.  Words are compared by
their text.  Raise an error if STUFF is neither."
  (any (lambda (element) (same? thing element)) (elements 'member? stuff)))

(define (appearances thing stuff)
  "Return how many letters of the word STUFF, or words of the sentence, are
THING.  Raise an error if STUFF is neither."
  (let loop ((rest (elements 'appearances stuff)) (found 0))
    (cond ((null? rest) found)
          ((same? thing (car rest)) (loop (cdr rest) (1+ found)))
          (else (loop (cdr rest) found)))))

;;; --- Higher-order procedures ----------------------------------------

(define (every procedure stuff)
  "Return the sentence of what PROCEDURE returns, a word or a sentence, for
each letter of the word STUFF, or each word of the sentence, in this order.
Raise an error if STUFF, or what was returned, is neither."
  (join-sentences 'every (map procedure (elements 'every stuff))))

(define (keep good? stuff)
  "Return the word or sentence STUFF without the letters or words for which
GOOD? returns #f.  Raise an error if STUFF is neither."
  (let ((kept (append-map (lambda (element)
                            (if (good? element) (list element) '()))
                          (elements 'keep stuff))))
    (if (word? stuff)
        (join-words 'keep kept)
        kept)))

;;; (im names) -- what people are called, and who is called so
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; A name is a symbol, or a string where Berkeley's Scheme made no symbol of
;;; a login name.  Two names are one when their texts are, ignoring case:
;;; STk folded what its user typed, so that (im 'Bob …) must find "Bob".
;;;
;;; A table of names is a headed association list, (*table* (NAME . VALUE) …),
;;; newest first, as in SICP 3.3.3.  An index stands beside it, so that
;;; finding a name doesn't take longer in a larger class.

(define-module (im names)
  #:use-module (im primitives)
  #:use-module (im words)
  #:export (string->name login-name same-name? names-but name-problem
            make-name-table table-names table-entry
            table-add! table-remove!))

;;; --- Names ------------------------------------------------------------

(define (string->name text)
  "Return the name that TEXT, a string, is as a login name: a symbol if STk
writes it as a bare symbol, else TEXT itself.  (This is UCB Scheme's
string->word, but a number stays a string.)"
  (if (bare-symbol? text) (string->symbol text) text))

(define (login-name)
  "Return the name of who runs this program: USER, or else what the system
calls its user, or else `anonymous'."
  (define (from-system)
    (false-if-exception (passwd:name (getpwuid (getuid)))))
  (let ((text (or (getenv "USER") "")))
    (string->name (cond ((not (string-null? text)) text)
                        ((from-system))
                        (else "anonymous")))))

(define (name-text name)
  (if (symbol? name) (symbol->string name) name))

(define (folded name)
  "Return a symbol that is the same for all ways to write NAME, itself one."
  ;; A small letter may be composed with its mark where the capital isn't.
  (string->symbol
   (string-normalize-nfc
    (string-downcase (string-normalize-nfc (name-text name))))))

(define (same-name? one other)
  "Return #t if the names ONE and OTHER have one text, ignoring case."
  (or (eq? one other) (eq? (folded one) (folded other))))

(define (names-but name names)
  "Return the list NAMES without NAME."
  (filter (lambda (other) (not (equal? other name))) names))

(define (name-problem name)
  "Return a clause that says why nobody can be called NAME, a symbol or a
string; #f if one can."
  (let ((text (name-text name)))
    (cond ((string-null? text) "a name has at least one character")
          ((> (string-length text) (%limit 'name-characters))
           (simple-format #f "a name has at most ~A characters"
                          (%limit 'name-characters)))
          ((string-any misleading? text)
           "a name has no control characters and no special spaces")
          ((string-any (string->char-set "[]>") text)
           "a name has no brackets and no >")
          ((not (string=? text (string-trim-both text)))
           "a name doesn't begin or end with a space")
          ((same-name? name 'server) "only the server is called server")
          (else #f))))

(define (misleading? char)
  (case (char-general-category char)
    ((Cc Cf Cs Co Cn Zl Zp) #t)
    ((Zs) (not (char=? char #\space)))
    (else (char-set-contains? blank-letters char))))

;; Letters and symbols to Unicode, blank on a screen: the fillers of Hangul,
;; the joiner of graphemes, Braille without a dot.
(define blank-letters
  (string->char-set "\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0"))

;;; --- Tables -----------------------------------------------------------

;; An index is a hash table with two ways to an entry: its folded name, and
;; the name as its owner spells it, which a request nearly always says and
;; which is found without looking at its text.  For most it is the same.
(define indexes (make-weak-key-hash-table))   ; table -> symbol -> entry

(define (make-name-table)
  "Return an empty table of names."
  (list '*table*))

;; The table looked at last, and its index: nearly always the same.
(define last-table #f)
(define last-index #f)

(define (table-index table)
  "Return the index of TABLE; made now if this list was made by hand."
  (unless (eq? table last-table)
    (set! last-index (or (hashq-ref indexes table)
                         (index-table! table)))
    (set! last-table table))
  last-index)

(define (index-table! table)
  (let ((index (make-hash-table)))
    (hashq-set! indexes table index)
    (for-each (lambda (entry) (index-entry! index entry))
              (reverse (cdr table)))
    index))

(define (index-entry! index entry)
  (for-each (lambda (key) (hashq-set! index key entry))
            (index-keys (car entry))))

(define (index-keys name)
  (let ((text (folded name)))
    (if (or (eq? name text) (string? name))
        (list text)
        (list name text))))

(define (table-entry table name)
  "Return the pair (NAME . VALUE) of whoever in TABLE is called NAME, a symbol
or a string, ignoring case; or #f."
  (and (pair? (cdr table))
       (indexed-entry table name)))

(define (indexed-entry table name)
  (let ((index (table-index table)))
    (or (hashq-ref index name)
        (hashq-ref index (folded name)))))

(define (table-names table)
  "Return the names in TABLE, the newest first."
  (map car (cdr table)))

(define (table-add! table name value)
  "Add NAME with VALUE to TABLE, as the newest.  Return #t, or #f if somebody
there is called so."
  (if (table-entry table name)
      #f
      (let ((entry (cons name value)))
        (set-cdr! table (cons entry (cdr table)))
        (index-entry! (table-index table) entry)
        #t)))

(define (table-remove! table name)
  "Remove whoever is called NAME from TABLE.  Return their value, or #f."
  (let ((entry (table-entry table name))
        (index (table-index table)))
    (and entry
         (begin
           (set-cdr! table (delq! entry (cdr table)))
           (for-each (lambda (key) (hashq-remove! index key))
                     (index-keys (car entry)))
           (cdr entry)))))

;;; cases.scm --- read the cases of the conformance suite
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; A file NAME.cases holds the cases of a group.  A case is a session in the
;;; format of the recorded ones, see session-format.scm, and a bit more:
;;;
;;;     ; a comment
;;;     == NAME         a part: lines that cases include
;;;     = NAME          a case
;;;     rule TEXT       what a program that fails it breaks: words that stand
;;;                     in doc/protocol.texi
;;;     only PROFILE    a case for programs of this profile, see below
;;;     for A B C       one such case for each word, which stands for {1}
;;;     with A  =>  B   one such case for this row, which stands for {1} {2}
;;;     cut everywhere  the case whole, byte by byte, and with each line cut
;;;                     at each byte
;;;     include NAME    the lines of a part
;;;     PROFILE: LINE   a line for programs of this profile
;;;     {repeat 9 x}    nine times x
;;;
;;; The profiles: `guile-im', and `original' as the course programs on STk.

(define-module (conformance cases)
  #:use-module (ice-9 match)
  #:use-module (ice-9 regex)
  #:use-module (session-format)
  #:use-module (session-wire)
  #:use-module (srfi srfi-1)
  #:use-module (srfi srfi-9)
  #:use-module (srfi srfi-9 gnu)
  #:use-module (srfi srfi-26)
  #:export (make-case case-name case-rule case-lines case-session case-cut
            profiles read-cases))

(define-immutable-record-type <case>
  (make-case name rule lines session cut)
  case?
  (name case-name set-case-name)
  (rule case-rule)
  (lines case-lines)                    ; of the session, as text
  (session case-session)
  (cut case-cut set-case-cut))          ; bytes -> pieces

(define profiles '("guile-im" "original"))

(define (read-cases file side profile)
  "Return the cases in FILE for programs of PROFILE, in which the player takes
SIDE, #\\> the clients or #\\< the server."
  (let* ((blocks (split-blocks (case-lines-of file)))
         (parts (filter-map part blocks)))
    (append-map (cut block-cases <> parts side profile)
                (remove part blocks))))

(define (case-lines-of file)
  "Return the lines of FILE that aren't comments or empty."
  (remove (lambda (line)
            (or (string-null? line) (string-prefix? ";" line)))
          (file-lines (string-append "conformance/" file))))

(define (after prefix line)
  "Return what follows PREFIX in LINE, or #f if it doesn't begin so."
  (and (string-prefix? prefix line)
       (string-drop line (string-length prefix))))

(define (after-any prefix lines)
  "Return what follows PREFIX in those of LINES that begin so."
  (filter-map (cut after prefix <>) lines))


;;; Blocks: a head, `= NAME' or `== NAME', and the lines below it

(define (split-blocks lines)
  "Return LINES as a list of blocks."
  (match lines
    (() '())
    ((head . rest)
     (unless (or (after "= " head) (after "== " head))
       (error "neither a case nor a part:" head))
     (call-with-values (lambda () (break (cut string-prefix? "=" <>) rest))
       (lambda (body others)
         (cons (cons head body) (split-blocks others)))))))

(define (part block)
  "Return (NAME LINE ...) if BLOCK is a part, or #f."
  (and=> (after "== " (car block))
         (lambda (name) (cons name (cdr block)))))

(define (expand lines parts profile)
  "Return LINES as they are for PROFILE, those of PARTS included."
  (append-map (lambda (line)
                (match (after "include " line)
                  (#f (list line))
                  (name (expand (or (assoc-ref parts name)
                                    (error "no such part:" name))
                                parts profile))))
              (filter-map (cut for-profile <> profile) lines)))

(define (block-cases block parts side profile)
  "Return the cases for PROFILE that BLOCK describes with PARTS."
  (let ((only (after-any "only " (cdr block)))
        (body (expand (remove directive? (cdr block)) parts profile)))
    (unless (every (cut member <> profiles) only)
      (error "no such profile:" only))
    (if (or (null? only) (member profile only))
        (append-map (cut row-cases block <> body side) (rows (cdr block)))
        '())))

(define (directive? line)
  (any (cut after <> line) '("rule " "only " "for " "with " "cut ")))

(define (rows lines)
  "Return the rows that LINES ask for, each a list of texts."
  (let ((rows (append-map
               (lambda (line)
                 (cond ((after "for " line)
                        => (lambda (words)
                             (map list (string-split words #\space))))
                       ((after "with " line)
                        => (lambda (row) (list (split-at-each "  =>  " row))))
                       (else '())))
               lines)))
    (if (null? rows) '(()) rows)))

(define (row-cases block row body side)
  "Return the cases that BLOCK with this BODY is for ROW."
  (let* ((name (fill row (after "= " (car block))))
         (lines (map (lambda (line) (repeat (fill row line))) body))
         (case (make-case name
                          (string-join (after-any "rule " (cdr block)))
                          lines
                          (parse-session name lines (acted-on-by side))
                          whole)))
    (if (member "cut everywhere" (cdr block))
        (with-cuts case side)
        (list case))))

(define (for-profile line profile)
  "Return LINE as it is for PROFILE, or #f if it is for another."
  (match (find (lambda (name) (after (string-append name ": ") line)) profiles)
    (#f line)
    (name (and (string=? name profile)
               (after (string-append name ": ") line)))))

(define client-line (make-regexp "^[0-9]+ > "))

(define (acted-on-by side)
  "Return a predicate for the lines that the player of SIDE sends.  They start
a step where it is the clients', for whom nobody types anything."
  (if (char=? side #\>)
      (lambda (line) (regexp-exec client-line line))
      (const #f)))


;;; Rows

(define column-pattern (make-regexp "\\{([1-9])\\}"))
(define repeat-pattern (make-regexp "\\{repeat ([0-9]+) ([^{}]*)\\}"))

(define (fill row text)
  "Return TEXT with each {N} replaced by the text number N of ROW."
  (regexp-substitute/global
   #f column-pattern text
   'pre
   (lambda (m) (list-ref row (- (string->number (match:substring m 1)) 1)))
   'post))

(define (repeat text)
  "Return TEXT with each {repeat COUNT WHAT} replaced."
  (regexp-substitute/global
   #f repeat-pattern text
   'pre
   (lambda (m)
     (string-concatenate
      (make-list (string->number (match:substring m 1))
                 (match:substring m 2))))
   'post))


;;; Cuts

(define (with-cuts case side)
  "Return CASE whole, byte by byte, and with each line that the player of SIDE
sends cut at each byte."
  (define (variant name cut)
    (set-case-cut
     (set-case-name case (string-append (case-name case) ", " name))
     cut))
  (cons* case
         (variant "byte by byte" byte-by-byte)
         (map (lambda (position)
                (variant (format #f "cut at ~a" position)
                         (cut-in-two position)))
              (iota (- (longest-line (case-session case) side) 1) 1))))

;;; test-manual-examples.scm --- what the manual shows is what happens
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; Types each marked example of each chapter at a prompt of its own, and
;;; compares.  How examples are marked stands in doc/guile-im.texi.

(use-modules (manual-prompt) (manual-text) (session-suite)
             (ice-9 format) (ice-9 match) (ice-9 regex)
             (srfi srfi-1) (srfi srfi-64))

;;; --- What an example says -------------------------------------------------

;; An example is a list of units, (TEXT CLAIM …): what is typed, and what
;; must come of it.  A claim is (KIND . LINE), KIND result, print or error.

(define kinds
  `((,shown-result . result) (,shown-print . print) (,shown-error . error)))

(define any-kind
  (string->char-set (list->string (map car kinds))))

(define (example-units lines)
  (if (any at-prompt lines)
      (transcript-units lines)
      (plain-units lines)))

(define prompt-pattern "^scheme@\\([a-z-]+\\)( \\[[0-9]+\\])?> ?")

(define (at-prompt line)
  "Return what is typed in LINE, if a prompt is shown there; else #f."
  (and=> (string-match prompt-pattern line) match:suffix))

(define (complete? text)
  "Return #t unless TEXT is the beginning of an expression."
  (or (string-prefix? "," text)
      (catch 'read-error
        (lambda ()
          (call-with-input-string text
            (lambda (port)
              (let loop () (or (eof-object? (read port)) (loop))))))
        (const #f))))

(define (transcript-units lines)
  "Return the units of LINES, which look as they do at a prompt."
  (let loop ((lines lines) (units '()))
    (match lines
      (() (map reverse (reverse units)))
      ((line . rest)
       (cond ((at-prompt line)
              => (lambda (text) (loop rest (cons (list text) units))))
             ((string-null? (string-trim line)) (loop rest units))
             ((null? units) (loop lines '((""))))
             ((and (null? (cdar units)) (not (complete? (caar units))))
              (loop rest (cons (list (string-append (caar units) "\n" line))
                               (cdr units))))
             (else
              (loop rest (cons (cons (transcript-claim line) (car units))
                               (cdr units)))))))))

(define (transcript-claim line)
  (cond ((string-match "^\\$[0-9]+ = " line)
         => (lambda (found) (cons 'result (match:suffix found))))
        ((assv-ref kinds (string-ref line 0))
         => (lambda (kind) (cons kind (string-trim (substring line 1)))))
        (else (cons 'print line))))

(define (plain-units lines)
  "Return the units of LINES, expressions with marked claims behind them."
  (let loop ((lines lines) (text "") (claims '()) (units '()))
    (define (finished)
      (if (and (null? claims) (string-null? (string-trim text)))
          units
          (cons (cons text (reverse claims)) units)))
    (match lines
      (() (reverse (finished)))
      ((line . rest)
       (match (string-index line any-kind)
         (#f (cond ((null? claims)
                    (loop rest (string-append text "\n" line) '() units))
                   ((string-null? (string-trim line))
                    (loop rest text claims units))
                   ((string=? "…" (string-trim line))
                    (loop rest text (cons '(print . "…") claims) units))
                   (else (loop lines "" '() (finished)))))
         (index
          (let ((before (substring line 0 index))
                (claim (cons (assv-ref kinds (string-ref line index))
                             (string-trim (substring line (1+ index))))))
            (if (string-null? (string-trim before))
                (if (and (null? rest) (string-null? (cdr claim)))
                    (error "nothing is claimed:" line)
                    (claim-on-line claim rest
                                   (lambda (claim rest)
                                     (loop rest text (cons claim claims)
                                           units))))
                (if (pair? claims)
                    (loop (cons* before (substring line index) rest)
                          "" '() (finished))
                    (loop (cons (substring line index) rest)
                          (string-append text "\n" before)
                          '() units))))))))))

(define (claim-on-line claim rest continue)
  "Call (CONTINUE CLAIM REST): a claim without text has it on the next line."
  (if (and (string-null? (cdr claim)) (eq? (car claim) 'result))
      (continue (cons 'result (string-trim (car rest))) (cdr rest))
      (continue claim rest)))

;;; --- Addresses ------------------------------------------------------------

;; What the manual says, and what it stands for here.
(define stand-ins (list))

(define (let-stand! shown real)
  (set! stand-ins (assoc-set! stand-ins shown real)))

(define (replaced text pairs)
  (fold (lambda (pair text)
          (regexp-substitute/global
           #f (string-append "(^|[^0-9.])" (regexp-quote (car pair))
                             "($|[^0-9.]|\\.$|\\.[^0-9])")
           text 'pre 1 (cdr pair) 2 'post))
        text pairs))

(define (to-type text)
  "Return TEXT of the manual as it is typed here."
  (define (on-loopback text pattern more)
    (regexp-substitute/global #f pattern text 'pre
                              (lambda (found)
                                (string-append (match:substring found 0) more))
                              'post))
  (replaced (on-loopback
             (on-loopback text "\\(im-server-start"
                          " #:address \"127.0.0.1\"")
             "\\(make-server-socket [0-9]+" " #:address \"127.0.0.1\"")
            stand-ins))

(define (as-shown line)
  "Return LINE, which was printed here, in each way in which the manual may show
it: this computer has two addresses there."
  (let ((port (string-match "server port: ([0-9]+)" line)))
    (when port
      (let-stand! "41377" (match:substring port 1))))
  (let ((back (map (lambda (pair) (cons (cdr pair) (car pair))) stand-ins)))
    (list (replaced line back)
          (replaced line (alist-delete "127.0.0.1" back)))))

(define chance (random-state-from-platform))

(define (free-port)
  "Return the text of a port that is free, and that no system gives to who
connects or asks for any."
  (let* ((port (+ 10000 (random 20000 chance)))
         (sock (socket PF_INET SOCK_STREAM 0))
         (free? (false-if-exception
                 (begin (bind sock AF_INET INADDR_LOOPBACK port) #t))))
    (close-port sock)
    (if free? (number->string port) (free-port))))

(define (choose-addresses!)
  (set! stand-ins (list))
  (let-stand! "192.0.2.2" "127.0.0.1")
  (for-each (lambda (port)
              (let-stand! (number->string port) (free-port)))
            (iota 7 6543)))

;;; --- Typing it ------------------------------------------------------------

(define (run-chapter lines report)
  "Type the marked examples among LINES.  Call (REPORT LINE-NUMBER PROBLEM) for
each; PROBLEM is #f or a sentence."
  (define prompts '())
  (define (prompt-of person)
    (or (assoc-ref prompts person)
        (let ((prompt (open-prompt (or person "tester"))))
          (set! prompts (acons person prompt prompts))
          prompt)))
  (choose-addresses!)
  (for-each (match-lambda
              ((number person lines)
               (report number (any (lambda (unit)
                                     (unit-problem (prompt-of person) unit))
                                   (example-units lines)))))
            (marked-examples lines))
  (for-each close-prompt (map cdr prompts)))

(define (unit-problem prompt unit)
  "Return what is wrong with UNIT when it is typed at PROMPT, or #f."
  (match unit
    ((text . claims)
     (if (type-in prompt (to-type text)
                  (count (lambda (claim) (eq? (car claim) 'result)) claims))
         (claims-problem prompt claims)
         (format #f "~a: was not evaluated in time" text)))))

(define (claims-problem prompt claims)
  (match claims
    (() #f)
    (((_ . "…") . rest) (skip-to prompt rest))
    ((('error . text) . rest)
     (or (skip-to prompt (list (cons 'print (string-append "…" text "…"))))
         (skip-to prompt '((print . "Entering a new prompt.…")))
         (claims-problem prompt rest)))
    ((claim . rest)
     (or (claim-problem claim (next-line prompt))
         (claims-problem prompt rest)))))

(define (skip-to prompt claims)
  "Leave lines out until one meets the first of CLAIMS."
  (if (null? claims)
      #f
      (let loop ()
        (match (next-line prompt)
          (#f (format #f "never came: ~a" (cdar claims)))
          (line (if (claim-problem (car claims) line)
                    (loop)
                    (claims-problem prompt (cdr claims))))))))

(define (claim-problem claim line)
  (match claim
    ((kind . text)
     (let ((shown (if line (as-shown line) '()))
           (wanted (if (eq? kind 'result) (string-append "$ = " text) text)))
       (and (not (any (lambda (line) (matches? wanted line)) shown))
            (format #f "shown: ~a, but came: ~a" wanted
                    (if line (first shown) "nothing")))))))

(define (matches? wanted line)
  "Return #t if LINE is WANTED, in which … stands for anything."
  (define (squeezed text) (string-join (string-tokenize text) " "))
  (string-match (string-append
                 "^" (string-join (map regexp-quote
                                       (string-split (squeezed wanted) #\…))
                                  ".*")
                 "$")
                (squeezed line)))

;;; --- The tests ------------------------------------------------------------

(define (problems examples)
  "Return what run-chapter reports of EXAMPLES, lists of lines."
  (define found '())
  (run-chapter (append-map (lambda (lines)
                             `("@c test" "@example" ,@lines "@end example"))
                           examples)
               (lambda (number problem) (set! found (cons problem found))))
  (reverse found))

(define right
  '(("(* 2 3)" "@result{} 6")
    ("(define (f x)" "  (* x x))" "(f 3) @result{} 9" "(f 4)" "@result{} 16")
    ("(display \"a\\nb\")" "@print{} a" "@print{} b"
     "\"@{@@@}\" @result{} \"@{@@@}\"")
    ("(begin (display 'a) 1)" "@print{} a" "@result{} 1")
    ("(car '())" "@error{} Wrong type argument" "(+ 1 1)" "@result{} 2")
    ("scheme@@(guile-user)> (list 1" "                      2)" "$1 = (1 2)"
     "scheme@@(guile-user)> (display \"x\\n\")" "x")
    ("(for-each (lambda (i) (display i) (newline)) (iota 5))"
     "@print{} 0" "@dots{}" "@print{} 4")
    ("(make-server-socket 6543)"
     "@result{} #<socket listening on @dots{}:6543>")
    ("(display \"192.0.2.2\")" "@print{} 127.0.0.1")
    ("(display \"127.0.0.1\")" "@print{} 192.0.2.2")
    ("scheme@@(guile-user)> ,im who" "Load im-server.scm or @dots{}")))

(define wrong
  '(("(* 2 3)" "@result{} 7")
    ("(if #f #f)" "@result{} 7")
    ("(display \"a\\nb\")" "@print{} b")
    ("(car '(1))" "@error{} Wrong type argument")
    ("(display 'a)" "@print{} a" "@print{} b")
    ("scheme@@(guile-user)> 3" "$1 = 4")
    ("scheme@@(guile-user)> 3" "3")))

(define (test-runner-itself)
  (test-equal "what is right passes" (map (const #f) right) (problems right))
  (parameterize ((patience 1/4))
    (for-each (lambda (lines)
                (test-assert (format #f "found to be wrong: ~s" lines)
                  (first (problems (list lines)))))
              wrong)))

(define (test-chapters)
  (for-each
   (lambda (name)
     (run-chapter (chapter-lines name)
                  (lambda (number problem)
                    (test-equal (format #f "~a:~a" name number) #f problem))))
   (chapters)))

(run-test-suite "manual-examples"
  (lambda ()
    (test-runner-itself)
    (test-chapters)))

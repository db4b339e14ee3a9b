;;; manual-prompt.scm --- prompts at which the manual's examples are typed
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; Each is what `./guile-im repl' starts, reading from a pipe.  What it
;;; prints is kept as lines until somebody claims them, in order.

(define-module (manual-prompt)
  #:use-module (ice-9 binary-ports)
  #:use-module (ice-9 iconv)
  #:use-module (ice-9 match)
  #:use-module (ice-9 popen)
  #:use-module (ice-9 regex)
  #:use-module (rnrs bytevectors)
  #:use-module (srfi srfi-1)
  #:use-module (srfi srfi-9)
  #:export (open-prompt close-prompt type-in next-line patience))

(define patience (make-parameter 10))         ; seconds until a line has come
(define patience-with-typing 20)              ; until it is evaluated

(define-record-type <prompt>
  (make-prompt input output bytes lines)
  prompt?
  (input prompt-input)                        ; what is typed goes there
  (output prompt-output)                      ; what it prints comes from here
  (bytes prompt-bytes set-prompt-bytes!)      ; not yet a line
  (lines prompt-lines set-prompt-lines!))     ; not yet claimed

(define command
  (string-append
   "exec env -u INSIDE_EMACS -u TERM LC_ALL=C.UTF-8 '"
   (or (getenv "abs_top_builddir") ".")
   "/pre-inst-env' guile --no-auto-compile \
-c '((@ (im main) main) (list \"repl\"))' 2>&1"))

(define (open-prompt name)
  "Return a new prompt, whose user is called NAME, a string."
  (let ((user (getenv "USER")))
    (setenv "USER" name)
    (let ((prompt (make-prompt-by command)))
      (setenv "USER" user)
      (say prompt "")                         ; Guile's welcome
      prompt)))

(define (make-prompt-by command)
  (match (pipe)
    ((its-input . input)
     (setvbuf input 'none)
     (set-port-encoding! input "UTF-8")
     (let ((output (parameterize ((current-input-port its-input))
                     (open-pipe* OPEN_READ "/bin/sh" "-c" command))))
       (close-port its-input)
       (make-prompt input output "" '())))))

(define (close-prompt prompt)
  "End PROMPT, if it hasn't by itself, by the end of its input."
  (close-port (prompt-input prompt))
  (close-pipe (prompt-output prompt)))

;;; --- What it prints -------------------------------------------------------

(define done "\x1e")                          ; printed behind what was typed

(define (seconds)
  (/ (get-internal-real-time) internal-time-units-per-second 1.0))

(define (hear! prompt end)
  "Take in what PROMPT prints until END, a time.  Return #f if there is no
more."
  (match (select (list (prompt-output prompt)) '() '()
                 (max 0 (- end (seconds))))
    ((() . _) #f)
    (_ (let ((bytes (get-bytevector-some (prompt-output prompt))))
         (and (bytevector? bytes)
              (set-prompt-bytes! prompt
                                 (string-append (prompt-bytes prompt)
                                                (latin-1 bytes))))))))

;; Bytes are kept as Latin-1, since a character may come in two pieces.
(define (latin-1 bytes)
  (bytevector->string bytes "ISO-8859-1"))

(define (decoded line)
  (bytevector->string (string->bytevector line "ISO-8859-1")
                      "UTF-8" 'substitute))

(define prompt-pattern
  (make-regexp "scheme@\\([^)]*\\)( \\[[0-9]+\\])?> |\\.\\.\\. "))

(define (cut-lines text)
  "Return the lines of TEXT, without prompts and empty lines.  A result begins
its own."
  (filter (lambda (line) (not (string-null? (string-trim line))))
          (map decoded
               (string-split
                (regexp-substitute/global
                 #f "\\$[0-9]+ = "
                 (regexp-substitute/global #f prompt-pattern text 'pre 'post)
                 'pre "\n$ = " 'post)
                #\newline))))

(define (keep-lines! prompt lines)
  (set-prompt-lines! prompt (append (prompt-lines prompt) lines)))

(define (take-complete-lines! prompt)
  "Turn what has been heard into lines, as far as these are complete."
  (let* ((bytes (prompt-bytes prompt))
         (end (string-rindex bytes #\newline)))
    (when end
      (keep-lines! prompt (cut-lines (substring bytes 0 end)))
      (set-prompt-bytes! prompt (substring bytes (1+ end))))))

(define (next-line prompt)
  "Return the next line that PROMPT prints, and forget it; #f if none comes."
  (define end (+ (seconds) (patience)))
  (let loop ()
    (match (prompt-lines prompt)
      ((line . rest)
       (set-prompt-lines! prompt rest)
       line)
      (()
       (take-complete-lines! prompt)
       (if (pair? (prompt-lines prompt))
           (loop)
           (and (hear! prompt end) (loop)))))))

;;; --- What is typed --------------------------------------------------------

(define (say prompt text)
  "Type TEXT, and return the lines printed until all of it was evaluated; #f if
that isn't the case in time."
  (define end (+ (seconds) patience-with-typing))
  (display (string-append text "\n(display \"" done "\")\n")
           (prompt-input prompt))
  (let loop ()
    (let ((index (string-index (prompt-bytes prompt) (string-ref done 0))))
      (cond (index
             (let ((bytes (prompt-bytes prompt)))
               (set-prompt-bytes! prompt (substring bytes (1+ index)))
               (cut-lines (substring bytes 0 index))))
            ((hear! prompt end) (loop))
            (else #f)))))

(define (result? line) (string-prefix? "$ = " line))

(define (type-in prompt text results)
  "Type TEXT.  Of what it returns the last RESULTS are kept among the lines.
Return #f if it isn't evaluated in time."
  (let ((lines (say prompt text)))
    (when lines
      (let ((unwanted (- (count result? lines) results)))
        (keep-lines! prompt (drop-results lines unwanted)))
      (when (any (lambda (line) (string-prefix? "Entering a new prompt" line))
                 lines)
        (say prompt ",q")))
    (and lines #t)))

(define (drop-results lines number)
  (match lines
    (() '())
    ((line . rest)
     (if (and (positive? number) (result? line))
         (drop-results rest (1- number))
         (cons line (drop-results rest number))))))

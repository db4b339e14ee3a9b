;;; (im geiser) -- when Emacs waits for an answer, and not a person
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; While a person types, Geiser asks Guile for arguments and completions, as
;;; meta-commands at the same prompt.  From the first question until the
;;; person's next line all that comes is taken for answers: a message would
;;; spoil one, or be thrown away.  So it must wait for that line.

(define-module (im geiser)
  #:export (geiser? geiser-asks?))

(define (geiser?)
  "Return #t if Geiser talks to this Guile."
  (and (resolve-module '(geiser emacs) #f #:ensure #f) #t))

(define (geiser-asks? expression port)
  "Return #t if EXPRESSION, just read from PORT, is the comma of a question of
Geiser's."
  (and (geiser?)
       (eq? expression (@@ (system repl repl) meta-command-token))
       (let ((command (look-ahead port 8)))
         (and (string-prefix? "geiser-" command)
              ;; geiser-newline and geiser-no-values come with the person's
              ;; own lines.
              (not (string-prefix? "geiser-n" command))))))

(define (look-ahead port count)
  "Return up to COUNT characters of this line of PORT, and leave them there."
  (let loop ((chars '()))
    (let ((char (if (= (length chars) count) #\newline (read-char port))))
      (cond ((or (eof-object? char) (char=? char #\newline))
             (let ((text (reverse-list->string chars)))
               (unless (= (length chars) count)
                 (unread-char #\newline port))
               (unread-string text port)
               text))
            (else (loop (cons char chars)))))))

;;; (im lines) -- a line of text from strangers, up to a length
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; `read-line' waits for the end of a line that never ends, and keeps all
;;; of it.  Who faces strangers reads with `read-short-line'.

(define-module (im lines)
  #:use-module (im primitives)
  #:use-module (im ports)
  #:use-module (im timeout)
  #:export (read-short-line))

(define* (read-short-line port #:key (end #\newline) timeout
                          (most (%limit 'line-characters)))
  "Return the next line from PORT, a socket's, without the character END that
ends it, a line break if omitted: a string; or the end-of-file object.  What
comes before the connection ends is a line, too.  A carriage return before a
line break doesn't count, for the network ends its lines with both.

Waits until the line is complete, for TIMEOUT seconds if given, and raises
`timeout' when that is not enough.  Raises an error that says `too long' when
a line has more than MOST characters; the connection can then only be
closed."
  (within "read-short-line" timeout
          (lambda () (read-up-to port end most))))

(define (read-up-to port end most)
  (let loop ((characters '()) (room most))
    (let ((character (read-char port)))
      (cond ((eof-object? character)
             (if (null? characters) character (line-of characters end)))
            ((char=? character end) (line-of characters end))
            ((zero? room) (refuse most))
            (else (loop (cons character characters) (1- room)))))))

(define (line-of characters end)
  "Return the string of CHARACTERS, the last one first."
  (list->string
   (reverse (if (and (char=? end #\newline) (pair? characters)
                     (char=? (car characters) #\return))
                (cdr characters)
                characters))))

(define (refuse most)
  (scm-error 'misc-error "read-short-line"
             "the line is too long: more than ~A characters" (list most) #f))

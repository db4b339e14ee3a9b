;;; (im screen) -- what the screen can do that text is shown on
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; Nothing but plain text goes to what is no terminal, to a dumb one, and to
;;; Emacs, whose buffers are no terminals whatever TERM says.

(define-module (im screen)
  #:use-module (im primitives)
  #:use-module (ice-9 regex)
  #:use-module (srfi srfi-1)
  #:export (call-showing-on cursor-control? colours? replaces-line?
            screen-columns unseen-end))

;; While handlers run at a prompt they print to a port that gathers it.
(define gathering (make-parameter '(#f . #f))) ; (port . screen)

(define (call-showing-on screen port thunk)
  "Call THUNK; meanwhile what is printed to PORT is known to be shown on SCREEN,
another port."
  (parameterize ((gathering (cons port screen)))
    (thunk)))

(define (screen)
  "Return the port on which is shown what is printed now."
  (let ((port (current-output-port)))
    (if (eq? port (car (gathering)))
        (cdr (gathering))
        port)))

(define (terminal? port)
  (and (file-port? port) (isatty? port)))

(define (terminal-name)
  "Return the kind of the terminal, a string; \"dumb\" where nobody says."
  (let ((name (or (getenv "TERM") "")))
    (if (string-null? name) "dumb" name)))

(define* (cursor-control? #:optional (port (screen)))
  "Return #t if PORT is a terminal that knows the usual control sequences."
  (and (terminal? port)
       (not (string=? (terminal-name) "dumb"))
       (not (getenv "INSIDE_EMACS"))))

;; As GNU ls has them; vt100 and its like know no colours.
(define coloured
  (make-regexp "color|^(alacritty|ansi|con|cygwin|foot|gnome|hurd|iterm|kitty|\
konsole|kterm|linux|mlterm|putty|rxvt|screen|st$|terminator|tmux|xterm)"))

(define (colours?)
  "Return #t if what is printed now is shown on a terminal with colours, and
nobody minds: see https://no-color.org."
  (and (cursor-control?)
       (string-null? (or (getenv "NO_COLOR") ""))
       (or (getenv "COLORTERM") (regexp-exec coloured (terminal-name)))
       #t))

(define (replaces-line?)
  "Return #t if a carriage return makes what follows replace the prompt: so it
is in Emacs' buffers, where what is being typed isn't part of that line yet."
  (string-contains (or (getenv "INSIDE_EMACS") "") ",comint"))

(define (screen-columns)
  "Return how many columns the terminal has that a person reads, or #f where
there is none."
  (and (terminal? (screen))
       (max 20 (cdr (%terminal-size (fileno (screen)))))))

(define unseen (make-regexp "^(\x1b\\[[0-9;]*m|\a)"))

(define (unseen-end text index)
  "Return where a colour or a bell ends that begins at INDEX of TEXT, and takes
no column; #f if none does."
  (and (memv (string-ref text index) '(#\esc #\alarm))
       (let ((found (regexp-exec unseen (substring text index))))
         (and found (+ index (match:end found))))))

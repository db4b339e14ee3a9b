;;; (im meta) -- what a comma and `im' do at the prompt
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; Meta-commands need no parentheses and no quotes.  They call the programs'
;;; procedures of the same names, whatever these are by then.

(define-module (im meta)
  #:use-module (im diagnose)
  #:use-module (im limits)
  #:use-module (im manual)
  #:use-module (im show)
  #:use-module (im text)
  #:use-module (ice-9 match)
  #:use-module (system repl command))

(define user (resolve-module '(guile-user)))

(define (call-user name . arguments)
  "Call the user's procedure called NAME; say so if there is none."
  (let ((procedure (and (module-defined? user name) (module-ref user name))))
    (if procedure
        (apply procedure arguments)
        (print-line "There is no ~a here; load im-server.scm first." name))
    *unspecified*))

(define (who)
  "Print who is on: as the server here knows, or the client."
  (cond ((module-defined? user 'im-who) (call-user 'im-who))
        ((module-defined? user 'clients)
         (for-each (lambda (name) (print-line "~a" name))
                   (module-ref user 'clients)))
        (else (print-line "Load im-server.scm or im-client.scm first."))))

(define (log-is! on?)
  (module-define! user 'logging on?)
  (print-line (if on? "What happens is told now." "Nothing is told now.")))

(define (show-is! name word)
  "Switch NAME on or off, as WORD says."
  (match word
    ((or 'on 'off) (im-show name (eq? word 'on)))
    (_ (print-line ",im show ~a on, or off?" name)))
  (im-show))

(define (serving?)
  "Return #t if a server runs here."
  (and (module-defined? user 'server-socket)
       (module-ref user 'server-socket)
       #t))

(define-syntax-rule (define-im-command usage (repl words) documentation body)
  "Define `,im', and USAGE as what is shown of it."
  (begin
    (define usage documentation)
    (define-meta-command ((im Guile-IM) repl . words)
      documentation
      body)))

(define-im-command usage (repl words)
  "im [WHAT ...]
What is going on here, and how it is shown.

,im who                 who is on
,im log on | off        tell what happens, or don't
,im show                how messages are shown
,im show NAME on | off  with times, bell or colours, or without
,im limits              what a connection may do
,im diagnose IP PORT    why a server can't be reached
,im manual              read the manual
and where a server runs:
,im kick NAME [WHY]     send somebody out
,im mute NAME           deliver nothing more that NAME sends
,im unmute NAME         deliver it again"
  (match words
    (('who) (who))
    (('log 'on) (log-is! #t))
    (('log 'off) (log-is! #f))
    (('show) (im-show))
    (('show name word) (show-is! name word))
    (('limits) (im-limits))
    (('diagnose ip port) (im-diagnose (datum->text ip) port))
    (('manual) (show-manual (serving?)))
    (('kick name . why)
     (apply call-user 'im-kick name (map datum->text why)))
    (('mute name) (call-user 'im-mute name))
    (('unmute name) (call-user 'im-unmute name))
    (_ (display usage) (newline))))

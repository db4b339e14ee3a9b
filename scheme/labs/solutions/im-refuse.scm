;;; im-refuse.scm -- exercise 4: refuse somebody's messages
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;;     (im-refuse 'eve)
;;;     (im-accept 'eve)
;;;
;;; What eve sends isn't shown, and our client tells her so, by itself.  But
;;; a program that answers by itself may talk to one that does the same, and
;;; then they never stop.  Two rules prevent that:
;;;
;;; 1. A notice is shown, even one from eve, and never answered.  So two
;;;    clients that refuse each other both learn it, and fall silent.
;;; 2. Nobody is told twice, unless accepted in between.  So a chat bot, which
;;;    answers notices as it answers everything, gets one and no more.
;;;
;;; All of it is in the client, and works with any server.

(load "im-client.scm")

(define notice "I refuse your messages.")

;; (*table* (eve . told?) ...)
(define-once refused (make-name-table))

(define (im-refuse name)
  "Refuse what NAME sends from now on.  Return okay, or #f after saying why
not."
  (cond ((same-name? name 'server)
         (print-line "Nobody can refuse the server: it says what went wrong.")
         #f)
        (else
         (table-add! refused name #f)
         'okay)))

(define (im-accept name)
  "Show again what NAME sends.  Return okay."
  (table-remove! refused name)
  'okay)

(define show-message received-msg)

(define (received-msg from message)
  "Show MESSAGE; or else tell who it is FROM that it is refused."
  (let ((entry (table-entry refused from)))
    (cond ((or (not entry) (equal? message notice))
           (show-message from message))
          ((not (told? entry))
           (remember-told! entry)
           (im from notice)))))

(define (told? entry) (cdr entry))
(define (remember-told! entry) (set-cdr! entry #t))

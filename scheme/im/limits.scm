;;; (im limits) -- what the IM server allows a connection
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; A bare socket waits for ever and takes whatever comes.  A server in a
;;; class full of curious people doesn't.  The limits and their reasons
;;; stand in src/limits.h.

(define-module (im limits)
  #:use-module (im primitives)
  #:use-module (im reactor)
  #:use-module (im socket)
  #:use-module (ice-9 format)
  #:use-module (ice-9 match)
  #:export (im-limit im-limits limit-connection! with-deadline
            allow-many-connections! give-memory-back!))

;; What stands for "no value".
(define none (list 'none))

(define* (im-limit name #:optional (value none))
  "Return the limit called NAME, a symbol, in the unit that the name says; or,
with VALUE, a number, set it and return that.  Doesn't wait.  (im-limits)
shows all of them.

A connection keeps the limits that it began with.  Raises an error that names
the limits when there is none called NAME, and one that says what is possible
when VALUE isn't."
  (let ((row (assq name (%limits))))
    (unless row
      (scm-error 'misc-error "im-limit" "no limit is called ~S; there are: ~A"
                 (list name (map car (%limits))) #f))
    (unless (eq? value none)
      (set-limit! row value))
    (%limit name)))

(define (set-limit! row value)
  (match row
    ((name _ least most _)
     (unless (and (real? value) (%set-limit! name value))
       (scm-error 'misc-error "im-limit"
                  "~A can't be ~S; it is a number from ~A to ~A"
                  (list name value least most) #f)))))

(define (im-limits)
  "Print each limit: its name, its value and what it means.  Doesn't wait."
  (for-each (match-lambda
              ((name value _ _ meaning)
               (format #t "~27a ~8@a  ~a~%" name (decimal value) meaning)))
            (%limits)))

(define (decimal number)
  (if (integer? number) number (exact->inexact number)))

(define (with-deadline seconds give-up thunk)
  "Return what (THUNK) returns, which may wait; if that takes more than SECONDS,
call (GIVE-UP) meanwhile.  It should end the waiting, by closing a socket."
  ;; Not dynamic-wind: to step aside and wait is to leave, too.
  (let* ((timer (after seconds give-up))
         (result (catch #t
                   thunk
                   (lambda error
                     (cancel timer)
                     (apply throw error)))))
    (cancel timer)
    result))

(define (limit-connection! socket)
  "Let SOCKET's peer send no longer and no more requests than the limits allow,
each in time, and break the connection when too much waits for it unread.
Doesn't wait."
  (%limit-stream! (socket-output socket)))

(define (allow-many-connections!)
  "Let this process have up to 65,536 descriptors, if the system allows it; a
user's default is often 1024.  Doesn't wait."
  ;; No more: a program that is started closes them one by one.
  (call-with-values (lambda () (getrlimit 'nofile))
    (lambda (soft hard)
      (let ((wanted (min 65536 (or hard 65536))))
        (when (and soft (< soft wanted))
          (setrlimit 'nofile wanted hard))))))

(define (give-memory-back!)
  "Let this process keep little memory that nothing uses, as a server of many
clients does, though the collector works more for it.  Doesn't wait."
  (%give-memory-back!))

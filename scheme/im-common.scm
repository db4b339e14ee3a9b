;;; im-common.scm -- what the server and the client have in common
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; Both talk in requests.  A request is a list of four:
;;;
;;;     (alice bob send-msg "Hi there")
;;;      who   for whom     data
;;;                asks for what
;;;
;;; and sending it is printing it to the other side's port.

(use-modules (im program))
(run-compiled-if-unchanged)             ; ten times as fast, and means the same

(use-modules ((im request) #:prefix port:)
             (im log) (im names) (im text))

;;; --- Requests -----------------------------------------------------------

(define (make-request src dst action data)
  "Return a request from SRC to DST to do ACTION with DATA."
  (list src dst action data))

(define (request-src request) (list-ref request 0))
(define (request-dst request) (list-ref request 1))
(define (request-action request) (list-ref request 2))
(define (request-data request) (list-ref request 3))

(define nil '())                        ; the data of a request without data

(define (send-request request port)
  "Return #t if REQUEST is on its way to PORT; #f after saying why not."
  (port:send-request request port log-sentence))

(define (send-problem request port)
  "Return what is wrong with REQUEST, as text, if it can't be sent; else #f."
  (port:send-problem request port))

(define (get-request port)
  "Return the next request from PORT; #f after saying why there is none.
Waits for it, and lets others work meanwhile."
  (port:get-request port #:tell log-sentence))

(define (request-for? action request)
  "True iff REQUEST is one, and asks for ACTION."
  (and request (eq? (request-action request) action)))

;;; --- The log ------------------------------------------------------------

(define (log-line template . arguments)
  "Print a line of the log, if `logging' is on: TEMPLATE, with each ~a replaced
by one of ARGUMENTS."
  (if logging
      (apply print-log-line template arguments)))

(define (log-sentence sentence)
  (log-line "~a" sentence))

(define (log-seldom sentence)
  "The same, but no more than once a second."
  (if logging
      (print-log-line-seldom sentence)))

;;; --- Data-directed actions (SICP 2.4.3) ---------------------------------

(define (make-action-table)
  "Return a table without any actions."
  (list '*actions*))

(define (set-action! table action procedure)
  "Let PROCEDURE do ACTION from now on."
  (set-cdr! table (cons (cons action procedure) (cdr table))))

(define (action-procedure table action)
  "Return what does ACTION, or #f."
  (let ((entry (assq action (cdr table))))
    (and entry (cdr entry))))

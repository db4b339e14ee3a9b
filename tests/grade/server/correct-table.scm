;;; correct-table.scm --- a table of actions
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(load "correct-list.scm")

(define actions nil)
(define (define-action action procedure)
  (set! actions (cons (cons action procedure) actions)))

(define-action 'logout (lambda (req name sock) (let-go name)))

(define-action 'send-msg
  (lambda (req name sock)
    (let ((to (find-member (request-dst req))))
      (if to
          (deliver req name to)
          (not-found (request-dst req) name sock)))))

(define (unknown req name sock)
  (tell sock name (format #f "Unrecognized action: ~A" (request-action req))))

(define (obey req name sock)
  (if req
      (let ((found (assq (request-action req) actions)))
        ((if found (cdr found) unknown) req name sock))
      (let-go name)))

;;; bots.scm --- homework: chat bots, which are objects
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; (define eliza (instantiate doctor 'eliza))
;;; (ask eliza 'enroll "127.0.0.1" 6543)
;;;
;;; A bot enrolls like a person, and then takes the connection for itself: its
;;; own handler in the place of the client's.  So one program has any number.

(load "~cs61a/lib/im-client")

(define-class (bot name)
  (instance-vars (port-to #f) (port-from #f) (answers 0))
  (method (enroll ip port)
    (set! whoiam name)
    (im-enroll ip port)
    (set! port-to port-to-server)
    (set! port-from port-from-server)
    (when-port-readable port-from (lambda () (ask self 'hear)))
    (set! socket-to-server #f)
    (set! port-to-server #f)
    (set! port-from-server #f)
    name)
  (method (hear)
    (let ((req (get-request port-from)))
      (cond ((or (not req) (equal? (request-action req) 'goodbye))
             (ask self 'leave))
            ((and (equal? (request-action req) 'receive-msg)
                  (not (equal? (request-src req) 'server)))
             (ask self 'say (request-src req)
                  (ask self 'answer-to (request-data req)))))
      (if (and (not (port-closed? port-from)) (char-ready? port-from))
          (ask self 'hear))))
  (method (say who message)
    (set! answers (+ answers 1))
    (send-request (make-request name who 'send-msg message) port-to))
  (method (leave)
    (when-port-readable port-from #f)
    (close-port port-from))
  (method (answer-to message) message)
  (default-method (format #f "~A doesn't know how to ~A" name message)))

;; Answers what it is told, but from its own point of view.
(define-class (doctor name)
  (parent (bot name))
  (method (answer-to message)
    (se '(why do you say that) (every swap (words-in message)) '?)))

;; Counts what it is told.
(define-class (counter name)
  (parent (bot name))
  (instance-vars (heard '()))
  (method (answer-to message)
    (set! heard (cons message heard))
    (se (count heard) 'messages)))

(define (words-in message)
  (if (string? message)
      (map string->word (split-string message))
      (se message)))

(define (swap w)
  (cond ((member? w '(i me)) 'you)
        ((equal? w 'my) 'your)
        ((equal? w 'am) 'are)
        (else w)))

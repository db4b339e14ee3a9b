;;; correct-told-once.scm --- nobody is told twice
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(load "im-client.scm")

(define-class (gate)
  (instance-vars (closed '()) (told '()))
  (method (shut name)
    (set! closed (cons name closed))
    (set! told (delete name told)))
  (method (open name) (set! closed (delete name closed)))
  (method (closed-for? name) (member name closed))
  (method (tell name)
    (if (not (member name told))
        (begin (set! told (cons name told))
               (im name (list 'your 'messages 'are 'refused))))))

(define my-gate (instantiate gate))
(define (im-refuse name) (ask my-gate 'shut name))
(define (im-accept name) (ask my-gate 'open name))

(define show-msg received-msg)

(define (received-msg from message)
  (if (ask my-gate 'closed-for? from)
      (ask my-gate 'tell from)
      (show-msg from message)))

;;; peer-to-peer-server.scm -- a directory: who is on-line, and where
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;;     guile peer-to-peer-server.scm [PORT]
;;;
;;; A peer says (here NAME PORT): it is called NAME, and listens on PORT of
;;; the computer it calls from.  It may ask (where NAME), and the answer is
;;; (there NAME ADDRESS PORT) or (nowhere NAME); or (who), and the answer is
;;; (names NAME ...).  A peer is on-line as long as its connection stands.
;;; What peers tell each other does not pass here.

(use-modules (im socket) (im reactor) (im request) (im text) (im lab)
             (ice-9 match))

(define peers '())                            ; list of (NAME ADDRESS PORT)

(define (add! peer)
  (set! peers (cons peer peers)))

(define (remove! name)
  (set! peers (filter (lambda (peer) (not (eq? (car peer) name))) peers)))

(define (answer question)
  (match question
    (('where name)
     (cond ((assq name peers) => (lambda (peer) (cons 'there peer)))
           (else (list 'nowhere name))))
    (('who) (cons 'names (map car peers)))
    (_ '(what?))))

(define (enroll question address)
  "Add the peer that QUESTION introduces.  Return its name, or #f."
  (match question
    (('here (? symbol? name) (? exact-integer? port))
     (and (not (assq name peers))
          (< 0 port 65536)
          (begin (add! (list name address port)) name)))
    (_ #f)))

(define (serve client)
  (define port (socket-input client))
  (define (reply datum)
    (write datum port)
    (newline port))
  (define (loop)
    (let ((question (read-datum port)))
      (if (not (eof-object? question))
          (begin
            (reply (answer question))
            (loop)))))
  (let ((name (enroll (read-datum port #:timeout 30)
                      (car (socket-peer-address client)))))
    (reply (if name (list 'welcome name) '(sorry)))
    (if name
        (begin
          (print-line "~a is on-line" name)
          (catch #t loop (lambda (key . arguments) #f))
          (remove! name)
          (print-line "~a has left" name)))))

(define (peer-to-peer-server port)
  "Keep the directory at PORT."
  (let ((server (make-server-socket port              ; socket, bind, listen
                                    #:address "127.0.0.1")))
    (define (accept)
      (serve-client (socket-accept-connection (socket-dup server)) serve))
    (when-socket-ready server accept)
    (announce server)))

(start-lab peer-to-peer-server '((port 6028)))

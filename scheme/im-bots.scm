;;; im-bots.scm -- chat bots: clients that are objects
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;;     (define-class (parrot) (parent (bot))
;;;       (method (answer from message) message))
;;;     (im-enroll-bot "123.45.67.89" 6543 (instantiate parrot) 'polly)
;;;
;;; im-client.scm keeps its one connection in global variables.  A bot keeps
;;; its own in itself, so one program has as many bots as it likes, and a
;;; client besides.

(use-modules (im program))
(run-compiled-if-unchanged)             ; ten times as fast, and means the same

(use-modules (im socket) (im reactor) (im limits) (im repl) (im beginner)
             (stk oop))
(load-program "im-common.scm")

(define-once logging #f)                ; #t: tell what happens

;;; --- What every bot is --------------------------------------------------

;; A bot of your own has this as its parent, and its own method `answer'.
(define-class (bot)
  (instance-vars (name #f) (socket #f)) ; #f: not enrolled
  (method (answer from message)         ; a message, or #f: say nothing
    #f)
  (method (hear from message)
    (let ((answer (ask self 'answer from message)))
      (if answer (ask self 'say from answer))))
  (method (say to message)
    (ask self 'send to 'send-msg message))
  (method (leave)
    (ask self 'send 'server 'logout nil))
  (method (send to action data)
    (and socket
         (send-request (make-request name to action data)
                       (socket-output socket))))
  (method (come-in new-name new-socket)
    (set! name new-name)
    (set! socket new-socket))
  (method (go-out)
    (if socket (socket-shutdown socket))
    (set! socket #f)))

;;; --- Enrolling ----------------------------------------------------------

(define (im-enroll-bot ip port bot name)
  "Enroll BOT, an object whose class has the parent bot, as NAME with the server
at IP and PORT.  Return okay, or #f after saying why not."
  (cond ((not (may-enroll? (list ip port) name #f)) #f)
        ((ask bot 'socket)
         (print-line "This bot is enrolled already, as ~a." (ask bot 'name))
         #f)
        (else (bot-connect bot name (try-to-connect (list ip port))))))

(define (bot-connect bot name socket)
  (cond ((not socket) #f)
        ((bot-shake-hands name socket)
         (ask bot 'come-in name socket)
         (when-port-readable (socket-input socket)
                             (lambda () (bot-listen bot socket)))
         'okay)
        (else
         (socket-shutdown socket)
         #f)))

(define (bot-shake-hands name socket)
  "Say hello, and thanks if the server says welcome.  True iff it did."
  (define (say action)
    (send-request (make-request name 'server action nil)
                  (socket-output socket)))
  (say 'hello)
  (let ((answer (with-deadline (im-limit 'handshake-seconds)
                               (lambda () (socket-shutdown socket))
                  (lambda () (get-request (socket-input socket))))))
    (cond ((request-for? 'welcome answer)
           (say 'thanks))
          (else
           (print-line "~a" (why-not-welcome answer name))
           #f))))

;;; --- What the server sends ----------------------------------------------

(define (bot-listen bot socket)
  (bot-obey bot (get-request (socket-input socket))))

(define (bot-obey bot request)
  "Let BOT do what the server asks for.  It never answers the server itself,
which would answer again."
  (cond ((or (not request) (request-for? 'goodbye request))
         (log-line "~a is out." (ask bot 'name))
         (ask bot 'go-out))
        ((and (request-for? 'receive-msg request)
              (not (equal? (request-src request) 'server)))
         (ask bot 'hear (request-src request) (request-data request)))))

(live-prompt!)

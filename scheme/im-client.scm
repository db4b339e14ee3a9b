;;; im-client.scm -- the client of the Instant Message program
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;;     (im-enroll "123.45.67.89" 6543)    with what the server printed
;;;     (im 'bob "Hi there")
;;;     (im-exit)
;;;     (im-show 'times #t)                show when messages come
;;;     (im-diagnose "123.45.67.89" 6543)  why that server can't be reached

(use-modules (im program))
(run-compiled-if-unchanged)             ; ten times as fast, and means the same

(use-modules (im socket) (im reactor) (im limits) (im repl) (im beginner)
             (im diagnose) (im show))
(load-program "im-common.scm")

(define-once logging #f)                ; #t: tell what happens
(define-once whoiam (login-name))       ; set it before im-enroll
(define-once clients '())               ; who is here
(define-once socket-to-server #f)       ; #f: not enrolled
(define-once port-to-server #f)
(define-once port-from-server #f)
(define-once come-back #f)              ; what to type to enroll again

;;; --- Enrolling ----------------------------------------------------------

(define (im-enroll . arguments)
  "(im-enroll IP PORT): enroll with the server there, under the name `whoiam'.
IP is a string, PORT a number.  With #:protocol 'xml behind them speak the
older version of the protocol.  Return okay, or #f after saying why not."
  (and (may-enroll? arguments whoiam (enrolled?))
       (enroll-at arguments)))

(define (enrolled?)
  "True iff the server has said welcome, and we listen to it."
  (and port-from-server (when-port-readable port-from-server) #t))

(define (enroll-at address)
  "Enroll at ADDRESS, the arguments of im-enroll."
  (close-connection)                    ; what an interrupted enrolling left
  (set! come-back (cons 'im-enroll address))
  (set! socket-to-server (try-to-connect address))
  (if (and socket-to-server (shake-hands))
      'okay
      (begin (close-connection) #f)))

(define (shake-hands)
  "Say hello, and thanks if the server says welcome.  True iff it did."
  (set! port-to-server (socket-output socket-to-server))
  (set! port-from-server (socket-input socket-to-server))
  (ask-server 'hello)
  (let ((answer (with-deadline (im-limit 'handshake-seconds) close-connection
                  (lambda () (get-request port-from-server)))))
    (cond ((request-for? 'welcome answer)
           (ask-server 'thanks)
           (log-line "Handshake: hello, welcome, thanks.")
           (setup-request-handler port-from-server)
           #t)
          (else
           (print-line "~a" (why-not-welcome answer whoiam))
           #f))))

(define (ask-server action)
  "Send the server a request without data."
  (send-request (make-request whoiam 'server action nil) port-to-server))

;;; --- Talking ------------------------------------------------------------

(define (im . arguments)
  "(im WHO MESSAGE): send MESSAGE, any datum, to WHO, a symbol or a string."
  (if (may-send? arguments whoiam (and (enrolled?) port-to-server))
      (send-request (make-request whoiam (car arguments)
                                  'send-msg (cadr arguments))
                    port-to-server))
  (if #f #f))

(define (im-exit)
  "Leave the server, and wait for its goodbye.  Return okay."
  (cond ((enrolled?)
         (when-port-readable port-from-server #f)
         (ask-server 'logout)
         (with-deadline (im-limit 'farewell-seconds) close-connection
                        hear-goodbye)))
  (close-connection)
  'okay)

(define (hear-goodbye)
  "Do what the server still asks for, until it says goodbye or hangs up."
  (let ((request (get-request port-from-server)))
    (cond ((and request (not (request-for? 'goodbye request)))
           (obey-request request)
           (hear-goodbye)))))

(define (close-connection)
  "Forget the server."
  (if socket-to-server (socket-shutdown socket-to-server))
  (set! socket-to-server #f)
  (set! port-to-server #f)
  (set! port-from-server #f)
  (set! clients '()))

(before-exit! 'im-client (lambda () (im-exit)))

;;; --- What the server sends ----------------------------------------------

(define (setup-request-handler port)
  "Do what the server asks for, whenever it does."
  (when-port-readable port (lambda () (obey-request (get-request port)))))

(define (obey-request request)
  (if request
      ((or (action-procedure client-actions (request-action request))
           unknown-to-client)
       request)
      (lose-server "The connection to the server is lost.")))

(define client-actions (make-action-table))

(define (define-reaction! action procedure)
  "When the server asks for ACTION, call (PROCEDURE request)."
  (set-action! client-actions action procedure))

(define-reaction! 'receive-msg
  (lambda (request)
    (received-msg (request-src request) (request-data request))))

(define-reaction! 'client-list
  (lambda (request) (update-client-list (request-data request))))

(define-reaction! 'goodbye
  (lambda (request) (lose-server "The server has said goodbye.")))

(define (unknown-to-client request)
  (log-line "The server asks for ~a, which we don't know."
        (request-action request)))

(define (lose-server how)
  (close-connection)
  (print-line "~a  To come back: ~a" how come-back))

(define (received-msg from message)
  "Show MESSAGE, and who it is from."
  (print-message from message))

(define (update-client-list names)
  "Show who has come and who has gone, and remember who is here."
  (print-changes clients names whoiam)
  (set! clients names))

(hint-at-name whoiam)
(correct-typed! quote-address)
(complete-names-from! (lambda () (names-but whoiam clients)))
(live-prompt!)

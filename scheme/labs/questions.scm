;;; questions.scm -- answers about sockets, each as something that happens
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;;     guile questions.scm [QUESTION]
;;;
;;; A question is `early', `accept', `nobody', `nothing' or `order'; without
;;; one all are answered.  At a prompt call (ask "early").  Server and client
;;; are both in this process: the system keeps their two ends apart.

(use-modules (im lab) (im lines) (im reactor) ((im socket) #:prefix im:)
             (im text) (ice-9 binary-ports) (srfi srfi-1))

(define (questions name)
  "Answer the question called NAME, or all."
  (if (equal? name "all")
      (for-each (lambda (entry) (ask (car entry))) answers)
      (ask name)))

(define (ask name)
  "Print the question called NAME and do what shows the answer."
  (let ((entry (assoc name answers)))
    (if (not entry)
        (stop "~a is no question; there are: ~a"
              name (string-join (map car answers))))
    (print-line "~a: ~a" name (second entry))
    ((third entry))))

(define (say sentence . arguments)
  (apply print-line (string-append "  " sentence) arguments))

(define (listen-here)
  "Return a socket that listens on a port of this computer alone."
  (im:make-server-socket 0 #:address "127.0.0.1"))

(define (connect-to server)
  (im:make-client-socket "127.0.0.1" (im:socket-port-number server)))

(define (what-fails thunk)
  "Call THUNK.  Return `success', or what the system said instead."
  (catch 'system-error
    (lambda () (thunk) "success")
    (lambda error (strerror (system-error-errno error)))))

;;; --- early ----------------------------------------------------------------

(define (early)
  (let* ((server (listen-here))
         (port (im:socket-port-number server)))
    (im:socket-shutdown server)         ; now nobody listens on PORT
    (say "connect before listen: ~a"
         (what-fails (lambda () (im:make-client-socket "127.0.0.1" port))))
    (let* ((server (im:make-server-socket port #:address "127.0.0.1"))
           (client (connect-to server)))
      (say "connect after listen, before accept: success")
      (display "early\n" (im:socket-output client))
      (im:socket-accept-connection server)
      (say "accept, then receive: ~a"
           (read-short-line (im:socket-input server)))
      (im:socket-shutdown client)
      (im:socket-shutdown server))))

;;; --- accept ---------------------------------------------------------------

;; make-server-socket always listens.  Guile's own sockets do one step each.
(define (accept-without-listen)
  (let ((server (socket PF_INET SOCK_STREAM 0)))
    (bind server AF_INET INADDR_LOOPBACK 0)
    (say "socket, bind, accept: ~a"
         (what-fails (lambda () (accept server))))
    (close-port server)))

;;; --- nobody ---------------------------------------------------------------

(define (nobody-receives)
  (let* ((server (listen-here))
         (client (connect-to server))
         (kibibyte (make-string 1024 #\x)))
    (define (send sent)                 ; until that has to wait for long
      (if (call-with-timeout 0.2
            (lambda () (display kibibyte (im:socket-output client)) #t)
            (lambda () #f))
          (send (+ sent 1))
          sent))
    (im:socket-accept-connection server)
    (let ((sent (send 0)))
      (say "sent ~a KiB: they wait in the system's buffers at both ends" sent)
      (say "then send waits")
      (get-bytevector-n (im:socket-input server) (* sent 1024))
      (say "somebody receives, and ~a KiB more can be sent" (send 0)))
    (im:socket-shutdown client)
    (im:socket-shutdown server)))

;;; --- nothing --------------------------------------------------------------

(define (nothing-sent)
  (let* ((server (listen-here))
         (client (connect-to server)))
    (define (receive)
      (let ((line (read-short-line (im:socket-input server) #:timeout 0.2)))
        (if (eof-object? line) "the end" line)))
    (im:socket-accept-connection server)
    (say "nothing is sent: ~a"
         (catch 'timeout
           receive
           (lambda error "receive waits; here it gave up after 0.2 s")))
    (im:socket-finish-output client)    ; an empty line would not be the end
    (say "the sender closes: receive returns ~a" (receive))
    (im:socket-shutdown server)
    (im:socket-shutdown client)))

;;; --- order ----------------------------------------------------------------

;; One process does all of it; in two the system might take turns otherwise.
(define steps 0)

(define (step what . arguments)
  "Print the step that is done, and which it is."
  (set! steps (+ steps 1))
  (apply say (string-append "~a " what) steps arguments))

(define (in-which-order)
  (let ((server (listen-here)))
    (set! steps 0)
    (step "server: socket, bind, listen")
    (when-socket-ready server (lambda () (serve (im:socket-dup server))))
    (let ((client (connect-to server)))
      (step "client: socket, connect")
      (display "question\n" (im:socket-output client))
      (step "client: send")
      (step "client: receive ~a" (read-short-line (im:socket-input client)))
      (im:socket-shutdown client)
      (im:socket-shutdown server)
      (step "both: close"))))

(define (serve server)
  (im:socket-accept-connection server)
  (step "server: accept")
  (step "server: receive ~a" (read-short-line (im:socket-input server)))
  (display "answer\n" (im:socket-output server))
  (step "server: send")
  (im:socket-shutdown server))

(define answers
  (list
   (list "early" "what if the client connects before the server listens?"
         early)
   (list "accept" "what if the server accepts without listening?"
         accept-without-listen)
   (list "nobody" "what if nobody receives?" nobody-receives)
   (list "nothing" "what if nothing is sent?" nothing-sent)
   (list "order" "in which order does it all happen?" in-which-order)))

(start-lab questions '((question "all")))

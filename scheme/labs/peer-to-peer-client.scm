;;; peer-to-peer-client.scm -- talks to other peers, directly
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;;     guile peer-to-peer-client.scm NAME [HOST [PORT]]
;;;
;;; A peer is a client (of the directory, and of those it talks to) and a
;;; server (to those who talk to it).  At the prompt: (tell 'bob "hello").
;;; From the shell, each line `bob hello' is told.  A peer whose address is
;;; known needs no directory any more.

(use-modules (im socket) (im reactor) (im request) (im text) (im lab)
             (im repl)
             (ice-9 match) (ice-9 rdelim))

(define me #f)                                ; our name, a symbol
(define directory #f)                         ; the directory's port
(define friends '())                          ; list of (NAME . PORT)

;;; --- The directory ----------------------------------------------------

(define (ask question)
  "Return the directory's answer to QUESTION."
  (write question directory)
  (newline directory)
  (force-output directory)
  (read-datum directory #:timeout 10))

(define (who)
  "Return the names of those on-line."
  (cdr (ask '(who))))

;;; --- Being a client of others -----------------------------------------

(define (connection-to name)
  "Return a port to the peer called NAME, an old one or a new one."
  (or (assq-ref friends name)
      (match (ask (list 'where name))
        (('there _ address port)
         (let ((socket (make-client-socket address port #:timeout 10)))
           (set! friends (cons (cons name (socket-output socket)) friends))
           (forget-when-gone name (socket-input socket))
           (socket-output socket)))
        (_ (error "Nobody is called" name)))))

(define (forget-when-gone name port)
  ;; They answer on a connection of their own, so what comes here is the end.
  (when-port-readable port
    (lambda ()
      (set! friends (assq-remove! friends name))
      (close-port port))))

(define (tell name text)
  "Send TEXT, a string, to the peer called NAME."
  (let ((port (connection-to name)))
    (write (list me text) port)
    (newline port)
    (force-output port)))

;;; --- Being a server to others -----------------------------------------

(define (listen-to caller)
  "Print what CALLER says, until it leaves."
  (match (read-datum (socket-input caller))
    (((? symbol? name) (? string? text))
     (print-line "~a: ~a" name text)
     (listen-to caller))
    (_ 'no-more)))

(define (peer-to-peer-client name host port)
  "Be on-line as NAME, in the directory at PORT of HOST."
  (define to-directory (make-client-socket host port #:timeout 10))
  (define listener (make-server-socket 0 #:address "127.0.0.1"))
  (set! me (string->symbol name))
  (set! directory (socket-input to-directory))
  (if (equal? (ask (list 'here me (socket-port-number listener)))
              (list 'welcome me))
      (print-line "You are on-line as ~a." me)
      (stop "The directory refuses ~a: somebody else has that name?" me))
  (when-socket-ready listener
    (lambda ()
      (serve-client (socket-accept-connection (socket-dup listener))
                    listen-to)))
  (if (not (at-a-prompt?)) (tell-lines))
  listener)

;;; --- From the shell ---------------------------------------------------

(define (tell-lines)
  "Tell what is typed, a name and a text on each line."
  (when-port-readable (current-input-port)
    (lambda ()
      (let ((line (read-line)))
        (if (eof-object? line)
            (exit 0)
            (tell-line line))))))

(define (tell-line line)
  (let ((space (string-index line #\space)))
    (catch #t
      (lambda ()
        (if space
            (tell (string->symbol (substring line 0 space))
                  (substring line (+ space 1)))
            (print-line "On-line: ~a" (who))))
      (lambda (key . arguments)
        (print-line "~a" (failure-text key arguments))))))

(start-lab peer-to-peer-client '((name) (host "localhost") (port 6028)))

;;; (im limits) -- what the IM server allows a connection
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; A bare socket waits for ever and takes whatever comes.  A server in a
;;; class full of curious people doesn't.

(define-module (im limits)
  #:use-module (im primitives)
  #:use-module (im reactor)
  #:use-module (im socket)
  #:export (limit-connection! with-deadline
            handshake-seconds farewell-seconds))

;; The numbers are those of src/limits.h.
(define limit (%limits))

;; How long the whole handshake may take.
(define handshake-seconds (assq-ref limit 'handshake-seconds))

;; How long a farewell may take.
(define farewell-seconds 2)

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
  "Let SOCKET's peer send requests of up to 64 KiB, each within 30 seconds of
its first byte, and break the connection when 256 KiB wait for it unread."
  (%limit-stream! (socket-output socket)
                  (assq-ref limit 'server-request-bytes)
                  (assq-ref limit 'output-drop-bytes)
                  (assq-ref limit 'request-seconds)))

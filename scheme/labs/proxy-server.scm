;;; proxy-server.scm -- stands between a client and a server
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;;     guile proxy-server.scm HOST TO-PORT [PORT [FAULT [NUMBER]]]
;;;
;;; To its clients this is a server; to the server it is a client.  What one
;;; side sends goes to the other, byte by byte as it came, and is shown; when
;;; one side has sent all it has, the other is told, and may still answer.
;;; It can play a bad network, too: one that is slow, breaks, or loses things.

(use-modules (im socket) (im reactor) (im text) (im lab)
             (ice-9 binary-ports) (ice-9 iconv) (rnrs bytevectors))

;;; --- Ways to treat a piece of bytes -----------------------------------
;;;
;;; Each returns a procedure that is called with PIECE, and with two others:
;;; one sends the piece, one cuts the connection.

(define (faithful nothing)
  (lambda (piece send cut) (send)))

(define (delaying seconds)
  (lambda (piece send cut)
    (call-with-timeout seconds (lambda () (wait-until (lambda () #f))) list)
    (send)))

(define (cutting-after count)
  (lambda (piece send cut)
    (set! count (- count (bytevector-length piece)))
    (if (< count 0) (cut) (send))))

(define (losing-each nth)
  (define seen 0)
  (lambda (piece send cut)
    (set! seen (+ seen 1))
    (if (= 0 (remainder seen nth))
        (print-line "(lost)")
        (send))))

(define faults
  (list (cons "none" faithful)
        (cons "delay" delaying)               ; by so many seconds
        (cons "cut" cutting-after)            ; after so many bytes
        (cons "lose" losing-each)))           ; the so many-th piece

;;; --- One connection ---------------------------------------------------

(define (connect-both client server make-treatment)
  "Forward between two sockets, both ways, until both have sent all they had."
  (define open-ways 2)
  (define (cut)
    (socket-shutdown client)
    (socket-shutdown server))
  (define (one-way-ended)
    (set! open-ways (- open-ways 1))
    (if (= open-ways 0) (cut)))
  (define (forward from to arrow)
    (define treat (make-treatment))
    (when-port-readable (socket-input from)
      (lambda ()
        (catch #t
          (lambda ()
            (forward-piece from to arrow treat cut one-way-ended))
          (lambda (key . arguments)           ; one of them is gone
            (print-line "~a ~a" arrow (failure-text key arguments))
            (cut))))))
  (forward client server "->")
  (forward server client "<-"))

(define (forward-piece from to arrow treat cut one-way-ended)
  "Forward what FROM has sent so far.  `put-bytevector' waits while TO reads
slowly, and so FROM can't send more."
  (let ((piece (get-bytevector-some (socket-input from))))
    (cond ((eof-object? piece)
           (when-port-readable (socket-input from) #f)
           (print-line "~a end" arrow)
           (socket-finish-output to)
           (one-way-ended))
          (else
           ;; Each byte as one character: a piece can end within one.
           (print-line "~a ~a" arrow
                       (bytevector->string piece "ISO-8859-1"))
           (treat piece
                  (lambda () (put-bytevector (socket-output to) piece))
                  (lambda () (print-line "(cut)") (cut)))))))

;;; --- The server -------------------------------------------------------

(define (proxy-server host to-port port fault number)
  "Stand at PORT for the server at TO-PORT of HOST, and treat what passes as
FAULT, a word, and NUMBER say."
  (define make-treatment
    (or (assoc-ref faults fault)
        (stop "no such fault: ~a (none, delay, cut or lose)" fault)))
  (define server                                      ; socket, bind, listen
    (make-server-socket port #:address "127.0.0.1"))
  (define (accept)
    (let ((client (socket-accept-connection (socket-dup server))))
      (catch #t
        (lambda ()
          (connect-both client
                        (make-client-socket host (port-number to-port)
                                            #:timeout 10)
                        (lambda () (make-treatment number))))
        (lambda (key . arguments)
          (print-line "No server: ~a" (failure-text key arguments))
          (socket-shutdown client)))))
  (when-socket-ready server accept)
  (announce server))

(start-lab proxy-server
           '((host) (to-port) (port 6024) (fault "none") (number 1)))

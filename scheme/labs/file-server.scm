;;; file-server.scm -- open, read, write, seek and close from afar
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;;     guile file-server.scm [PORT [DIRECTORY]]
;;;
;;; A command is a line; bytes follow, as many as it says:
;;;
;;;   open NAME read|write|append   ok HANDLE
;;;   read HANDLE COUNT             ok N, and then N bytes; 0 at the end
;;;   write HANDLE COUNT, + bytes   ok COUNT
;;;   seek HANDLE POSITION          ok POSITION
;;;   close HANDLE                  ok
;;;
;;; or the answer is a line `error' and why.  A handle is a number that means
;;; an open file, to the client that opened it and to no other.  `write'
;;; makes a file that isn't there, and leaves alone what it doesn't write.

(use-modules (im socket) (im reactor) (im text) (im lines) (im inside) (im lab)
             (ice-9 binary-ports) (rnrs bytevectors) (srfi srfi-1))

(define MOST-BYTES 65536)                     ; in one read or write
(define MOST-HANDLES 16)                      ; of one client

(define modes
  (list (cons "read" O_RDONLY)
        (cons "write" (logior O_WRONLY O_CREAT))
        (cons "append" (logior O_WRONLY O_CREAT O_APPEND))))

;;; --- The commands: each returns the answer, without its "ok " ---------

(define (open-command files directory name mode)
  (let ((handle (find (lambda (n) (not (hashv-ref files n)))
                      (iota MOST-HANDLES 1)))
        (flags (or (assoc-ref modes mode) (error "no such mode:" mode))))
    (if (not handle) (error "too many open files"))
    (let ((file (open-inside directory name flags)))
      (setvbuf file 'none)                    ; what is written, is there
      (hashv-set! files handle file)
      (number->string handle))))

(define (file-of files handle)
  (or (hashv-ref files (string->number handle))
      (error "no such handle:" handle)))

(define (count-of text)
  (let ((count (string->number text)))
    (if (and (exact-integer? count) (<= 0 count MOST-BYTES))
        count
        (error "bad number of bytes:" text))))

(define (read-command files port handle count)
  (let ((bytes (get-bytevector-n (file-of files handle) (count-of count))))
    (if (eof-object? bytes)
        "0"
        (cons (number->string (bytevector-length bytes)) bytes))))

(define (write-command files port handle count)
  ;; First the bytes, also of a command that fails: the next line begins
  ;; behind them.
  (let ((bytes (get-bytevector-n port (count-of count))))
    (put-bytevector (file-of files handle)
                    (if (eof-object? bytes) #vu8() bytes))
    count))

(define (seek-command files handle position)
  (let ((number (string->number position)))
    (if (not (and (exact-integer? number) (>= number 0)))
        (error "bad position:" position))
    (number->string (seek (file-of files handle) number SEEK_SET))))

(define (close-command files handle)
  (close-port (file-of files handle))
  (hashv-remove! files (string->number handle))
  "")

(define (obey words files directory port)
  (define (command? name arguments)
    (and (equal? (car words) name) (= (length (cdr words)) arguments)))
  (cond ((command? "open" 2) (apply open-command files directory (cdr words)))
        ((command? "read" 2) (apply read-command files port (cdr words)))
        ((command? "write" 2) (apply write-command files port (cdr words)))
        ((command? "seek" 2) (apply seek-command files (cdr words)))
        ((command? "close" 1) (apply close-command files (cdr words)))
        (else (error "no such command:" (car words)))))

;;; --- One client -------------------------------------------------------

(define (answer words files directory port)
  (let ((result (catch #t
                  (lambda () (obey words files directory port))
                  (lambda (key . arguments)
                    (list 'error (failure-text key arguments))))))
    (cond ((list? result)
           (simple-format port "error ~A\n" (harmless (cadr result))))
          ((pair? result)
           (simple-format port "ok ~A\n" (car result))
           (put-bytevector port (cdr result)))
          (else
           (simple-format port "ok ~A\n" result)))))

(define (serve client directory)
  "Obey CLIENT's commands until it leaves; then close what it left open."
  (define files (make-hash-table))            ; handle -> port
  (define port (socket-input client))
  (define (loop)
    (let ((line (read-short-line port)))
      (if (not (eof-object? line))
          (begin
            (answer (string-split line #\space) files directory port)
            (loop)))))
  (define (close-all)
    (hash-for-each (lambda (handle file) (close-port file)) files))
  (catch #t
    loop
    (lambda error                             ; it vanished
      (close-all)
      (apply throw error)))
  (close-all))

(define (file-server port directory)
  "Let who connects to PORT use the files of DIRECTORY."
  (let ((server (make-server-socket port              ; socket, bind, listen
                                    #:address "127.0.0.1")))
    (define (accept)
      (serve-client (socket-accept-connection (socket-dup server))
                    (lambda (client) (serve client directory))))
    (when-socket-ready server accept)
    (announce server)))

(start-lab file-server '((port 6020) (directory ".")))

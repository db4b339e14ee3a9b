;;; file-client.scm -- the files of a file server, as if they were here
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;;     guile file-client.scm HOST PORT NAME [TEXT]
;;;
;;; From the shell it prints a file, or puts a text there.  At the prompt
;;; (define files (file-server-at "127.0.0.1" 6020)), and then:
;;;
;;;   (define notes (remote-open files "notes.txt" "write"))   a handle
;;;   (remote-write files notes "hello")
;;;   (remote-seek files notes 1)
;;;   (remote-close files notes)

(use-modules (im socket) (im lines) (im lab)
             (ice-9 binary-ports) (rnrs bytevectors))

(define (file-server-at host port)
  (socket-input (make-client-socket host port #:timeout 10)))

(define (ask files . words)
  "Send a command made of WORDS to the server at FILES, a port.  Return the
word behind `ok', or raise what the server says is wrong."
  (display (string-join words " ") files)
  (newline files)
  (answer-from files))

(define (answer-from files)
  (let ((line (call-with-timeout 10 (lambda () (read-short-line files)))))
    (cond ((eof-object? line) (error "The server has closed the connection."))
          ((string-prefix? "ok" line) (string-trim (substring line 2)))
          (else (error line)))))

(define (remote-open files name mode)
  "Return a handle of the file NAME; MODE is one that the server knows."
  (ask files "open" name mode))

(define (remote-read files handle count)
  "Return up to COUNT bytes of the file: a bytevector, empty at its end."
  (let ((size (string->number (ask files "read" handle
                                   (number->string count)))))
    (if (= size 0) #vu8() (get-bytevector-n files size))))

(define (remote-write files handle text)
  "Write TEXT, a string."
  (let ((bytes (string->utf8 text)))
    (simple-format files "write ~A ~A\n" handle (bytevector-length bytes))
    (put-bytevector files bytes)
    (answer-from files)))

(define (remote-seek files handle position)
  "Let the next bytes be those from POSITION on."
  (ask files "seek" handle (number->string position)))

(define (remote-close files handle)
  (ask files "close" handle))

;;; --- From the shell ---------------------------------------------------

(define (file-client host port name text)
  "Print the file NAME; or if TEXT isn't empty, begin the file with it."
  (let ((files (file-server-at host (port-number port))))
    (if (equal? text "")
        (print-file files name)
        (put-file files name text))
    (close-port files)))

(define (print-file files name)
  (let ((handle (remote-open files name "read"))
        (screen (current-output-port)))
    (let loop ((bytes (remote-read files handle 4096)))
      (if (> (bytevector-length bytes) 0)
          (begin
            (put-bytevector screen bytes)
            (loop (remote-read files handle 4096)))))
    (remote-close files handle)))

(define (put-file files name text)
  (let ((handle (remote-open files name "write")))
    (remote-write files handle text)
    (remote-close files handle)))

(start-lab file-client '((host) (port) (name) (text "")))

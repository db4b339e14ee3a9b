;;; logging-date-server.scm -- "What time is it?", with a log of who asks
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;;     guile logging-date-server.scm [PORT [DIRECTORY]]
;;;
;;; Each request is kept in DIRECTORY, this server's alone, as a line in a
;;; file of its own: log0.txt, log1.txt, log2.txt ...  The number of the next
;;; one stands in log-number.txt, so that it never goes back: not after a
;;; restart, and not when somebody has removed old files.

(use-modules (im lab) (im lines) (im reactor) (im socket) (im text))

(define (logging-date-server port directory)
  "Listen on PORT, answer requests and log them in DIRECTORY.  Return the
socket that listens."
  (let ((server (make-server-socket port)))     ; socket, bind, listen
    (define (answer client)
      (answer-requests client (lambda (line) (log-request line directory))))
    (define (accept)
      (serve-client (socket-accept-connection (socket-dup server))
                    answer))                    ; and close
    (stat directory)                            ; is it there?
    (when-socket-ready server accept)
    (announce server)))

(define (answer-requests client log)
  "Answer each of CLIENT's requests until it hangs up; first call LOG with a
line about it."
  (let ((request (read-short-line (socket-input client)))) ; recv
    (cond ((string? request)
           (let ((now (date-and-time)) (peer (socket-peer-address client)))
             (log (string-append now " " (if peer (car peer) "somebody")
                                 ": " (harmless request)))
             (display now (socket-output client)) ; send
             (newline (socket-output client))
             (answer-requests client log))))))

(define (date-and-time)
  (strftime "%a %b %e %H:%M:%S %Y" (localtime (current-time))))

;;; --- The log ------------------------------------------------------------

(define (log-request line directory)
  "Write LINE to a new file in DIRECTORY.  Nothing waits here, so that no
other request comes in between."
  (let* ((counter (string-append directory "/log-number.txt"))
         (number (first-free (number-in counter) directory)))
    (write-line-to counter (+ number 1))        ; first, lest it be used twice
    (write-line-to (log-file number directory) line)))

(define (log-file number directory)
  (string-append directory "/log" (number->string number) ".txt"))

(define (first-free number directory)
  "Return NUMBER, or the next whose file isn't there."
  (if (file-exists? (log-file number directory))
      (first-free (+ number 1) directory)
      number))

(define (number-in file)
  "Return the number in FILE, 0 if there is none."
  (let ((datum (and (file-exists? file)
                    (call-with-input-file file read))))
    (if (and (integer? datum) (>= datum 0)) datum 0)))

(define (write-line-to file datum)
  "Let FILE hold a line with DATUM: the old contents or the new, never half."
  (let ((unfinished (string-append file ".new")))
    (call-with-output-file unfinished
      (lambda (port)
        (display datum port)
        (newline port)))
    (rename-file unfinished file)))

(start-lab logging-date-server '((port 6015) (directory ".")))

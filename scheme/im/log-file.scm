;;; (im log-file) -- a log that outlives the terminal
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; One line tells one event, and when.  Each goes out at once, so that none
;;; waits in a buffer when the process is killed or the file is moved away.
;;; Nothing waits: a line that the disk or the pipe has no room for is left out
;;; and counted.

(define-module (im log-file)
  #:use-module (im overflow)
  #:use-module (im text)
  #:export (open-log-file! reopen-log-file! log-file? write-to-log-file))

(define name #f)                              ; absolute; #f: no file
(define port #f)                              ; to the file
(define lines #f)                             ; a port that never waits for it

(define (log-file?)
  "Return #t if there is a log file."
  (and port #t))

(define (open-log-file! file)
  "Write log lines to the end of FILE, a string, from now on; make it, for its
owner and its group to read, if there is none.  Doesn't wait.  Raises a
system-error if that can't be."
  (let ((absolute (if (absolute-file-name? file)
                      file
                      (in-vicinity (getcwd) file))))
    (set! port (open-to-append absolute))
    (set-port-encoding! port "UTF-8")
    (set! lines (overflowing-port port with-time))
    (set! name absolute)))

(define (with-time text)
  "Return TEXT with the local time before it, as ISO 8601 has it but for its T."
  (string-append (strftime "%Y-%m-%d %H:%M:%S%z " (localtime (current-time)))
                 text))

(define (open-to-append file)
  "Return a port to the end of FILE.  A FIFO is opened to read from, too, as if
its reader were there already and never went away."
  (let ((fifo? (eq? 'fifo (and=> (stat file #f) stat:type))))
    (open file
          (logior (if fifo? O_RDWR O_WRONLY)
                  O_APPEND O_CREAT O_NONBLOCK O_NOCTTY O_CLOEXEC)
          #o640)))

(define (reopen-log-file!)
  "Open the log file anew by its name: who moved it away (logrotate) gets no
more lines there.  Where that fails go on with the old one, and tell it why.
Doesn't wait."
  (call-with-blocked-asyncs                   ; a line may be under way
   (lambda ()
     (catch 'system-error
       (lambda ()
         (let ((new (open-to-append name)))
           (dup2 (fileno new) (fileno port))
           (fcntl port F_SETFD FD_CLOEXEC)
           (close-port new)))
       (lambda error
         (write-to-log-file
          (string-append "Can't open " name " anew: "
                         (strerror (system-error-errno error)))))))))

(define (write-to-log-file text)
  "Write TEXT, a string without line breaks, as a line with the time before it,
if there is room for it now.  Doesn't wait."
  (call-with-blocked-asyncs                   ; the file may be opened anew
   (lambda ()
     (display (string-append (with-time (harmless text)) "\n") lines))))

;;; (im log-file) -- a log that outlives the terminal
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; One line tells one event, and when.  Each goes out in one write, so that
;;; none waits in a buffer when the process is killed or the file is moved
;;; away, and lines of two processes don't mix.  Nothing waits: a line that
;;; the disk or the pipe has no room for is left out and counted.

(define-module (im log-file)
  #:use-module (im primitives)
  #:use-module (im text)
  #:use-module (rnrs bytevectors)
  #:export (open-log-file! reopen-log-file! log-file? write-to-log-file))

(define name #f)                              ; absolute; #f: no file
(define port #f)                              ; what keeps the descriptor open
(define left-out 0)                           ; lines, since the last one
(define torn? #f)                             ; the last line lacks its end

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
    (set! name absolute)))

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
         (let ((old port))
           (set! port (open-to-append name))
           (close-port old)))
       (lambda error
         (write-to-log-file
          (string-append "Can't open " name " anew: "
                         (strerror (system-error-errno error)))))))))

(define (write-to-log-file text)
  "Write TEXT, a string without line breaks, as a line with the time before it,
if there is room for it now.  Doesn't wait."
  (call-with-blocked-asyncs                   ; the file may be opened anew
   (lambda ()
     (when (or (zero? left-out)
               (write-line (simple-format #f "(~A lines could not be written)"
                                          left-out)))
       (set! left-out 0))
     (unless (and (zero? left-out) (write-line text))
       (set! left-out (1+ left-out))))))

(define (write-line text)
  "Return #t if all of TEXT, made harmless, was written."
  (let* ((bytes (string->utf8
                 (string-append (if torn? "\n" "") (time-now) " "
                                (harmless text) "\n")))
         (written (%write-now (fileno port) bytes))
         (all? (= written (bytevector-length bytes))))
    (when (positive? written)
      (set! torn? (not all?)))
    all?))

(define (time-now)
  "Return the local time as ISO 8601 has it, without its T."
  (strftime "%Y-%m-%d %H:%M:%S%z" (localtime (current-time))))

;;; test-overflow.scm --- a server never waits for who reads its log
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(use-modules (program-test) (server-process) (session-process)
             (im overflow) (ice-9 binary-ports) (ice-9 format) (ice-9 rdelim)
             (rnrs bytevectors) (srfi srfi-1) (srfi srfi-64))

;;; --- In this process ------------------------------------------------------

(define (readable? port)
  (pair? (car (select (list port) '() '() 0))))

(define (writable? port)
  (pair? (cadr (select '() (list (fileno port)) '() 0))))

(define (pipe-and-outlet)
  "Return (READER . PRINTER): what is printed on PRINTER can be read."
  (let ((ends (pipe)))
    (set-port-encoding! (cdr ends) "UTF-8")
    (cons (car ends) (overflowing-port (cdr ends)))))

(define (heard reader)
  "Return all that is in the pipe of READER now, as lines."
  (call-with-values open-bytevector-output-port
    (lambda (port bytes)
      (let loop ()
        (when (readable? reader)
          (put-bytevector port (get-bytevector-some reader))
          (loop)))
      (string-split (utf8->string (bytes)) #\newline))))

(define (numbers lines)
  (filter-map (lambda (line) (string->number (string-trim-right line #\.)))
              lines))

(define (lost-in line)
  "Return how many lines LINE says were lost, or #f."
  (and (string-suffix? " lines could not be written)" line)
       (string->number (substring line 1 (string-index line #\space)))))

(define dots (make-string 60 #\.))

(define (print-lines printer start end)
  (do ((n start (1+ n))) ((= n end))
    (format printer "~a~a~%" n dots)))

(define (test-nobody-reads)
  (let* ((ends (pipe-and-outlet)) (reader (car ends)) (printer (cdr ends)))
    (display "Hi, José: " printer)
    (test-equal "a line is printed when it is whole" '("") (heard reader))
    (display "σ\n" printer)
    (test-equal "and then at once" '("Hi, José: σ" "") (heard reader))
    (print-lines printer 0 5000)        ; 300 KB; a pipe has room for 64 KiB
    (let* ((first (numbers (heard reader))) (count (length first)))
      (test-equal "what had room is there, in order" (iota count) first)
      (test-assert "and it is much" (> count 500))
      (print-lines printer 5000 5002)
      (let ((then (heard reader)))
        (test-eqv "then it is said how many were lost, first of all"
          (- 5000 count) (lost-in (car then)))
        (test-equal "and on it goes" '(5000 5001) (numbers then))))))

(define (test-a-long-line)
  (let* ((ends (pipe-and-outlet)) (reader (car ends)) (printer (cdr ends))
         (long (make-string 40000 #\x)))
    (format printer "~a~%~a~%" long long)
    (let ((lines (heard reader)))
      (test-equal "one line has room" long (first lines))
      (test-assert "and a part of the next" (< 0 (string-length (second lines))
                                               40000)))
    (format printer "end~%")
    (test-equal "what follows begins a line of its own"
      '("" "(1 lines could not be written)" "end" "") (heard reader))))

(define (test-nobody-is-left)
  (let* ((ends (pipe-and-outlet)) (reader (car ends)) (printer (cdr ends)))
    (sigaction SIGPIPE SIG_IGN)
    (close-port reader)
    (test-eqv "who has nobody to read goes on" 'gone-on
      (begin (print-lines printer 0 10) 'gone-on))))

;;; --- A server ---------------------------------------------------------------

(define (full-pipe name)
  "Return a port from the pipe called NAME, which is full."
  (let ((both-ends (open name O_RDWR))
        (piece (make-bytevector 512 (char->integer #\-))))
    (let loop ()
      (when (writable? both-ends)
        (put-bytevector both-ends piece)
        (force-output both-ends)
        (loop)))
    both-ends))

(define (free-port)
  (let* ((listener (listen-here)) (port (port-of listener)))
    (close-port listener)
    port))

(define (server-printing-to name port)
  (start-process (format #f "guile -q --no-auto-compile -c '~s' >~a"
                         `((@ (im main) main)
                           (list "server" "--headless" "--address"
                                 "127.0.0.1" "--port"
                                 ,(number->string port)))
                         name)
                 "teacher"))

(define (test-server)
  (let* ((directory (mkdtemp "overflow-XXXXXX"))
         (name (string-append directory "/pipe")))
    (mknod name 'fifo #o600 0)
    (let* ((log (full-pipe name)) (port (free-port))
           (server (server-printing-to name port)))
      (the-server-listens-on! (const port))
      (test-assert "a server begins, though its log has no room"
        (soon (lambda ()
                (let ((peer (false-if-exception (new-peer))))
                  (and peer (begin (hang-up peer) #t))))
              20))
      (let ((ann (enrolled "ann")))
        (enrolled "bob" "ann")
        (test-equal "and serves" "(server ann client-list (bob ann))"
          (hear-list ann "ann" '("bob" "ann"))))
      (heard log)
      (enrolled "carl" "bob" "ann")
      (test-assert "and says how much of the log was lost, once it is read"
        (soon (lambda () (any lost-in (heard log)))))
      (kill! server)
      (reap! server))
    (delete-file name)
    (rmdir directory)))

(run-tests "overflow"
  (lambda ()
    (test-nobody-reads)
    (test-a-long-line)
    (test-nobody-is-left)
    (test-server)))

;;; test-log-file.scm --- the log's file loses no line, and stops no server
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(use-modules (program-test) (server-process) (session-process)
             (im log) (im log-file)
             (ice-9 binary-ports) (ice-9 format) (ice-9 ftw) (ice-9 regex)
             (ice-9 textual-ports) (rnrs bytevectors)
             (srfi srfi-1) (srfi srfi-64))

(define here (mkdtemp (string-append (or (getenv "TMPDIR") "/tmp")
                                     "/log-file-XXXXXX")))

(define (path name) (string-append here "/" name))

(define (remove-here!)
  (for-each (lambda (name) (delete-file (path name)))
            (scandir here (lambda (name) (not (string-prefix? "." name)))))
  (rmdir here))

(define (lines-of name)
  "Return the lines of the file NAME; the last one, without an end, too."
  (let ((lines (string-split (call-with-input-file (path name)
                               get-string-all #:encoding "UTF-8")
                             #\newline)))
    (if (string-null? (last lines))
        (drop-right lines 1)
        lines)))

(define dated
  (make-regexp "^[0-9-]{10} [0-9:]{8}[+-][0-9]{4} "))

(define (told name)
  "Return what the lines of the file NAME tell, each without the time; a line
that has none as (LINE)."
  (map (lambda (line)
         (let ((found (regexp-exec dated line)))
           (if found (match:suffix found) (list line))))
       (lines-of name)))

(define (error-of thunk)
  "Return the errno of what (THUNK) raises, or #f."
  (catch 'system-error
    (lambda () (thunk) #f)
    (lambda error (system-error-errno error))))

;;; --- The module ----------------------------------------------------------

(define (test-file)
  (umask #o027)
  (chdir here)
  (open-log-file! "a.log")
  (chdir "/")
  (test-equal "its owner and group may read it, nobody else"
    #o640 (stat:perms (stat (path "a.log"))))
  (write-to-log-file "one")
  (test-equal "a line is in the file at once, with the time" '("one")
    (told "a.log"))
  (print-log-line "~a leaves" 'ann)
  (test-equal "the log writes there" '("one" "ann leaves") (told "a.log"))
  (write-to-log-file "x\n[teacher] \x1b[31m y")
  (test-equal "a line can't be forged" "x\\xa;[teacher] \\x1b;[31m y"
    (last (told "a.log")))
  (open-log-file! (path "a.log"))
  (write-to-log-file "two")
  (test-equal "what is there already stays" 4 (length (lines-of "a.log"))))

(define (test-reopen)
  (open-log-file! (path "b.log"))
  (write-to-log-file "before")
  (rename-file (path "b.log") (path "b.1"))
  (write-to-log-file "between")
  (let ((descriptors (open-descriptors)))
    (reopen-log-file!)
    (write-to-log-file "after")
    (test-equal "moved away, it gets all lines until it is opened anew"
      '(("before" "between") ("after")) (map told '("b.1" "b.log")))
    (test-equal "the old one is closed" descriptors (open-descriptors)))
  (rename-file (path "b.log") (path "b.2"))
  (mkdir (path "b.log"))
  (reopen-log-file!)
  (rmdir (path "b.log"))
  (write-to-log-file "still")
  (test-equal "where that fails, the old one goes on, and tells why"
    (list "after"
          (string-append "Can't open " (path "b.log") " anew: Is a directory")
          "still")
    (told "b.2")))

(define (test-errors)
  (for-each
   (lambda (case)
     (test-eqv (format #f "~s can't be opened" (car case))
       (cdr case)
       (error-of (lambda () (open-log-file! (car case))))))
   `((,here . ,EISDIR) ("/nowhere/at/all" . ,ENOENT) ("" . ,EISDIR)
     (,(path "a.log/x") . ,ENOTDIR)))
  (write-to-log-file "goes on")
  (test-equal "what was open before is still" "goes on" (last (told "b.2"))))

(define (all-from port)
  "Return all that waits in PORT, a pipe."
  (let ((text (utf8->string (get-bytevector-some port))))
    (if (char-ready? port)
        (string-append text (all-from port))
        text)))

(define (test-fifo)
  (mknod (path "fifo") 'fifo #o600 0)
  (open-log-file! (path "fifo"))              ; nobody reads: doesn't wait
  (do ((i 0 (1+ i))) ((= i 2000))
    (write-to-log-file (make-string 100 #\x)))
  (let* ((reader (open (path "fifo") (logior O_RDONLY O_NONBLOCK)))
         (whole (string-count (all-from reader) #\newline)))
    (test-assert "a pipe that nobody reads takes what it has room for"
      (< 100 whole 2000))
    (write-to-log-file "again")
    (test-assert "then it is told how many lines are missing"
      (string-match (format #f "^.* \\(~a lines could not be written\\)
[^\n]* again\n$" (- 2000 whole))
                    (all-from reader)))
    (close-port reader))
  (write-to-log-file "nobody reads any more")
  (test-assert "who goes away is no error" #t))

(define (test-full)
  (cond ((file-exists? "/dev/full")
         (open-log-file! "/dev/full")
         (write-to-log-file "lost")
         (write-to-log-file "lost")
         (test-assert "a full disk is no error" #t))
        (else (test-skip 1)))
  ;; What can hold half a line: a file that may grow no further.
  (sigaction SIGXFSZ SIG_IGN)
  (open-log-file! (path "small"))
  (write-to-log-file "fits")
  (call-with-values (lambda () (getrlimit 'fsize))
    (lambda (soft hard)
      (setrlimit 'fsize 60 hard)
      (write-to-log-file "does not fit any more")
      (write-to-log-file "nor does this")
      (setrlimit 'fsize soft hard)))
  (write-to-log-file "fits again")
  (test-equal "half a line ends before the next, and counts as missing"
    '("(2 lines could not be written)" "fits again")
    (take-right (told "small") 2)))

(define (test-port)
  (open-log-file! (path "port"))
  (let ((port (make-log-port)))
    (display "*** Err" port)
    (test-equal "half a line waits for the rest" '() (told "port"))
    (display "or: bad\n  | more\nthe" port)
    (newline port)
    (test-equal "what is printed to the log's port are its lines"
      '("*** Error: bad" "  | more" "the") (told "port"))))

;;; --- A service -----------------------------------------------------------

(define (start-logging name)
  (start-server #:headless? #t
                #:before '((im-limit 'log-lines 1000000)
                           (define log-messages #t))
                #:options (list "--log" (path name))))

(define (with-enrolled proc)
  (let ((ann (enrolled "ann")))
    (let ((result (proc ann)))
      (hang-up ann)
      result)))

(define (talk! ann from to)
  (do ((i from (1+ i))) ((= i to))
    (say ann (string-append "(ann ann send-msg " (number->string i) ")"))))

(define (rotate! process number)
  (rename-file (path "s.log") (path (string-append "s." number)))
  (kill (process-pid process) SIGHUP)
  (soon (lambda () (file-exists? (path "s.log")))))

(define (all-told)
  (append (told "s.0") (told "s.1") (told "s.2") (told "s.log")))

(define (test-service)
  (let ((process (start-logging "s.log")))
    (with-enrolled
     (lambda (ann)
       (talk! ann 0 100)
       (for-each (lambda (number)
                   (test-assert "SIGHUP opens a file anew"
                     (rotate! process (number->string number)))
                   (talk! ann (* 100 (1+ number)) (* 100 (+ 2 number))))
                 '(0 1 2))
       (soon (lambda () (member "ann -> ann: 399" (told "s.log"))))
       (test-equal "while lines come, none is lost or torn"
         (map (lambda (i) (format #f "ann -> ann: ~a" i)) (iota 400))
         (filter (lambda (line)
                   (or (pair? line) (string-prefix? "ann ->" line)))
                 (all-told)))))
    (test-assert "the first line says where it listens"
      (string-prefix? "Server IP address: 127.0.0.1, server port: "
                      (first (all-told))))
    (test-assert "the handshake is told"
      (member "Handshake 3 of 3: ann says thanks, and is enrolled."
              (all-told)))
    (test-assert "nothing of it is on the screen"
      (not (printed? process "ann")))
    (terminate! process)
    (test-equal "SIGTERM ends it with status 0" 0 (reap! process))
    (test-equal "and is told last" "The server stops." (last (told "s.log")))))

(define (test-handler-errors)
  (let ((process (start-server
                  #:headless? #t
                  #:before '((define (fail) (car "\x1b[31m"))
                             ((@ (im reactor) after) 0 (lambda () (fail))))
                  #:options (list "--log" (path "e.log")))))
    (test-assert "what fails in a handler is logged, too"
      (soon (lambda ()
              (any (lambda (line)
                     (and (string? line)
                          (string-prefix? "*** Error: " line)))
                   (told "e.log")))))
    (terminate! process)
    (reap! process)))

(define (test-no-file)
  (let ((process (start-process
                  (format #f "guile -q --no-auto-compile -c '~s'"
                          `((@ (im main) main)
                            (list "server" "--headless" "--log"
                                  "/nowhere/at/all")))
                  "teacher")))
    (test-equal "a file that can't be opened ends the server at once" 1
                (reap! process))
    (test-assert "and a person is told why"
      (string-contains (process-transcript process)
                       "can't write the log to /nowhere/at/all: No such"))))

(define (test-help)
  (let ((process (start-process
                  (format #f "guile -q --no-auto-compile -c '~s'"
                          '((@ (im main) main) (list "server" "--help")))
                  "teacher")))
    (test-equal "--help succeeds" 0 (reap! process))
    (test-equal "and tells each option" '()
      (remove (lambda (option)
                (string-contains (process-transcript process) option))
              '("--port N" "--address A" "--quiet" "--log FILE"
                "--headless")))))

(run-tests "log-file"
  (lambda ()
    (test-file)
    (test-reopen)
    (test-errors)
    (test-fifo)
    (test-full)
    (test-port)
    (test-service)
    (test-handler-errors)
    (test-no-file)
    (test-help)
    (remove-here!)))

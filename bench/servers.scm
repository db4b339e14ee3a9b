;;; (servers) -- how each server that is measured is started and ended
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; All listen on 127.0.0.1, write only into a directory of their own, log
;;; nothing, and have no limit that the load would meet.

(define-module (servers)
  #:use-module (ice-9 format)
  #:use-module (ice-9 ftw)
  #:use-module (ice-9 popen)
  #:use-module (ice-9 rdelim)
  #:use-module (ice-9 textual-ports)
  #:use-module (srfi srfi-1)
  #:use-module (srfi srfi-9)
  #:export (server-names server-protocol installed?
            with-server running-pid running-port running-name
            server-cpu load-cpu pinned built))

;; COMMAND is called with a port number that is free and a directory, and
;; returns the words of a command.  PROTOCOL is what bench/load calls it.
(define-record-type <server>
  (make-server name program protocol command)
  server?
  (name server-name)
  (program server-program)                    ; what must be installed, or #f
  (protocol protocol-of)
  (command server-command))

(define-record-type <running>
  (make-running name pid port)
  running?
  (name running-name)
  (pid running-pid)
  (port running-port))

;;; --- Where to run -----------------------------------------------------

(define processors
  (let ((allowed (getaffinity 0)))
    (filter (lambda (n) (bitvector-bit-set? allowed n))
            (iota (bitvector-length allowed)))))

;; With two cores each has its own; the first takes the system's interrupts.
(define server-cpu (and (pair? (cdr processors)) (second processors)))
(define load-cpu (and (pair? (cdr processors)) (first processors)))

(define (pinned cpu words)
  "Return the command WORDS such that it runs on CPU, a number, or anywhere."
  (if cpu
      (cons* "taskset" "-c" (number->string cpu) words)
      words))

;;; --- The servers ------------------------------------------------------

(define (beside-this name)
  "Return the full name of a file in the directory of the bench."
  (string-append (getenv "abs_top_srcdir") "/bench/" name))

(define (built name)
  (string-append (getenv "abs_top_builddir") "/" name))

(define (write-file directory name text)
  "Return the full name of the file NAME in DIRECTORY, which contains TEXT."
  (let ((file (string-append directory "/" name)))
    (call-with-output-file file (lambda (port) (display text port)))
    file))

(define (inspircd port directory)
  (list "inspircd" "--nofork" "--nolog" "--runasroot" "--config"
        (write-file directory "inspircd.conf" (format #f "
<config format=\"xml\">
<server name=\"irc.bench\" description=\"bench\" network=\"bench\">
<admin name=\"bench\" nick=\"bench\" email=\"bench@localhost\">
<bind address=\"127.0.0.1\" port=\"~a\" type=\"clients\">
<connect name=\"all\" allow=\"*\" timeout=\"60\" pingfreq=\"3600\"
  recvq=\"1048576\" softsendq=\"10485760\" hardsendq=\"10485760\"
  threshold=\"1000000\" commandrate=\"1000000000\" fakelag=\"no\"
  localmax=\"100000\" globalmax=\"100000\" limit=\"100000\"
  maxconnwarn=\"no\" resolvehostnames=\"no\" useident=\"no\">
<performance softlimit=\"100000\" somaxconn=\"4096\" quickjoin=\"yes\">
<dns server=\"127.0.0.1\" timeout=\"1\">
<pid file=\"~a/inspircd.pid\">
" port directory))))

(define (ngircd port directory)
  (list "ngircd" "--nodaemon" "--config"
        (write-file directory "ngircd.conf" (format #f "
[Global]
Name = irc.bench
Info = bench
AdminEMail = bench@localhost
Listen = 127.0.0.1
Ports = ~a
ServerUID = ~a
ServerGID = ~a
[Limits]
MaxConnections = 0
MaxConnectionsIP = 0
MaxNickLength = 16
MaxPenaltyTime = 0
PingTimeout = 3600
PongTimeout = 3600
[Options]
DNS = no
Ident = no
PAM = no
SyslogFacility = local0
IncludeDir = ~a
" port (passwd:name (getpwuid (getuid))) (group:name (getgrgid (getgid)))
        directory))))

(define (redis port directory)
  (list "redis-server" "--bind" "127.0.0.1" "--port" (number->string port)
        "--dir" directory "--save" "" "--appendonly" "no"
        "--maxclients" "15000" "--loglevel" "warning"))

(define (guile-im port directory)
  ;; What `./guile-im server' runs.
  (list (built "pre-inst-env") "guile" "--no-auto-compile" "-c"
        "((@ (im main) main) (cdr (command-line)))" "server" "--headless"
        "--quiet" "--address" "127.0.0.1" "--port" (number->string port)))

(define (threads port directory)
  (list (built "pre-inst-env") "guile" "-c"
        "(load-compiled (cadr (command-line)))"
        (built "bench/naive-server.go") (number->string port)))

(define (yardstick port directory)
  (list (built "bench/yardstick") (number->string port)))

(define servers
  (list (make-server 'yardstick #f "im" yardstick)
        (make-server 'guile-im #f "im" guile-im)
        (make-server 'redis "redis-server" "redis" redis)
        (make-server 'inspircd "inspircd" "irc" inspircd)
        (make-server 'ngircd "ngircd" "irc" ngircd)
        (make-server 'threads #f "im" threads)))

(define (server-named name)
  (or (find (lambda (server) (eq? (server-name server) name)) servers)
      (error "there is no server called" name)))

(define (server-protocol name)
  "Return what bench/load calls the protocol of the server called NAME."
  (protocol-of (server-named name)))

(define (installed? name)
  "Return #t if the server called NAME, a symbol, can be run here."
  (let ((program (server-program (server-named name))))
    (or (not program)
        (and (search-path search-directories program) #t))))

;; Debian keeps servers where not everybody's PATH looks.
(define search-directories
  (append (parse-path (getenv "PATH")) '("/usr/sbin" "/sbin")))
(setenv "PATH" (string-join search-directories ":"))

;;; --- Starting and ending ----------------------------------------------

(define (free-port)
  "Return the number of a port that nobody listens at just now."
  (let ((probe (socket PF_INET SOCK_STREAM 0)))
    (bind probe AF_INET INADDR_LOOPBACK 0)
    (let ((port (sockaddr:port (getsockname probe))))
      (close-port probe)
      port)))

(define (spawn words output)
  "Run the command WORDS in the background, with what it prints in the file
OUTPUT.  Return its process number."
  (let* ((pipe (apply open-pipe* OPEN_READ "sh" "-c"
                      "exec 3>&1 >\"$0\" 2>&1 </dev/null; \"$@\" 3>&- &
                       echo $! >&3"
                      output words))
         (pid (string->number (read-line pipe))))
    (close-pipe pipe)
    pid))

(define (lives? pid)
  (catch 'system-error
    (lambda () (kill pid 0) #t)
    (const #f)))

(define (wait-until holds? seconds)
  "Return whether (HOLDS?) becomes true within SECONDS."
  (let ((end (+ (get-internal-real-time)
                (* seconds internal-time-units-per-second))))
    (let loop ()
      (cond ((holds?) #t)
            ((> (get-internal-real-time) end) #f)
            (else (usleep 10000) (loop))))))

(define (listens? port)
  (let ((probe (socket PF_INET SOCK_STREAM 0)))
    (let ((listens? (catch 'system-error
                      (lambda ()
                        (connect probe AF_INET INADDR_LOOPBACK port)
                        #t)
                      (const #f))))
      (close-port probe)
      listens?)))

(define (start name directory)
  (let* ((port (free-port))
         (output (string-append directory "/output"))
         (command ((server-command (server-named name)) port directory))
         (pid (spawn (pinned server-cpu command) output)))
    (unless (wait-until (lambda () (or (listens? port) (not (lives? pid))))
                        20)
      (end pid))
    (unless (lives? pid)
      (format (current-error-port) "~a doesn't start:~%~a" name
              (call-with-input-file output get-string-all))
      (exit 1))
    (make-running name pid port)))

(define (end pid)
  (define (gone?) (not (lives? pid)))
  (unless (gone?)
    (kill pid SIGTERM)
    (unless (wait-until gone? 5)
      (kill pid SIGKILL)
      (wait-until gone? 5))))

(define (make-directory)
  (mkdtemp (string-append (or (getenv "TMPDIR") "/tmp") "/bench-XXXXXX")))

(define (delete-directory directory)
  (for-each (lambda (file)
              (unless (member file '("." ".."))
                (delete-file (string-append directory "/" file))))
            (scandir directory))
  (rmdir directory))

(define (with-server name use)
  "Return what USE returns, called with a server of NAME that runs meanwhile."
  (let ((directory #f) (server #f))
    (dynamic-wind
      (lambda () (set! directory (make-directory)))
      (lambda ()
        (set! server (start name directory))
        (use server))
      (lambda ()
        (when server
          (end (running-pid server)))
        (delete-directory directory)))))

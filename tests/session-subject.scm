;;; session-subject.scm --- the programs under test
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; One server, or as many clients as a session has, each a process of its
;;; own.

(define-module (session-subject)
  #:use-module (ice-9 regex)
  #:use-module (session-format)
  #:use-module (session-player)
  #:use-module (session-process)
  #:use-module (session-program)
  #:use-module (srfi srfi-1)
  #:use-module (srfi srfi-9)
  #:export (start-server close-server! stop-server! server-subject
            server-address server-port server-process start-program
            start-clients stop-clients! clients-subject
            act-on client-process))


;;; A server: a process and the address it printed

(define-record-type <server>
  (make-server program process address)
  server?
  (program server-program)
  (process server-process)
  (address server-address))

(define address-pattern
  (make-regexp "Server IP address: ([0-9.]+), server port: ([0-9]+)"))

(define* (start-server #:optional (program (our-server)))
  "Return a server that runs PROGRAM, on a port the system chose."
  (let* ((process (start-program program "teacher"))
         (address (wait-for process (lambda () (printed-address process)))))
    (unless address
      (error "no server:" (program-command program)
             (process-transcript process)))
    (make-server program process address)))

(define (start-program program user)
  "Return a process that runs PROGRAM for USER."
  (let ((process (start-process (program-command program) user)))
    (for-each (lambda (line) (type! process line)) (program-lines program))
    process))

(define (printed-address process)
  "Return the socket address that PROCESS has printed, or #f."
  (let ((m (regexp-exec address-pattern (process-transcript process))))
    (and m
         (make-socket-address AF_INET
                              (inet-pton AF_INET (match:substring m 1))
                              (string->number (match:substring m 2))))))

(define (server-port server)
  "Return the number of the port where SERVER listens."
  (sockaddr:port (server-address server)))

(define (close-server! server)
  "Let SERVER say farewell to its clients."
  (let ((farewell (program-farewell (server-program server)))
        (process (server-process server)))
    (if farewell
        (type! process farewell)
        (signal! process SIGTERM))))

(define (stop-server! server)
  "Return the exit status of SERVER, after asking it to end."
  (close-server! server)
  (close-port (process-input (server-process server)))
  (reap! (server-process server)))

(define (server-subject server)
  "Return SERVER as a subject."
  (let ((process (server-process server)))
    (make-subject #:address (lambda () (server-address server))
                  #:act! (lambda ignored (close-server! server))
                  #:settle! (lambda (connection)
                              (wait-until-asleep process))
                  #:turn! (lambda () (drain! process))
                  #:output (lambda () (process-transcript process)))))


;;; Clients: a list of workers, one for each process
;;;
;;; CONNECTION is the one a worker has in the session that is played, #f
;;; while it is idle.

(define-record-type <clients>
  (make-clients program-of workers)
  clients?
  (program-of clients-program-of)       ; a name as on the wire -> program
  (workers clients-workers set-clients-workers!))

(define-record-type <worker>
  (make-worker name process connection)
  worker?
  (name worker-name)
  (process worker-process)
  (connection worker-connection set-worker-connection!))

(define* (start-clients #:optional (program (our-client)))
  "Return the clients, which run PROGRAM, or, if that is a procedure, what it
returns for their names.  None is started before it is needed."
  (make-clients (if (procedure? program) program (const program))
                '()))

(define (program-for clients name)
  "Return what that of CLIENTS which is called NAME runs."
  ((clients-program-of clients) name))

(define (stop-clients! clients)
  "Return the exit statuses of CLIENTS, after the end of their input."
  (let ((processes (map worker-process (clients-workers clients))))
    (for-each (lambda (process) (close-port (process-input process)))
              processes)
    (map reap! processes)))

(define (clients-subject clients)
  "Return CLIENTS as a subject for one session, in which all start idle."
  (define (processes) (map worker-process (clients-workers clients)))
  (for-each (lambda (worker) (set-worker-connection! worker #f))
            (clients-workers clients))
  (make-subject #:act! (lambda arguments (apply act-on clients arguments))
                #:settle! (lambda (connection) (settle! clients connection))
                #:turn! (lambda () (for-each drain! (processes)))
                #:descriptors (lambda ()
                                (map process-output
                                     (remove process-ended? (processes))))
                #:output (lambda () (transcripts clients))))

(define (settle! clients connection)
  "Return when the client of CONNECTION, or each of CLIENTS, waits."
  (for-each (lambda (worker)
              (when (or (not connection)
                        (eqv? connection (worker-connection worker)))
                (wait-until-asleep (worker-process worker))))
            (clients-workers clients)))

(define (act-on clients kind connection name text port)
  "Do to the client of CONNECTION what KIND and TEXT say.  One that enrolls
does so as NAME with the server on PORT."
  (cond ((eq? kind 'kill)
         (kill-worker! clients (worker-of clients connection)))
        ((string-prefix? "(im-enroll" text)
         (type! (worker-process (idle-worker! clients name connection))
                (program-enroll-line (program-for clients name) port)))
        (else
         (type! (worker-process (worker-of clients connection)) text))))

(define (worker-of clients connection)
  "Return the worker of CONNECTION."
  (find (lambda (worker) (eqv? connection (worker-connection worker)))
        (clients-workers clients)))

(define (client-process clients connection)
  "Return the process of the client of CONNECTION among CLIENTS, or #f."
  (and=> (worker-of clients connection) worker-process))

(define (kill-worker! clients worker)
  "Kill the process of WORKER, and forget it."
  (set-clients-workers! clients (delq worker (clients-workers clients)))
  (signal! (worker-process worker) SIGKILL)
  (reap! (worker-process worker)))

(define (idle-worker! clients name connection)
  "Return a worker called NAME, which from now on is that of CONNECTION."
  (let ((worker (or (find (lambda (worker)
                            (and (string=? name (worker-name worker))
                                 (not (worker-connection worker))))
                          (clients-workers clients))
                    (start-worker! clients name))))
    (set-worker-connection! worker connection)
    worker))

(define (start-worker! clients name)
  "Return a new worker, its login name the text of NAME."
  (let* ((process (start-program (program-for clients name)
                                 (name->text name)))
         (worker (make-worker name process #f)))
    (set-clients-workers! clients (cons worker (clients-workers clients)))
    (when (string-prefix? "|" name)
      (type! process (format #f "(set! whoiam (string->symbol ~s))"
                             (name->text name))))
    worker))

(define (transcripts clients)
  "Return what the clients at work have printed."
  (string-concatenate
   (map (lambda (worker)
          (drain! (worker-process worker))
          (format #f "--- ~a, connection ~a, printed:~%~a~%"
                  (worker-name worker) (worker-connection worker)
                  (process-transcript (worker-process worker))))
        (filter worker-connection (clients-workers clients)))))

;;; bench-faults.scm --- how long faults keep others waiting, beside the bound
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; Run by `make bench-faults'.  The server is a process of its own.  So is
;;; the probe, two clients that send each other a message each 10 ms: while a
;;; fault happens, it measures how long a round trip takes and how many there
;;; are.

(use-modules (program-test) (session-process) (server-process) (im reactor)
             (ice-9 format) (ice-9 popen) (ice-9 textual-ports)
             (rnrs bytevectors) (srfi srfi-1))

(define all-ok? #t)

(define (now)
  (/ (get-internal-real-time) internal-time-units-per-second 1.0))

(define (row fault what figure unit bound)
  "Print a row: FIGURE must be below BOUND."
  (let ((ok? (< figure bound)))
    (unless ok? (set! all-ok? #f))
    (format #t "~3a ~45a ~9,2f ~5a < ~7,1f  ~a~%"
            fault what figure unit bound (if ok? "ok" "NOT OK"))
    (force-output)))

;;; --- The probe --------------------------------------------------------------

(define (probe-forever port)
  "Be two clients; print the microseconds of each round trip."
  (the-server-listens-on! (lambda () port))
  (let ((ping (enrolled-anyhow "ping")) (pong (enrolled-anyhow "pong")))
    (let loop ()
      (let ((begun (get-internal-real-time)))
        (send (peer-socket ping) ping-bytes)
        (await pong "(ping pong receive-msg 1)")
        (send (peer-socket pong) pong-bytes)
        (await ping "(pong ping receive-msg 1)")
        (format #t "~a~%" (quotient (- (get-internal-real-time) begun) 1000))
        (force-output)
        (usleep 10000)
        (loop)))))

(define (bytes text) (string->utf8 text))
(define ping-bytes (bytes "(ping pong send-msg 1)"))
(define pong-bytes (bytes "(pong ping send-msg 1)"))

(define (enrolled-anyhow name)
  (let ((peer (greeted name)))
    (say peer (format #f "(~a server thanks ())" name))
    (await peer "client-list")
    peer))

(define (await peer text)
  "Return when TEXT has come, among whatever else."
  (let loop ((heard ""))
    (unless (string-contains heard text)
      (select (list (peer-socket peer)) '() '() 10)
      (loop (string-append heard (heard-so-far peer))))))

(define (start-probe server)
  (start-process
   (format #f "guile -q --no-auto-compile ~{-L '~a' ~}'~a' probe ~a" %load-path
           (car (command-line)) (server-port-of server))
   "probe"))

(define (round-trips-while probe thunk)
  "Return the round trips, in milliseconds, that PROBE makes while THUNK runs,
and how many seconds that took."
  (drain! probe)
  (let ((start (string-length (process-transcript probe))) (begun (now)))
    (thunk)
    (drain! probe)
    (values (filter-map (lambda (line)
                          (and=> (string->number line)
                                 (lambda (us) (/ us 1000.0))))
                        (string-split (substring (process-transcript probe)
                                                 start)
                                      #\newline))
            (- (now) begun))))

(define (percentile-99 times)
  (if (null? times)
      1e9
      (let ((sorted (sort times <)))
        (list-ref sorted (quotient (* 99 (1- (length sorted))) 100)))))

(define (live fault what probe thunk)
  (call-with-values (lambda () (round-trips-while probe thunk))
    (lambda (times seconds)
      (row fault (string-append what ": live") (percentile-99 times) "ms" 50)
      (/ (length times) seconds))))

;;; --- The faults -------------------------------------------------------------

(define (for-seconds seconds thunk)
  (let ((end (+ (now) seconds)))
    (let loop ()
      (when (< (now) end)
        (thunk)
        (loop)))))

(define (call-many count)
  (map (lambda (i)
         (if (zero? (modulo i 200)) (usleep 20000))
         (new-peer))
       (iota count)))

(define (silence server probe)
  (let ((peers '()))
    (live 9 "1,000 silent, 1,000 dripping" probe
          (lambda ()
            (set! peers (call-many 2000))
            (for-seconds 3
              (lambda ()
                (for-each (lambda (peer)
                            (false-if-exception
                             (send (peer-socket peer) #vu8(40))))
                          (list-tail peers 1000))
                (usleep 500000)))))
    (for-each hang-up peers)))

(define (stopped-readers server probe)
  (let ((loud (enrolled-anyhow "loud")) (readers '()))
    (live 14 "100 stopped readers, each sent 400 KB" probe
          (lambda ()
            (set! readers
              (map (lambda (n)
                     (let ((peer (call-peer-reading-slowly
                                  (server-port-of server))))
                       (say peer (format #f "(s~a server hello ())(~:*s~a \
server thanks ())" n))
                       peer))
                   (iota 100)))
            (for-each (lambda (n)
                        (for-each
                         (lambda (again)
                           (say loud (format #f "(loud s~a send-msg ~s)" n
                                             (make-string 60000 #\x)))
                           (heard-so-far loud))
                         (iota 7)))
                      (iota 100))))
    (for-each hang-up (cons loud readers))))

(define (flood server probe how)
  (define calm (live 15 "nobody else" probe (lambda () (usleep 2000000))))
  (let* ((eve (enrolled-anyhow "eve"))
         (flood (bytes (string-concatenate
                        (make-list 2000 "(eve eve send-msg 5)"))))
         (busy (live 15 (string-append "a flood, " how) probe
                     (lambda ()
                       (for-seconds 3
                         (lambda ()
                           (false-if-exception
                            (send (peer-socket eve) flood))
                           (heard-so-far eve)
                           (usleep 1000)))))))
    (hang-up eve)
    (row 15 (format #f "a flood, ~a: throughput lost" how)
         (* 100 (max 0 (- 1 (/ busy calm)))) "%" 10)))

;; The probe is mostly idle.  These have the server busy: 50 pairs, each of
;; which says the next thing as soon as it has heard the last; and a client
;; that never stops sending, or not.
(define (pairs-beside server . options)
  "Return what bench/load measures with OPTIONS, a string of JSON."
  (usleep 300000)                       ; until those before are forgotten
  (let* ((pipe (apply open-pipe* OPEN_READ "bench/load" "--port"
                      (number->string (server-port-of server)) "--protocol"
                      "im" "--pairs" "50" "--messages" "40000" "--json"
                      options))
         (text (get-string-all pipe)))
    (close-pipe pipe)
    text))

(define (figure-of name text)
  "Return the number called NAME in TEXT, JSON."
  (let* ((key (string-append "\"" name "\": "))
         (start (+ (string-contains text key) (string-length key))))
    (string->number
     (substring text start (string-index text (char-set #\, #\}) start)))))

(define (middle figures)
  (list-ref (sort figures <) (quotient (length figures) 2)))

(define (busy-flood)
  (define server (start-server #:headless? #t #:quiet? #t))
  (define rounds
    (map (lambda (round)
           (let* ((calm (pairs-beside server))
                  (busy (pairs-beside server "--flood")))
             (list (- 1 (/ (figure-of "per_wall_s" busy)
                           (figure-of "per_wall_s" calm)))
                   (figure-of "p99_us" busy))))
         (iota 7)))
  (kill! server)
  (reap! server)
  (row 15 "a flood beside 50 busy pairs: live"
       (/ (middle (map second rounds)) 1000) "ms" 50)
  (row 15 "a flood beside 50 busy pairs: lost"
       (* 100 (max 0 (middle (map first rounds)))) "%" 10))

(define (limited-flood)
  (let* ((server (start-server #:headless? #t #:quiet? #t
                               #:before '((im-limit 'rate-requests 200))))
         (probe (start-probe server)))
    (wait-for probe (lambda () (printed? probe "\n")))
    (flood server probe "200/s allowed")
    (for-each (lambda (process) (kill! process) (reap! process))
              (list probe server))))

(define (await-first-bytes peer)
  "Return when PEER has heard anything: the lists behind it are long."
  (let ((room (make-bytevector 16)))
    (unless (false-if-exception (recv! (peer-socket peer) room))
      (usleep 1000)
      (await-first-bytes peer))))

(define (arrivals)
  (let* ((begun (now))
         (peers (map (lambda (n)
                       (let ((peer (new-peer)))
                         (say peer (format #f "(a~a server hello ())(~:*a~a \
server thanks ())" n))
                         peer))
                     (iota 1000))))
    (for-each await-first-bytes peers)
    (row 17 "1,000 arrivals: all are welcomed" (- (now) begun) "s" 1)
    (for-each hang-up peers)
    (usleep 1000000)))

(define (idle server)
  (let* ((peers (call-many 5000)) (before (processor-ticks server)))
    (usleep 3000000)
    (row 16 "5,000 idle connections: processor time in 3 s"
         (* 10.0 (- (processor-ticks server) before)) "ms" 20)
    (for-each reset peers)))

(define (restart)
  (let* ((server (start-server #:headless? #t)) (port (server-port-of server)))
    (enrolled-anyhow "ann")
    (kill! server)
    (reap! server)
    (let ((begun (now)))
      (let ((next (start-server #:headless? #t #:port port)))
        (row 25 "killed, started again on its port" (- (now) begun) "s" 5)
        (kill! next)
        (reap! next)))))

(define (interrupted-handler)
  (let* ((listener (listen-here))
         (client (start-client "ann" (port-of listener)))
         (server (soon (lambda () (take-call listener)))))
    (hear server "(ann server hello ())")
    (say server "(server ann welcome ())")
    (type! client "(set! received-msg (lambda x (let l () (l))))(list 'set 'up)")
    (wait-for client (lambda () (printed? client "(set up)")))
    (say server "(bob ann receive-msg 1)")
    (usleep 300000)
    (let ((begun (now)))
      (interrupt! client)
      (wait-for client (lambda () (printed? client "User interrupt")))
      (row 20 "Ctrl-C in a handler that loops: the prompt"
           (* 1000 (- (now) begun)) "ms" 100))
    (kill! client)
    (reap! client)))

(define (run)
  (format #t "row fault~42tfigure        bound~%")
  (let* ((server (start-server #:headless? #t #:quiet? #t
                               #:before '((im-limit 'handshake-seconds 60))))
         (probe (start-probe server)))
    (call-with-values (lambda () (getrlimit 'nofile))
      (lambda (soft hard) (setrlimit 'nofile hard hard)))
    (wait-for probe (lambda () (printed? probe "\n")))
    (flood server probe "no rate limit")
    (stopped-readers server probe)
    (kill! probe)
    (reap! probe)
    (arrivals)
    (kill! server)
    (reap! server))
  (limited-flood)
  (busy-flood)
  (interrupted-handler)
  (restart)
  (let* ((server (start-server #:headless? #t #:quiet? #t
                               #:before '((im-limit 'handshake-seconds 60))))
         (probe (start-probe server)))
    (wait-for probe (lambda () (printed? probe "\n")))
    (silence server probe)
    (kill! probe)
    (reap! probe)
    (idle server)
    (kill! server)
    (reap! server))
  (exit (if all-ok? 0 1)))

(if (equal? (cdr (command-line)) '())
    (run)
    (probe-forever (string->number (list-ref (command-line) 2))))

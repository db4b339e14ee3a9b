;;; test-fault-crowd.scm --- a server outlives a crowd, whatever it does
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; The server is a process of its own without a prompt; its clients are
;;; plain sockets of this one, hundreds here and thousands with LONG=1.

(use-modules (program-test) (session-process) (server-process) (im reactor)
             (ice-9 format) (srfi srfi-1) (srfi srfi-64))

(define-syntax-rule (with-server (server option ...) body ...)
  "Evaluate BODY while SERVER, started with the OPTIONs, runs."
  (let ((server (start-server #:headless? #t option ...)))
    body ...
    (kill! server)
    (reap! server)))

(define (call-many count)
  "Return COUNT peers, each accepted by the server: the backlog never fills."
  (append-map (lambda (n)
                (let ((peers (map (lambda (i) (new-peer))
                                  (iota (min 500 (- count n))))))
                  (hang-up (greeted "usher"))
                  peers))
              (iota (ceiling-quotient count 500) 0 500)))

(define (chat? from from-name to to-name)
  "True iff a message from one peer comes to the other."
  (let ((message (format #f "(~a ~a receive-msg hi)" from-name to-name)))
    (say from (format #f "(~a ~a send-msg hi)" from-name to-name))
    (equal? message (hear to message))))

(define (ann-and-bob)
  "Return two who are enrolled."
  (let* ((ann (enrolled "ann")) (bob (enrolled "bob" "ann")))
    (hear-list ann "ann" '("bob" "ann"))
    (list ann bob)))

(define (chats? two)
  (chat? (first two) "ann" (second two) "bob"))

;;; --- Who says nothing, or next to nothing ---------------------------------

(define (test-silence)
  (define count (scaled 200 1000))
  (with-server (server #:before '((im-limit 'handshake-seconds 1.5)))
    (let* ((two (ann-and-bob))
           (before (descriptors-of server))
           (silent (call-many count)) (dripping (call-many count))
           (rest (string->list (make-string 5000 #\x))))
      (test-assert "among many that say nothing, people talk" (chats? two))
      (test-assert (format #f "~a silent ones are hung up on" count)
        (every deaf-until-end silent))
      (test-assert (format #f "and ~a that send a byte now and then" count)
        (every (lambda (peer)
                 (soon (lambda ()
                         (send-byte peer)
                         (eq? 'end (hear peer 'end 0)))))
               dripping))
      (for-each hang-up (append silent dripping))
      (test-assert "their descriptors are free"
        (soon (lambda () (<= (descriptors-of server) before))))
      (test-assert "and people still talk" (chats? two)))))

(define (send-byte peer)
  (false-if-exception (send (peer-socket peer) #vu8(40))))

;;; --- Who doesn't read ------------------------------------------------------

(define (test-stopped-readers)
  (define count (scaled 10 100))
  (define message (format #f "send-msg ~s)" (make-string 60000 #\x)))
  (define (name-of n) (format #f "stopped-~a" n))
  (with-server (server)
    (let ((two (ann-and-bob)) (memory #f) (most 0))
      (for-each
       (lambda (n)
         (let ((peer (call-peer-reading-slowly (server-port-of server))))
           (say peer (format #f "(~a server hello ())(~:*~a server thanks ())"
                             (name-of n)))
           (hear peer (format #f "(server ~a welcome ())" (name-of n)))))
       (iota count))
      (settle)
      (set! memory (resident-kilobytes server))
      (let ((dropped
             (count-if
              (lambda (n)
                (soon (lambda ()
                        (say (first two) (format #f "(ann ~a ~a" (name-of n)
                                                 message))
                        (set! most (max most (resident-kilobytes server)))
                        (string-contains (heard-so-far (first two))
                                         "User not found"))
                      20))
              (iota count))))
        (test-eqv "each who doesn't read is dropped" count dropped))
      (test-assert (format #f "what is queued is bounded: ~a KiB"
                           (- most memory))
        (< (- most memory) (+ 30000 (* count 320))))
      (settle)
      (for-each heard-so-far two)
      (test-assert "and people talk" (chats? two)))))

(define (count-if holds? list)
  (length (filter holds? list)))

;;; --- Many at once ----------------------------------------------------------

(define (test-arrivals)
  (define count (scaled 200 1000))
  (define (name-of n) (format #f "s~a" n))
  (with-server (server)
    (let* ((first-one (enrolled "first"))
           (peers (map (lambda (n) (new-peer)) (iota count))))
      (for-each (lambda (peer n)
                  (say peer (format #f "(~a server hello ())(~:*~a server \
thanks ())" (name-of n))))
                peers (iota count))
      (test-assert (format #f "of ~a who come at once each is welcomed" count)
        (every (lambda (peer n)
                 (let ((welcome (format #f "(server ~a welcome ())"
                                        (name-of n))))
                   (equal? welcome (hear peer welcome))))
               peers (iota count)))
      (let ((lists (lists-until first-one (1+ count))))
        (test-assert "the last list has all of them" lists)
        (test-assert (format #f "and there were no more than arrivals: ~a" lists)
          (and lists (<= lists count))))
      (for-each hang-up peers))))

(define (lists-until peer size)
  "Return how many lists came to PEER until one had SIZE names, or #f."
  (let ((text ""))
    (soon (lambda ()
            (set! text (string-append text (heard-so-far peer)))
            (let ((last (string-rindex text #\()))
              (and last
                   (string-suffix? "))" text)
                   (= size (length (string-split (substring text last)
                                                 #\space)))
                   (occurrences "client-list" text))))
          20)))

(define (occurrences part text)
  (let loop ((start 0) (count 0))
    (let ((at (string-contains text part start)))
      (if at (loop (1+ at) (1+ count)) count))))

;;; --- Ends ------------------------------------------------------------------

(define (test-killed)
  (let* ((server (start-server #:headless? #t))
         (port (server-port-of server))
         (two (ann-and-bob))
         (client (start-client "carl" port)))
    (wait-for client (lambda () (printed? client "Here: ann, bob.")))
    (say (first two) (string-concatenate
                      (make-list 5000 "(ann bob send-msg hi)")))
    (kill! server)
    (reap! server)
    (test-assert "who was killed under load: the clients see the end"
      (every deaf-until-end two))
    (test-assert "and are told, and how to come back"
      (wait-for client
                (lambda ()
                  (printed? client
                            (format #f "The connection to the server is lost.  \
To come back: (im-enroll \"127.0.0.1\" ~a)" port)))))
    (let ((next (start-server #:headless? #t #:port port)))
      (test-eqv "its port can be bound at once" port (server-port-of next))
      (type! client (format #f "(im-enroll \"127.0.0.1\" ~a)" port))
      (test-assert "and the client comes back"
        (wait-for client
                  (lambda () (printed? client "Nobody else is here yet."))))
      (kill! next)
      (reap! next))
    (kill! client)
    (reap! client)))

(define farewell
  "(server ann receive-msg \"Server shutting down...\")(server ann goodbye ())")

(define (test-terminated)
  (let* ((server (start-server #:headless? #t))
         (port (server-port-of server))
         (ann (enrolled "ann"))
         (deaf (call-peer-reading-slowly port)))
    (say deaf "(deaf server hello ())(deaf server thanks ())")
    (hear-list ann "ann" '("deaf" "ann"))
    (say ann (format #f "(ann deaf send-msg ~s)" (make-string 60000 #\x)))
    (say ann (format #f "(ann deaf send-msg ~s)" (make-string 60000 #\x)))
    (knows-nothing-new? ann "ann")
    (terminate! server)
    (test-equal "SIGTERM: who reads hears farewell, though another doesn't"
      farewell (hear ann farewell))
    (test-eq "and is hung up on" 'end (hear ann 'end))
    (test-eqv "who doesn't read can't keep the server" 0 (reap! server))
    (let ((next (start-server #:headless? #t #:port port)))
      (test-eqv "whose port is free at once" port (server-port-of next))
      (kill! next)
      (reap! next))))

;; The second of two equal signals may come before the first has been taken,
;; and is none then.
(define (terminate-again! server)
  "Send SIGTERM until SERVER ends; return its exit status."
  (soon (lambda () (terminate! server) (ended? server)))
  (reap! server))

(define (test-terminated-at-once-again)
  (let ((server (start-server
                 #:headless? #t
                 #:before '((use-modules (im repl))
                            (before-exit! (string->symbol "slow")
                              (lambda ()
                                (display "leaving\n")
                                (usleep 200000)
                                (display "left\n")))))))
    (terminate! server)
    (wait-for server (lambda () (printed? server "leaving")))
    (terminate! server)
    (wait-for server (lambda () (printed? server "left")))
    (test-eqv "a SIGTERM right after another one is the same" 0
              (reap! server))))

(define (test-terminated-twice)
  (let ((server (start-server
                 #:headless? #t
                 #:before '((use-modules (im reactor))
                            (after 0 (lambda ()
                                       (display "busy\n")
                                       (let loop () (loop))))))))
    (wait-for server (lambda () (printed? server "busy")))
    (terminate! server)
    (test-eqv "SIGTERM doesn't wait for a handler that doesn't end" 0
              (begin
                (soon (lambda () (ended? server)))
                (reap! server))))
  (let ((server (start-server
                 #:headless? #t
                 #:before '((use-modules (im repl))
                            (before-exit! (string->symbol "slow")
                              (lambda ()
                                (display "leaving\n")
                                (let loop () (loop))))))))
    (terminate! server)
    (wait-for server (lambda () (printed? server "leaving")))
    (test-eqv "nor for what is done at the end" (+ 128 SIGTERM)
              (terminate-again! server))))

;;; --- Idle ------------------------------------------------------------------

(define (sleeps-for-a-second? process)
  (let ((before (sleeps-of process)))
    (usleep 1000000)
    (<= (- (sleeps-of process) before) 1)))

(define (test-idle)
  (call-with-values (lambda () (getrlimit 'nofile))
    (lambda (soft hard)
      (setrlimit 'nofile hard hard)
      (let ((count (min (scaled 1500 10000) (- hard 100))))
        (with-server (server #:before '((im-limit 'handshake-seconds 3600)))
          (let ((idle (call-many count)))
            (test-assert (format #f "~a connections are held" count)
              (soon (lambda () (>= (descriptors-of server) count))))
            (let ((two (ann-and-bob)))
              (test-assert "people beyond descriptor 1024 talk" (chats? two))
              (test-assert "idle connections wake nobody"
                (any (lambda (try) (sleeps-for-a-second? server)) (iota 10)))
              (for-each reset idle)
              (test-assert "all of them break off: their descriptors are free"
                (soon (lambda () (< (descriptors-of server) 100)) 20))
              (test-assert "and people talk" (chats? two)))))))))

(define (test-all)
  (test-silence)
  (test-stopped-readers)
  (test-arrivals)
  (test-killed)
  (test-terminated)
  (test-terminated-twice)
  (test-terminated-at-once-again)
  (test-idle))

(run-tests "fault-crowd" test-all)

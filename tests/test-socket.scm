;;; test-socket.scm --- sockets do what STk programs expect of them
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(use-modules (im-test) (im socket) (im reactor) (im request)
             ((ice-9 suspendable-ports) #:select (current-write-waiter))
             (ice-9 format) (ice-9 match) (ice-9 rdelim) (ice-9 textual-ports)
             (rnrs bytevectors) (srfi srfi-1) (srfi srfi-64))

(define (here) (make-server-socket 0 #:address "127.0.0.1"))

(define (accepted listener)
  "Return (SOCKET . PEER): a copy of LISTENER that has accepted PEER."
  (let ((peer (call (socket-port-number listener))))
    (cons (socket-accept-connection (socket-dup listener) #:timeout 5) peer)))

;;; --- Clients -------------------------------------------------------------

(define (test-client)
  (define (states name host family address)
    (let* ((listener (listen-here family))
           (port (port-of listener))
           (socket (make-client-socket host port))
           (peer (take-call listener)))
      (test-equal (string-append name ": what a connected socket says")
        (list #t #t #t host address address port #f)
        (list (socket? socket) (input-port? (socket-input socket))
              (output-port? (socket-output socket)) (socket-host-name socket)
              (socket-host-address socket) (socket-local-address socket)
              (socket-port-number socket) (socket-down? socket)))
      (test-equal (string-append name ": prints its peer")
        (format #f "#<socket connected to ~a:~a>" address port)
        (object->string socket))
      (test-equal (string-append name ": its port prints its peer")
        (format #f "#<socket port, peer ~a:~a>" address port)
        (object->string (socket-input socket)))
      (display "héllo" (socket-output socket))
      (flush (socket-output socket))
      (test-equal (string-append name ": bytes go out") "héllo"
                  (hear peer "héllo"))
      (say peer "größe\n")
      (test-equal (string-append name ": and come in") "größe"
                  (read-line (socket-input socket)))
      (socket-shutdown socket)
      (test-assert (string-append name ": the peer sees the end")
        (ended? peer))
      (test-equal (string-append name ": and after shutdown")
        '(#t #f #f "#<socket closed>")
        (list (socket-down? socket) (socket-input socket)
              (socket-output socket) (object->string socket)))))
  (states "IPv4" "127.0.0.1" AF_INET "127.0.0.1")
  (states "by name" "localhost" AF_INET "127.0.0.1")
  (when (have-ipv6?)
    (states "IPv6" "::1" AF_INET6 "::1"))
  (test-equal "other things are no sockets" '(#f #f #f)
              (map socket? (list 3 (current-input-port) "127.0.0.1"))))

(define (free-port)
  (let* ((listener (listen-here)) (port (port-of listener)))
    (close-port listener)
    port))

(define-syntax-rule (refused text expression)
  (test-assert (format #f "~s: ~a" 'expression text)
    (says? (failure expression) text)))

(define (test-errors)
  (let ((s (here)) (port (free-port)))
    (refused "make-client-socket" (make-client-socket "127.0.0.1" port))
    (refused "Connection refused" (make-client-socket "127.0.0.1" port))
    (refused "Connection refused" (make-client-socket "localhost" port))
    (refused "bad hostname: x" (make-client-socket 'x 13))
    (refused "make-client-socket" (make-client-socket 'x 13))
    (refused "unknown or misspelled host name: \"no such host\""
             (make-client-socket "no such host" 13))
    (refused "unknown or misspelled host name: \"\""
             (make-client-socket "" 13))
    (refused "bad port number: \"13\"" (make-client-socket "127.0.0.1" "13"))
    (refused "bad port number: 65536" (make-client-socket "127.0.0.1" 65536))
    (refused "bad port number: -1" (make-server-socket -1))
    (refused "bad address" (make-server-socket 0 #:address "localhost"))
    (refused "Address already in use"
             (make-server-socket (socket-port-number s)))
    (refused "make-server-socket" (make-server-socket (socket-port-number s)))
    (refused "bad socket: 3" (when-socket-ready 3))
    (refused "bad socket: x" (when-socket-ready 'x (const #t)))
    (refused "bad socket" (socket-dup 3))
    (refused "bad socket" (socket-input 3))
    (refused "bad socket" (socket-shutdown "s"))
    (refused "bad socket" (socket-accept-connection #f))
    (refused "bad closure: 3" (when-socket-ready s 3))
    (refused "bad closure" (when-socket-ready s (lambda (x) x)))
    (refused "bad port: x" (when-port-readable 'x (const #t)))
    (refused "bad port: #f" (when-port-readable #f))
    (refused "bad port: x" (when-port-writable 'x (const #t)))
    (refused "bad port" (when-port-readable (open-input-string "x")))
    (refused "bad port" (when-port-readable (open-input-string "x") (const 1)))
    (refused "bad port" (when-port-writable (open-output-string) (const 1)))
    (refused "bad port" (when-port-writable (open-input-file "/dev/null")
                                            (const 1)))
    (refused "bad port" (when-port-writable (open-output-file "/dev/null")
                                            (const 1)))
    (refused "bad port" (when-port-readable (open-input-file "/etc/passwd")
                                            (const 1)))
    (refused "bad boolean: 0" (socket-shutdown s 0))
    (test-equal "a bad boolean changes nothing" #f (socket-down? s))
    (socket-shutdown s)
    (refused "bad socket" (when-socket-ready s (const #t)))
    (refused "doesn't listen" (socket-accept-connection s))))

;;; --- Servers -------------------------------------------------------------

(define (test-server)
  (let* ((s (make-server-socket)) (port (socket-port-number s)))
    (test-equal "a listening socket is not connected"
      (list "0.0.0.0" #f #f #f #f #f #t)
      (list (socket-local-address s) (socket-input s) (socket-output s)
            (socket-host-name s) (socket-host-address s) (socket-down? s)
            (< 0 port 65536)))
    (test-equal "and prints where it listens"
      (format #f "#<socket listening on 0.0.0.0:~a>" port) (object->string s))
    (let ((peer (call port)))
      (test-eq "accepting changes the socket itself" s
               (socket-accept-connection s))
      (test-equal "which is then the client's"
        (list "127.0.0.1" "127.0.0.1" port #t)
        (list (socket-host-name s) (socket-host-address s)
              (socket-port-number s) (input-port? (socket-input s))))
      (socket-shutdown s #f)
      (test-assert "shutdown with #f hangs up" (ended? peer))
      (test-equal "but goes on listening" '(#f #f #f "0.0.0.0")
                  (list (socket-down? s) (socket-input s) (socket-output s)
                        (socket-local-address s))))
    (when (have-ipv6?)
      (let ((peer (call port AF_INET6)))
        (socket-accept-connection s)
        (test-equal "an IPv6 client is accepted too" "::1"
                    (socket-host-address s))
        (socket-shutdown s #f)))
    (socket-shutdown s)
    (test-equal "shut down, the port is free at once" port
                (let* ((again (make-server-socket port))
                       (number (socket-port-number again)))
                  (socket-shutdown again)
                  (socket-shutdown again)
                  number))))

(define (test-shutdown-of-a-client)
  (match (connected-pair)
    ((socket . peer)
     (let ((port (socket-input socket)))
       (when-port-readable port (const #t))
       (display "bye" port)
       (socket-shutdown socket #f)
       (test-equal "a client shut down with #f isn't down, but disconnected"
         '(#f #f #f #t)
         (list (socket-down? socket) (socket-input socket)
               (socket-output socket) (port-closed? port)))
       (test-equal "what was printed is sent" "bye" (hear peer "bye"))
       (test-assert "before the end" (ended? peer))
       (socket-shutdown socket #f)
       (socket-shutdown socket)
       (socket-shutdown socket)
       (socket-shutdown socket #f)
       (test-assert "down it is when that is said, and stays so"
         (socket-down? socket))))))

(define (test-dup)
  (let* ((owner (here)) (copy (socket-dup owner)) (calls 0))
    (define (count-call)
      (socket-accept-connection (socket-dup owner))
      (set! calls (1+ calls)))
    (let ((peer (call (socket-port-number owner))))
      (socket-accept-connection copy)
      (test-equal "accepting on a copy leaves the owner alone"
        '(#f #f #t) (list (socket-input owner) (socket-host-name owner)
                          (port? (socket-input copy)))))
    (when-socket-ready owner count-call)
    (test-eq "a copy has the owner's handler" count-call
             (when-socket-ready copy))
    (socket-shutdown copy)
    (test-equal "shutting a copy down leaves owner and handler alone"
      (list #t #f count-call)
      (list (socket-down? copy) (socket-down? owner)
            (when-socket-ready owner)))
    (let ((peer (call (socket-port-number owner))))
      (test-assert "which go on accepting" (soon (lambda () (= calls 1)))))
    (socket-shutdown owner #f)
    (test-eq "shutdown with #f leaves the handler" count-call
             (when-socket-ready owner))
    (let ((other (socket-dup owner)))
      (socket-shutdown owner)
      (test-equal "shutting the owner down removes the handler" '(#f #f)
                  (map when-socket-ready (list owner other)))
      (test-assert "and frees the port"
        (says? (failure (make-client-socket
                         "127.0.0.1" (socket-port-number owner)))
               "Connection refused"))
      (refused "doesn't listen" (socket-accept-connection other))
      (refused "bad socket" (when-socket-ready other count-call))
      (test-assert "a copy without its owner can be printed"
        (string-prefix? "#<socket " (object->string other)))
      (test-eq "and has no address" #f (socket-local-address other))
      (socket-shutdown other)
      (test-assert "and be shut down" (socket-down? other)))))

;;; --- Ports ---------------------------------------------------------------

(define (test-ports)
  (match (connected-pair)
    ((socket . peer)
     (let ((port (socket-input socket)))
       (test-equal "an open port, with nothing to read" '(#f #f)
                   (list (port-closed? port) (char-ready? port)))
       (say peer "a")
       (test-assert "char-ready? when a character is there"
         (soon (lambda () (char-ready? port))))
       (test-eqv "which is read" #\a (read-char port))
       (hang-up peer)
       (test-assert "char-ready? at the end"
         (soon (lambda () (char-ready? port))))
       (test-assert "where the end is read, more than once"
         (and (eof-object? (read-char port)) (eof-object? (read-line port))))
       (close-port port)
       (test-assert "a closed port" (port-closed? port))
       (test-assert "reading from it is an error"
         (pair? (failure (read-char port))))
       (test-assert "and char-ready? on it"
         (pair? (failure (char-ready? port))))
       (test-assert "and printing to it" (pair? (failure (display 1 port))))
       (test-assert "its socket can be printed"
         (string-prefix? "#<socket " (object->string socket)))
       (test-equal "and has no addresses" '(#f #f)
                   (list (socket-local-address socket)
                         (socket-peer-address socket)))
       (socket-shutdown socket)
       (test-assert "and be shut down" (socket-down? socket))))))

(define (test-broken)
  (match (connected-pair)
    ((socket . peer)
     (display "x" (socket-output socket))
     (flush (socket-output socket))
     (reset peer)
     (steps)
     (test-assert "printing to who is gone raises; the process lives"
       (pair? (failure
               (soon (lambda ()
                       (display "hello" (socket-output socket))
                       (flush (socket-output socket))
                       #f)))))
     (test-equal "send-request says why not" '(#f #t)
       (let ((why #f))
         (list (send-request '(a b c d) (socket-output socket)
                             (lambda (text) (set! why text)))
               (string-prefix? "Not sent: the connection is broken" why))))
     (socket-shutdown socket))))

;;; --- Time ----------------------------------------------------------------

(define-syntax-rule (times-out name expression)
  (let ((begun (now)))
    (test-eq name 'timeout
             (match (failure expression) ((key _) key) (other other)))
    (test-assert (string-append name ", not before") (< 0.09 (- (now) begun)))))

(define (calls-until-full port)
  "Call PORT until the backlog there is full and connecting hangs."
  (let loop ((callers '()))
    (if (< (length callers) 16)
        (let ((sock (socket PF_INET SOCK_STREAM 0)))
          (fcntl sock F_SETFL (logior O_NONBLOCK (fcntl sock F_GETFL)))
          (parameterize ((current-write-waiter (lambda (port) (throw 'full))))
            (catch 'full
              (lambda () (connect sock AF_INET INADDR_LOOPBACK port))
              (const #f)))
          (loop (cons sock callers)))
        callers)))

(define (test-timeouts)
  (let ((s (here)) (full (listen-here AF_INET 0)))
    (times-out "socket-accept-connection times out"
               (socket-accept-connection s #:timeout 0.1))
    (match (accepted s)
      ((socket . peer)
       (times-out "get-request times out"
                  (get-request (socket-input socket) #:timeout 0.1))
       (say peer "(a b ")
       (times-out "also in the middle of a request"
                  (get-request (socket-input socket) #:timeout 0.1))
       (say peer "c d)")
       (test-equal "which isn't lost" '(a b c d)
                   (get-request (socket-input socket) #:timeout 5))))
    (let ((callers (calls-until-full (port-of full))))
      (times-out "make-client-socket times out"
                 (make-client-socket "127.0.0.1" (port-of full) #:timeout 0.1))
      (for-each close-port callers))
    (times-out "wait-until times out" (wait-until (const #f) #:timeout 0.1))
    (socket-shutdown s)))

;;; --- Descriptors ---------------------------------------------------------

(define (test-descriptors)
  (let* ((before (open-descriptors))
         (s (here))
         (pair (accepted s))
         (other (connected-pair))
         (ours (lset-difference = (open-descriptors) before
                                (map fileno (list (cdr pair) (cdr other))))))
    (test-eqv "a listener and two connections are three descriptors" 3
              (length ours))
    (test-equal "all close-on-exec" (list FD_CLOEXEC FD_CLOEXEC FD_CLOEXEC)
                (map (lambda (fd) (fcntl fd F_GETFD)) ours))
    (test-equal "connections have TCP_NODELAY" '(0 1 1)
                (sort (map (lambda (fd)
                             (let* ((port (fdopen (dup->fdes fd) "r+0"))
                                    (on (getsockopt port IPPROTO_TCP
                                                    TCP_NODELAY)))
                               (close-port port)
                               (if (zero? on) 0 1)))
                           ours)
                      <))
    (for-each socket-shutdown (list s (car pair) (car other)))
    (for-each hang-up (list (cdr pair) (cdr other)))
    (test-assert "and all closed" (soon (lambda ()
                                          (equal? before (open-descriptors)))))
    (do ((i 0 (1+ i))) ((= i 1000))
      (let* ((s (here)) (peer (call (socket-port-number s)))
             (client (socket-dup s)))
        (when-socket-ready s (const #f))
        (socket-accept-connection client)
        (hang-up peer)
        (when (even? i) (socket-shutdown client))
        (socket-shutdown s)
        (socket-shutdown client)))
    (test-assert "1,000 starts and closes leave none"
      (soon (lambda () (equal? before (open-descriptors)))))))

(run-tests "socket"
           `("descriptors" ,test-descriptors) `("client" ,test-client)
           `("errors" ,test-errors)
           `("server" ,test-server) `("dup" ,test-dup)
           `("shutdown of a client" ,test-shutdown-of-a-client)
           `("ports" ,test-ports)
           `("broken" ,test-broken) `("timeouts" ,test-timeouts))

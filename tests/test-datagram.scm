;;; test-datagram.scm --- datagrams go to anybody and come from anybody
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; A peer is one of Guile's own sockets.  Nothing leaves the loopback
;;; interface (tests/test-datagram-interface.sh proves it).

(use-modules (im-test) (im datagram) (im socket) (im reactor)
             (ice-9 format) (ice-9 match) (rnrs bytevectors) (srfi srfi-1)
             (srfi srfi-64))

(define group-address "239.255.60.15")
(define other-group "239.255.60.16")

(define* (here #:optional (port 0) #:rest options)
  (apply make-datagram-socket port #:address "127.0.0.1" options))

(define (group-socket . options)
  "Return a socket that hears no unicast, on the loopback."
  (apply make-datagram-socket 0 #:interface "127.0.0.1" options))

(define* (peer #:optional (family AF_INET))
  (let ((sock (socket family SOCK_DGRAM 0)))
    (bind sock family
          (if (= family AF_INET) INADDR_LOOPBACK (inet-pton AF_INET6 "::1"))
          0)
    sock))

(define* (tell peer content port #:optional (family AF_INET))
  "Let PEER send CONTENT, a string or bytes, to PORT here."
  (sendto peer (if (string? content) (string->utf8 content) content)
          family
          (if (= family AF_INET) INADDR_LOOPBACK (inet-pton AF_INET6 "::1"))
          port))

(define (told peer)
  "Return (TEXT . PORT): what PEER received, and whence."
  (let* ((room (make-bytevector 70000))
         (from (recvfrom! peer room)))
    (let ((bytes (make-bytevector (car from))))
      (bytevector-copy! room 0 bytes 0 (car from))
      (cons (utf8->string bytes) (sockaddr:port (cdr from))))))

(define (receive socket)
  (receive-datagram socket #:timeout 30))

(define (receive-text socket)
  (datagram-text (receive socket)))

(define-syntax-rule (refused text expression)
  (test-assert (format #f "~s: ~a" 'expression text)
    (says? (failure expression) text)))

;;; --- Content -------------------------------------------------------------

(define contents
  (list "" "hello" "héllo\nwörld" (make-string 65507 #\x)
        #vu8() #vu8(0 255 128) (make-bytevector 65507 7)))

(define (bytes content)
  (if (string? content) (string->utf8 content) content))

(define (test-contents)
  (let ((one (here)) (other (here)))
    (for-each
     (lambda (content)
       (send-datagram one content "127.0.0.1" (datagram-socket-port other))
       (let ((got (receive other)))
         (test-assert (format #f "~a bytes arrive, and say whence"
                              (bytevector-length (bytes content)))
           (equal? (list (bytes content) "127.0.0.1"
                         (datagram-socket-port one) #f)
                   (list (datagram-bytes got) (datagram-address got)
                         (datagram-port got) (datagram-truncated? got))))))
     contents)
    (for-each close-datagram-socket (list one other))))

(define (test-peers)
  (define (both-ways family address)
    (let ((socket (make-datagram-socket 0 #:address address))
          (peer (peer family)))
      (tell peer "grüße" (datagram-socket-port socket) family)
      (let ((got (receive socket)))
        (test-equal (string-append address ": a peer's datagram")
          (list "grüße" address (sockaddr:port (getsockname peer)))
          (list (datagram-text got) (datagram-address got)
                (datagram-port got)))
        (send-datagram socket "ebenso" (datagram-address got)
                       (datagram-port got))
        (test-equal (string-append address ": is answered")
          (cons "ebenso" (datagram-socket-port socket)) (told peer)))
      (send-datagram socket "by name" "localhost"
                     (sockaddr:port (getsockname peer)))
      (test-equal (string-append address ": by name, too") "by name"
                  (car (told peer)))
      (close-port peer)
      (close-datagram-socket socket)))
  (both-ways AF_INET "127.0.0.1")
  (when (and (have-ipv6?) (member "::1" (host-addresses "localhost")))
    (both-ways AF_INET6 "::1")))

(define (test-truncation)
  (let ((socket (here)) (peer (peer)))
    (define (received-of-hello size)
      (tell peer "hello" (datagram-socket-port socket))
      (let ((got (receive-datagram socket #:size size #:timeout 30)))
        (list (datagram-text got) (datagram-truncated? got))))
    (test-equal "what is longer than asked for is cut, and said to be"
      '(("hello" #f) ("hello" #f) ("hell" #t) ("" #t))
      (map received-of-hello '(65507 5 4 0)))
    (tell peer #vu8(104 255 105) (datagram-socket-port socket))
    (test-equal "what is no UTF-8 becomes question marks" "h?i"
                (string-map (lambda (char) (if (char=? char #\xfffd) #\? char))
                            (receive-text socket)))
    (close-datagram-socket socket))
  (when (have-ipv6?)
    (let ((socket (make-datagram-socket 0 #:address "::1")))
      (tell (peer AF_INET6) (make-bytevector 65527 1)
            (datagram-socket-port socket) AF_INET6)
      (let ((got (receive socket)))
        (test-equal "also what is longer than we send" '(65507 #t)
                    (list (bytevector-length (datagram-bytes got))
                          (datagram-truncated? got))))
      (close-datagram-socket socket))))

(define (test-printing)
  (let* ((socket (here)) (port (datagram-socket-port socket)))
    (test-equal "a socket prints where it receives"
      (format #f "#<datagram-socket 127.0.0.1:~a>" port)
      (object->string socket))
    (send-datagram socket "héllo" "127.0.0.1" port)
    (let ((got (receive socket)))
      (test-equal "a datagram prints its size and sender"
        (format #f "#<datagram of 6 bytes from 127.0.0.1:~a>" port)
        (object->string got))
      (test-equal "what is what"
        '(#t #f #f #t #f)
        (list (datagram? got) (datagram? socket) (datagram-socket? got)
              (datagram-socket? socket) (socket? socket))))
    (send-datagram socket "héllo" "127.0.0.1" port)
    (test-assert "and that it was cut"
      (string-contains (object->string (receive-datagram socket #:size 2))
                       "2 bytes, truncated, from"))
    (test-equal "open" '(#f "127.0.0.1")
                (list (datagram-socket-closed? socket)
                      (datagram-socket-address socket)))
    (close-datagram-socket socket)
    (close-datagram-socket socket)
    (test-equal "closed" '(#t "#<datagram-socket closed>")
                (list (datagram-socket-closed? socket)
                      (object->string socket)))))

;;; --- Errors --------------------------------------------------------------

(define (test-errors)
  (let* ((s (here)) (port (datagram-socket-port s)) (closed (here)))
    (close-datagram-socket closed)
    (refused "bad port number: \"7\"" (make-datagram-socket "7"))
    (refused "bad address: \"localhost\""
             (make-datagram-socket 0 #:address "localhost"))
    (refused "bad address: 127" (make-datagram-socket 0 #:address 127))
    (refused "bad TTL: 256" (make-datagram-socket 0 #:ttl 256))
    (refused "bad TTL: one" (make-datagram-socket 0 #:ttl 'one))
    (refused "bad interface: \"lol\" (this computer has ("
             (make-datagram-socket 0 #:interface "lol"))
    (refused "bad interface: 1" (make-datagram-socket 0 #:interface 1))
    (refused "Address already in use" (here port))
    (refused "make-datagram-socket" (here port))
    (refused "bad datagram socket: 3" (send-datagram 3 "x" "127.0.0.1" 7))
    (refused "bad content: x" (send-datagram s 'x "127.0.0.1" 7))
    (refused "bad hostname: x" (send-datagram s "x" 'x 7))
    (refused "unknown or misspelled host name: \"no such host\""
             (send-datagram s "x" "no such host" 7))
    (refused "bad port number: 65536" (send-datagram s "x" "127.0.0.1" 65536))
    (refused "bad port number: 0" (send-datagram s "x" "127.0.0.1" 0))
    (refused "too long: 65508 bytes; a datagram has at most 65507"
             (send-datagram s (make-string 65508 #\x) "127.0.0.1" port))
    (refused "has no IPv4 address" (send-datagram s "x" "::1" port))
    (refused "only a socket made with #:broadcast? #t may broadcast"
             (send-datagram s "x" "127.255.255.255" port))
    (refused (format #f "(127.255.255.255 port ~a)" port)
             (send-datagram s "x" "127.255.255.255" port))
    (refused "bad number of seconds" (receive-datagram s #:timeout "1"))
    (refused "bad size: 65508" (receive-datagram s #:size 65508))
    (refused "bad size: -1" (receive-datagram s #:size -1))
    (refused "bad closure: 3" (when-datagram-ready s 3))
    (refused "bad datagram: 3" (datagram-text 3))
    (refused "bad group: \"127.0.0.1\"" (join-multicast-group s "127.0.0.1"))
    (refused "hears no group" (join-multicast-group s group-address))
    (refused "bad group: 239" (leave-multicast-group s 239))
    (refused "different versions" (leave-multicast-group s "ff02::1"))
    (for-each
     (lambda (use)
       (test-assert "a closed socket says so"
         (says? (failure (use closed)) "this socket is closed")))
     (list (lambda (s) (send-datagram s "x" "127.0.0.1" 7)) receive-datagram
           (lambda (s) (when-datagram-ready s (const #f)))
           (lambda (s) (join-multicast-group s group-address))))
    (test-eq "and has no handler" #f (when-datagram-ready closed))
    (test-assert "what was refused was not sent"
      (eq? 'nothing (receive-or s 'nothing)))
    (close-datagram-socket s)))

(define (receive-or socket otherwise)
  (call-with-timeout 0 (lambda () (receive-text socket)) (const otherwise)))

;;; --- Waiting -------------------------------------------------------------

(define (test-waiting)
  (let ((s (here)) (peer (peer)) (got #f))
    (define (key-of-waiting)
      (catch #t
        (lambda () (receive-datagram s #:timeout 0.01))
        (lambda (key . rest) key)))
    (test-eq "receive-datagram times out" 'timeout (key-of-waiting))
    (after 0 (lambda () (set! got (key-of-waiting))))
    (test-eq "also in a handler" 'timeout (soon (lambda () got)))
    (set! got #f)
    (after 0 (lambda () (set! got (receive-datagram s))))
    (steps)
    (test-eq "a handler that waits makes nobody else wait" #f got)
    (tell peer "at last" (datagram-socket-port s))
    (test-equal "and goes on with what came" "at last"
                (datagram-text (soon (lambda () got))))
    (for-each
     (match-lambda
       ((name thunk)
        (let ((s (here)) (why 'waits))
          (after 0 (lambda () (set! why (failure (thunk s)))))
          (steps)
          (test-eq (string-append name " waits") 'waits why)
          (close-datagram-socket s)
          (test-assert (string-append name " hears of the closing")
            (soon (lambda () (says? why "this socket is closed")))))))
     `(("receive-datagram" ,receive-datagram)))
    (close-datagram-socket s)))

(define (test-lost)
  "A server that hears only each third question."
  (let* ((server (here)) (client (here)) (heard 0))
    (define (serve)
      (let ((question (receive-datagram server)))
        (set! heard (1+ heard))
        (when (= heard 3)
          (send-datagram server "noon" (datagram-address question)
                         (datagram-port question)))))
    (define (ask)
      (send-datagram client "what time is it?" "127.0.0.1"
                     (datagram-socket-port server))
      (call-with-timeout 0.1 (lambda () (receive-text client)) ask))
    (when-datagram-ready server serve)
    (test-equal "who asks again is answered" '("noon" 3) (list (ask) heard))
    (for-each close-datagram-socket (list server client))))

(define (test-full-buffer)
  "The loopback is never full, so the primitive is made to say it is."
  (let* ((module (resolve-module '(im primitives)))
         (really-send (module-ref module '%send-datagram))
         (refusals 0) (others 0)
         (s (here)) (sent #f))
    (define (refuse-twice . arguments)
      (set! refusals (1+ refusals))
      (and (> refusals 2) (apply really-send arguments)))
    (define (send-it)
      (send-datagram s "through" "127.0.0.1" (datagram-socket-port s))
      (set! sent #t))
    (define (count-others)
      (unless sent
        (set! others (1+ others))
        (after 0 count-others)))
    (dynamic-wind
      (lambda () (module-set! module '%send-datagram refuse-twice))
      (lambda ()
        (send-it)
        (test-equal "sending waits until there is room" '(3 "through")
                    (list refusals (receive-text s)))
        (set! refusals 0)
        (set! sent #f)
        (after 0 send-it)
        (after 0 count-others)
        (test-assert "in a handler, too" (soon (lambda () sent)))
        (test-assert "and others run meanwhile" (positive? others))
        (test-equal "then it is sent" "through" (receive-text s))
        (module-set! module '%send-datagram (const #f))
        (test-eq "or time is over" 'late
                 (call-with-timeout 0.01 send-it (const 'late))))
      (lambda () (module-set! module '%send-datagram really-send)))
    (close-datagram-socket s)))

;;; --- Handlers ------------------------------------------------------------

(define (test-handlers)
  (let* ((s (here)) (peer (peer)) (port (datagram-socket-port s)) (got '()))
    (define (note) (set! got (cons (receive-text s) got)))
    (define (two) #f)
    (test-eq "there is no handler at first" #f (when-datagram-ready s))
    (when-datagram-ready s note)
    (test-eq "then there is" note (when-datagram-ready s))
    (for-each (lambda (text) (tell peer text port)) '("a" "b" "c"))
    (test-assert "it is called for each datagram, in order"
      (soon (lambda () (equal? got '("c" "b" "a")))))
    (when-datagram-ready s two)
    (test-eq "a second one replaces it" two (when-datagram-ready s))
    (when-datagram-ready s #f)
    (tell peer "d" port)
    (steps)
    (test-equal "#f removes it" '(#f 3) (list (when-datagram-ready s)
                                              (length got)))
    (when-datagram-ready s note)
    (test-assert "what came meanwhile is still there"
      (soon (lambda () (equal? (car got) "d"))))
    (close-datagram-socket s)
    (test-eq "closing ends run-reactor" #t (run-reactor #:timeout 30))))

(define (test-slow-handler)
  (let* ((s (here)) (peer (peer)) (port (datagram-socket-port s))
         (go? #f) (done '()))
    (define (serve)
      (let ((text (receive-text s)))
        (when (string=? text "slow")
          (wait-until (lambda () go?)))
        (set! done (cons text done))))
    (when-datagram-ready s serve)
    (tell peer "slow" port)
    (tell peer "quick" port)
    (test-assert "who waits for something else keeps no datagram waiting"
      (soon (lambda () (equal? done '("quick")))))
    (set! go? #t)
    (test-assert "and ends when it can"
      (soon (lambda () (equal? done '("slow" "quick")))))
    (test-assert "an error in a handler is reported"
      (string-contains
       (printed-errors
        (when-datagram-ready s (lambda () (receive-text s) (error "oops")))
        (tell peer "x" port)
        (steps))
       "oops"))
    (test-assert "and the handler stays" (thunk? (when-datagram-ready s)))
    (close-datagram-socket s)))

;;; --- Many receivers ------------------------------------------------------

(define (test-broadcast)
  (let* ((receiver (make-datagram-socket 0 #:address "127.255.255.255"))
         (sender (here 0 #:broadcast? #t)))
    (send-datagram sender "to all" "127.255.255.255"
                   (datagram-socket-port receiver))
    (let ((got (receive receiver)))
      (test-equal "a broadcast comes from its sender"
        (list "to all" "127.0.0.1" (datagram-socket-port sender))
        (list (datagram-text got) (datagram-address got)
              (datagram-port got))))
    (for-each close-datagram-socket (list receiver sender))))

(define (test-multicast)
  (let* ((one (group-socket #:share? #t))
         (port (datagram-socket-port one))
         (other (make-datagram-socket port #:interface "127.0.0.1"
                                      #:share? #t))
         (sender (here)))
    (define (announce text group)
      (send-datagram sender text group port))
    (join-multicast-group one group-address)
    (join-multicast-group other group-address #:interface "lo")
    (announce "hello" group-address)
    (test-equal "all members hear it" '("hello" "hello")
                (map receive-text (list one other)))
    (refused "Address already in use"
             (join-multicast-group one group-address))
    (join-multicast-group one other-group)
    (announce "only one" other-group)
    (test-equal "a member of another group doesn't" '("only one" nothing)
                (list (receive-text one) (receive-or other 'nothing)))
    (leave-multicast-group one group-address)
    (announce "bye" group-address)
    (test-equal "nor who has left" '("bye" nothing)
                (list (receive-text other) (receive-or one 'nothing)))
    (refused "leave-multicast-group"
             (leave-multicast-group one group-address))
    (for-each close-datagram-socket (list one other sender))
    (let ((at-group (make-datagram-socket 0 #:address group-address
                                          #:interface "lo"))
          (sender (here)))
      (join-multicast-group at-group group-address)
      (send-datagram sender "x" group-address (datagram-socket-port at-group))
      (test-equal "a socket may receive at the group's address alone" "x"
                  (receive-text at-group))
      (for-each close-datagram-socket (list at-group sender)))))

;;; --- Descriptors ---------------------------------------------------------

(define (test-descriptors)
  (let ((before (open-descriptors)))
    (do ((i 0 (1+ i))) ((= i 1000))
      (let ((s (here)))
        (when-datagram-ready s (const #f))
        (close-datagram-socket s)))
    (test-assert "1,000 sockets leave none"
      (soon (lambda () (equal? before (open-descriptors)))))
    (let ((got #f))
      (let* ((s (here)) (port (datagram-socket-port s)))
        (when-datagram-ready s (lambda () (set! got (receive-text s))))
        (set! s s)
        (gc)
        (tell (peer) "still here" port)
        (test-equal "a watched socket is kept from the collector"
          "still here" (soon (lambda () got)))
        (close-datagram-socket s)))))

(run-tests "datagram"
           `("descriptors" ,test-descriptors)
           `("contents" ,test-contents) `("peers" ,test-peers)
           `("truncation" ,test-truncation) `("printing" ,test-printing)
           `("errors" ,test-errors) `("waiting" ,test-waiting)
           `("lost" ,test-lost) `("full buffer" ,test-full-buffer)
           `("handlers" ,test-handlers) `("slow handler" ,test-slow-handler)
           `("broadcast" ,test-broadcast) `("multicast" ,test-multicast))

;;; im-test.scm --- what the tests of sockets and the reactor share
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; A peer is the other end of a socket under test.  It is one of Guile's own
;;; sockets, never blocks and knows bytes only, so it shares nothing with
;;; what is tested but the kernel.  Nothing here sleeps: `soon' runs reactor
;;; steps until a condition holds or its time is over.

(define-module (im-test)
  #:use-module (im dispatch)
  #:use-module ((im primitives) #:select (%limit %limit-stream! %set-limit!))
  #:use-module (im socket)
  #:use-module (ice-9 binary-ports)
  #:use-module (ice-9 format)
  #:use-module (ice-9 match)
  #:use-module (rnrs bytevectors)
  #:use-module (srfi srfi-1)
  #:use-module (srfi srfi-64)
  #:export (soon steps now call listen-here port-of take-call
            say hear heard flood hang-up reset ended?
            connected-pair our-pair limit!
            failure says? printed-errors fill-queue
            open-descriptors have-ipv6? group run-tests))

(define patience 30)                    ; seconds until a wait has failed

(define (now)
  (/ (get-internal-real-time) internal-time-units-per-second 1.0))

(define* (soon holds? #:optional (limit patience))
  "Return the first true value of (HOLDS?), running the reactor meanwhile; #f
if there is none within LIMIT seconds."
  (let ((end (+ (now) limit)))
    (let loop ()
      (or (holds?)
          (and (< (now) end)
               (begin (reactor-step #:timeout 0.002) (loop)))))))

(define* (steps #:optional (count 10))
  "Run COUNT reactor steps, enough for what was sent here to have come."
  (do ((i 0 (1+ i))) ((= i count))
    (reactor-step #:timeout 0.002)))

;;; --- Peers ---------------------------------------------------------------

(define (loopback family)
  (if (= family AF_INET) INADDR_LOOPBACK (inet-pton AF_INET6 "::1")))

(define (unblocked sock)
  (fcntl sock F_SETFL (logior O_NONBLOCK (fcntl sock F_GETFL)))
  (setvbuf sock 'none)
  sock)

(define* (call port #:optional (family AF_INET))
  "Return a peer that has called PORT here."
  (let ((sock (socket family SOCK_STREAM 0)))
    (connect sock family (loopback family) port)
    (setsockopt sock IPPROTO_TCP TCP_NODELAY 1)
    (unblocked sock)))

(define* (listen-here #:optional (family AF_INET) (backlog 64))
  (let ((sock (socket family SOCK_STREAM 0)))
    (bind sock family (loopback family) 0)
    (listen sock backlog)
    (unblocked sock)))

(define (port-of sock)
  (sockaddr:port (getsockname sock)))

(define (take-call listener)
  "Return a peer for who called LISTENER."
  (define (called?)                     ; `accept' itself would wait
    (pair? (car (select (list listener) '() '() 0))))
  (and (soon called?)
       (match (accept listener)
         ((sock . _) (unblocked sock)))))

(define (would-block? arguments)
  (memv (system-error-errno arguments) (list EAGAIN EWOULDBLOCK)))

(define (send-some peer bytes)
  "Return how many of BYTES the kernel took."
  (catch 'system-error
    (lambda () (send peer bytes))
    (lambda arguments
      (if (would-block? arguments) 0 (apply throw arguments)))))

(define (tail bytes start)
  (let ((rest (make-bytevector (- (bytevector-length bytes) start))))
    (bytevector-copy! bytes start rest 0 (bytevector-length rest))
    rest))

(define (say peer text)
  "Send TEXT, a string or bytes.  True iff the kernel took all of it."
  (let loop ((bytes (if (string? text) (string->utf8 text) text)))
    (let ((sent (if (zero? (bytevector-length bytes))
                    0
                    (send-some peer bytes))))
      (cond ((= sent (bytevector-length bytes)) #t)
            ((zero? sent) #f)
            (else (loop (tail bytes sent)))))))

(define (flood peer text)
  "Send TEXT again and again until the kernel takes no more.  Return how many
bytes it took."
  (let ((bytes (string->utf8 text)))
    (let loop ((total 0))
      (let ((sent (send-some peer bytes)))
        (if (< sent (bytevector-length bytes))
            (+ total sent)
            (loop (+ total sent)))))))

(define hearings (make-weak-key-hash-table))  ; peer -> bytes so far
(define endings (make-weak-key-hash-table))   ; peer -> #t

(define (gather! peer)
  (let* ((room (make-bytevector 65536))
         (count (catch 'system-error
                  (lambda () (recv! peer room))
                  (lambda arguments
                    (if (would-block? arguments) 'nothing 0)))))
    (cond ((eq? count 'nothing) #f)
          ((zero? count) (hashq-set! endings peer #t))
          (else
           (let* ((old (hashq-ref hearings peer #vu8()))
                  (size (bytevector-length old))
                  (new (make-bytevector (+ size count))))
             (bytevector-copy! old 0 new 0 size)
             (bytevector-copy! room 0 new size count)
             (hashq-set! hearings peer new)
             (gather! peer))))))

(define (heard peer)
  "Return all that PEER has got so far, a string; and forget it."
  (gather! peer)
  (let ((text (utf8->string (hashq-ref hearings peer #vu8()))))
    (hashq-remove! hearings peer)
    text))

(define (hear peer text)
  "Return what PEER hears: TEXT if that comes, in time, and nothing else."
  (define size (bytevector-length (string->utf8 text)))
  (soon (lambda ()
          (gather! peer)
          (>= (bytevector-length (hashq-ref hearings peer #vu8())) size)))
  (heard peer))

(define (ended? peer)
  "Return #t if PEER's connection ends in time, whatever comes before."
  (and (soon (lambda () (gather! peer) (hashq-ref endings peer))) #t))

(define (hang-up peer)
  (close-port peer))

(define (reset peer)
  "Break the connection, so that the other side gets ECONNRESET."
  (setsockopt peer SOL_SOCKET SO_LINGER '(1 . 0))
  (close-port peer))

;;; --- Pairs ---------------------------------------------------------------

(define (limit! port name value)
  "Let PORT have the limits of a server's client, but VALUE for NAME."
  (let ((usual (%limit name)))
    (%set-limit! name value)
    (%limit-stream! port)
    (%set-limit! name usual)))

(define (connected-pair)
  "Return (SOCKET . PEER): a socket of ours and who is at its other end."
  (let* ((listener (listen-here))
         (ours (make-client-socket "127.0.0.1" (port-of listener)))
         (peer (take-call listener)))
    (close-port listener)
    (cons ours peer)))

(define (our-pair)
  "Return two sockets of ours that are connected to each other."
  (let* ((listener (make-server-socket 0 #:address "127.0.0.1"))
         (one (make-client-socket "127.0.0.1" (socket-port-number listener)))
         (other (socket-accept-connection (socket-dup listener))))
    (socket-shutdown listener)
    (values one other)))

(define (fill-queue socket peer)
  "Print to SOCKET until something is queued that PEER, who doesn't read,
keeps it from sending."
  (let ((line (make-string 4096 #\x))
        (unsent (@ (im primitives) %stream-unsent)))
    (let loop ()
      (display line (socket-output socket))
      (flush (socket-output socket))
      (when (zero? (unsent (socket-output socket)))
        (loop)))))

;;; --- What goes wrong -----------------------------------------------------

(define (message key arguments)
  (call-with-output-string
   (lambda (port) (print-exception port #f key arguments))))

(define-syntax-rule (failure expression ...)
  "Return (KEY MESSAGE) of what the expressions raise, or 'nothing."
  (catch #t
    (lambda () expression ... 'nothing)
    (lambda (key . arguments) (list key (message key arguments)))))

(define (says? failure text)
  "Return #t if FAILURE, from `failure', has TEXT in its message."
  (and (pair? failure) (string-contains (cadr failure) text) #t))

(define-syntax-rule (printed-errors expression ...)
  "Return what is printed on the error port meanwhile."
  (call-with-output-string
   (lambda (port)
     (parameterize ((current-error-port port))
       expression ...))))

(define (open-descriptors)
  "Return the numbers of the descriptors that this process has open."
  (filter (lambda (fd) (false-if-exception (fcntl fd F_GETFD)))
          (iota 1024)))

(define (have-ipv6?)
  (and (false-if-exception (close-port (listen-here AF_INET6))) #t))

;;; --- Running the tests ---------------------------------------------------

(define (set-alarm! seconds)
  ;; Again and again: a signal that comes while C polls only ends the poll.
  (setitimer ITIMER_REAL 0 (if (zero? seconds) 0 200000) seconds 0))

(define (group name thunk)
  "Run THUNK's tests.  What they raise, or two minutes, is a failure."
  (sigaction SIGALRM (lambda (signal) (throw 'signal signal)))
  (set-alarm! 120)
  (catch #t
    thunk
    (lambda (key . arguments)
      (set-alarm! 0)
      (test-equal name 'runs-to-its-end
                  (if (eq? key 'signal)
                      'took-too-long
                      (message key arguments)))))
  (set-alarm! 0))

(define (run-tests name . groups)
  "Run GROUPS, (NAME THUNK) each, and exit: with success iff all passed."
  (setvbuf (current-output-port) 'line)
  (let ((runner (test-runner-null)))
    (test-runner-on-test-end! runner report)
    (test-with-runner runner
      (test-begin name)
      (for-each (lambda (arguments) (apply group arguments)) groups)
      (test-end name))
    (let ((failed (+ (test-runner-fail-count runner)
                     (test-runner-xpass-count runner))))
      (format #t "~a: ~a passed, ~a failed~%"
              name (test-runner-pass-count runner) failed)
      (force-output)
      (primitive-exit (if (zero? failed) 0 1)))))

(define (report runner)
  (let ((result (test-result-kind runner)))
    (format #t "~a: ~a~%" (string-upcase (symbol->string result))
            (test-runner-test-name runner))
    (when (memq result '(fail xpass))
      (for-each
       (lambda (property)
         (let ((found (assq property (test-result-alist runner))))
           (when found
             (format #t "  ~a: ~s~%" property (cdr found)))))
       '(source-line expected-value actual-value actual-error)))))

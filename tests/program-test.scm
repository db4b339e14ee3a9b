;;; program-test.scm --- peers for the programs, made of plain sockets
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; A peer is the other side of a program that runs in this very process: a
;;; client for the server, a server for the client.  It is made of Guile's
;;; own sockets and knows bytes only.  Whatever waits here runs the reactor
;;; meanwhile, until what it waits for has come or patience ends.

(define-module (program-test)
  #:use-module (im reactor)
  #:use-module (ice-9 binary-ports)
  #:use-module (ice-9 format)
  #:use-module (rnrs bytevectors)
  #:use-module (srfi srfi-1)
  #:use-module (srfi srfi-9)
  #:use-module (srfi srfi-64)
  #:export (patience soon settle
            call-peer call-peer-reading-slowly listen-here port-of
            answer-call take-call
            say say-slowly hear heard-so-far deaf-until-end
            hang-up half-close reset peer-socket
            the-server-listens-on! new-peer greeted enrolled hear-list
            knows-nothing-new?
            printed-by printed-so-far
            open-descriptors run-tests))

(define patience 30)                    ; seconds until a wait has failed

(define (seconds)
  (/ (get-internal-real-time) internal-time-units-per-second 1.0))

(define* (soon holds? #:optional (limit patience))
  "Return the first true value of (HOLDS?), running the reactor meanwhile; #f
if there is none within LIMIT seconds."
  (let ((end (+ (seconds) limit)))
    (let loop ()
      (or (holds?)
          (and (< (seconds) end)
               (begin (reactor-step #:timeout 0.002) (loop)))))))

(define (settle)
  "Run the reactor until what this process has sent itself has surely come."
  (do ((steps 0 (1+ steps))) ((= steps 5))
    (reactor-step #:timeout 0.002)))

;;; --- Peers ---------------------------------------------------------------

(define-record-type <peer>
  (make-peer socket pieces ended?)
  peer?
  (socket peer-socket)
  (pieces peer-pieces set-peer-pieces!) ; what has come, a bytevector
  (ended? peer-ended? set-peer-ended?!))

(define (peer-on sock)
  (fcntl sock F_SETFL (logior O_NONBLOCK (fcntl sock F_GETFL)))
  (fcntl sock F_SETFD FD_CLOEXEC)       ; not for programs a test starts
  (setvbuf sock 'none)
  (make-peer sock (make-bytevector 0) #f))

(define (new-socket)
  (socket PF_INET SOCK_STREAM 0))

(define (call-peer port)
  "Return a peer connected to PORT here."
  (let ((sock (new-socket)))
    (connect sock AF_INET INADDR_LOOPBACK port)
    (setsockopt sock IPPROTO_TCP TCP_NODELAY 1)
    (peer-on sock)))

(define (call-peer-reading-slowly port)
  "The same, with room for little that it hasn't read."
  (let ((sock (new-socket)))
    (setsockopt sock SOL_SOCKET SO_RCVBUF 4096)
    (connect sock AF_INET INADDR_LOOPBACK port)
    (peer-on sock)))

(define (listen-here)
  "Return a plain socket that listens on a free port here."
  (let ((sock (new-socket)))
    (bind sock AF_INET INADDR_LOOPBACK 0)
    (listen sock 16)
    (fcntl sock F_SETFL (logior O_NONBLOCK (fcntl sock F_GETFL)))
    sock))

(define (port-of sock)
  (sockaddr:port (getsockname sock)))

(define (take-call listener)
  "Return a peer for who calls LISTENER next, or #f if nobody has."
  (let ((call (false-if-exception (accept listener))))
    (and call (peer-on (car call)))))

(define (answer-call listener serve)
  "When somebody calls LISTENER, a plain socket, call SERVE with the peer: a
handler, which runs while the program waits."
  (when-port-readable listener
                      (lambda ()
                        (let ((peer (take-call listener)))
                          (if peer (serve peer))))))

;;; --- Bytes ---------------------------------------------------------------

(define (errno-of arguments)
  (system-error-errno arguments))

(define (say peer text)
  "Send TEXT, running the reactor while it doesn't fit.  True iff all went."
  (let ((bytes (if (string? text) (string->utf8 text) text)))
    (let loop ((start 0) (end (+ (seconds) patience)))
      (cond ((= start (bytevector-length bytes)) #t)
            ((> (seconds) end) #f)
            (else
             (let ((sent (send-some peer bytes start)))
               (when (eqv? sent 0)
                 (reactor-step #:timeout 0.002))
               (and sent (loop (+ start sent) end))))))))

(define (send-some peer bytes start)
  (let ((rest (make-bytevector (- (bytevector-length bytes) start))))
    (bytevector-copy! bytes start rest 0 (bytevector-length rest))
    (catch 'system-error
      (lambda () (send (peer-socket peer) rest))
      (lambda arguments
        (and (memv (errno-of arguments) (list EAGAIN EWOULDBLOCK)) 0)))))

(define (say-slowly peer text)
  "Send TEXT byte by byte, the reactor running after each."
  (for-each (lambda (byte)
              (say peer (u8-list->bytevector (list byte)))
              (reactor-step #:timeout 0.001))
            (bytevector->u8-list (string->utf8 text))))

(define (gather! peer)
  "Take in what has come."
  (unless (peer-ended? peer)
    (let* ((room (make-bytevector 65536))
           (count (catch 'system-error
                    (lambda () (recv! (peer-socket peer) room))
                    (lambda arguments
                      (if (memv (errno-of arguments)
                                (list EAGAIN EWOULDBLOCK))
                          'nothing
                          0)))))
      (cond ((eq? count 'nothing) #f)
            ((zero? count) (set-peer-ended?! peer #t))
            (else
             (let ((new (make-bytevector
                         (+ count (bytevector-length (peer-pieces peer))))))
               (bytevector-copy! (peer-pieces peer) 0 new 0
                                 (bytevector-length (peer-pieces peer)))
               (bytevector-copy! room 0 new
                                 (bytevector-length (peer-pieces peer)) count)
               (set-peer-pieces! peer new)
               (gather! peer)))))))

(define (heard-so-far peer)
  "Return what has come and wasn't heard yet, and forget it."
  (gather! peer)
  (let ((text (utf8->string (peer-pieces peer))))
    (set-peer-pieces! peer (make-bytevector 0))
    text))

(define* (hear peer wanted #:optional (limit patience))
  "Return WANTED, a string, once it has come; whatever else comes first, if
it isn't that.  The symbol `end' at the end stands for the connection's."
  (define size (if (eq? wanted 'end) 1 (bytevector-length
                                         (string->utf8 wanted))))
  (soon (lambda ()
          (gather! peer)
          (or (peer-ended? peer)
              (>= (bytevector-length (peer-pieces peer)) size)))
        limit)
  (let* ((all (peer-pieces peer)) (have (bytevector-length all)))
    (if (and (eq? wanted 'end) (zero? have))
        (if (peer-ended? peer) 'end 'still-connected)
        (let* ((taken (min size have))
               (text (make-bytevector taken))
               (left (make-bytevector (- have taken))))
          (bytevector-copy! all 0 text 0 taken)
          (bytevector-copy! all taken left 0 (- have taken))
          (set-peer-pieces! peer left)
          (if (and (not (eq? wanted 'end))
                   (equal? text (string->utf8 wanted)))
              wanted
              (string-append "heard instead: " (lossy text)
                             (lossy (let ((l left))
                                      (set-peer-pieces! peer
                                                        (make-bytevector 0))
                                      l))))))))

(define (lossy bytes)
  (list->string (map integer->char (bytevector->u8-list bytes))))

(define (deaf-until-end peer)
  "True iff the connection ends, whatever comes before."
  (soon (lambda ()
          (gather! peer)
          (set-peer-pieces! peer (make-bytevector 0))
          (peer-ended? peer))))

(define (hang-up peer)
  (when-port-readable (peer-socket peer) #f)
  (close-port (peer-socket peer)))

(define (half-close peer)
  (shutdown (peer-socket peer) 1))

(define (reset peer)
  "Break the connection, so that the other side gets ECONNRESET."
  (when-port-readable (peer-socket peer) #f)
  (setsockopt (peer-socket peer) SOL_SOCKET SO_LINGER '(1 . 0))
  (close-port (peer-socket peer)))

;;; --- Clients of a server -----------------------------------------------

(define server-port (const #f))

(define (the-server-listens-on! thunk)
  "Let new peers call the port that THUNK returns."
  (set! server-port thunk))

(define (new-peer)
  (call-peer (server-port)))

(define (greeted name)
  "Return a peer who has said hello by NAME, as it is written, and heard
welcome."
  (let ((peer (new-peer)))
    (say peer (format #f "(~a server hello ())" name))
    (hear peer (format #f "(server ~a welcome ())" name))
    peer))

(define (enrolled name . others)
  "Return a peer enrolled as NAME, who has heard that OTHERS are here too."
  (let ((peer (greeted name)))
    (say peer (format #f "(~a server thanks ())" name))
    (hear-list peer name (cons name others))
    peer))

(define (hear-list peer name names)
  (hear peer (format #f "(server ~a client-list ~a)" name
                     (if (null? names) "()" names))))

(define (knows-nothing-new? peer name)
  "True iff PEER, enrolled as NAME, hears nothing before the answer to this."
  (let ((answer (format #f "(server ~a receive-msg \"Unrecognized action: \
anything-new\")" name)))
    (say peer (format #f "(~a server anything-new ())" name))
    (equal? answer (hear peer answer))))

;;; --- What the program prints ---------------------------------------------

(define printed (open-output-string))

(define (printed-so-far)
  "Return what was printed and not yet returned."
  (let ((text (get-output-string printed)))
    (seek printed 0 SEEK_SET)
    (truncate-file printed 0)
    text))

(define (with-printing thunk)
  "Call THUNK; what it and handlers print is for `printed-so-far'."
  (parameterize ((current-output-port printed)
                 (current-error-port printed))
    (thunk)))

(define-syntax-rule (printed-by expression ...)
  (begin
    (printed-so-far)
    expression ...
    (printed-so-far)))

;;; --- The process, and the tests ------------------------------------------

(define (open-descriptors)
  "Return how many descriptors this process has open."
  (let ((directory (if (file-exists? "/proc/self/fd")
                       "/proc/self/fd"
                       "/dev/fd")))
    (let ((stream (opendir directory)))
      (let loop ((count 0))
        (if (eof-object? (readdir stream))
            (begin (closedir stream) count)
            (loop (1+ count)))))))

(define (run-tests name thunk)
  "Run THUNK's tests, and exit: with success iff all of them passed."
  (let ((runner (test-runner-null))
        (screen (current-output-port)))
    (test-runner-on-test-end! runner (lambda (runner) (report runner screen)))
    (test-with-runner runner
      (test-begin name)
      (with-printing
       (lambda ()
         (with-throw-handler #t
           thunk
           (lambda (key . arguments)
             (print-exception screen #f key arguments)
             (display (printed-so-far) screen)))))
      (test-end name))
    (let ((failed (+ (test-runner-fail-count runner)
                     (test-runner-xpass-count runner))))
      (format screen "~a: ~a passed, ~a failed~%"
              name (test-runner-pass-count runner) failed)
      (force-output screen)
      (primitive-exit (if (zero? failed) 0 1)))))

(define (report runner screen)
  (let ((result (test-result-kind runner)))
    (format screen "~a: ~a~%" (string-upcase (symbol->string result))
            (test-runner-test-name runner))
    (when (memq result '(fail xpass))
      (for-each (lambda (property)
                  (let ((found (assq property (test-result-alist runner))))
                    (if found
                        (format screen "  ~a: ~s~%" property (cdr found)))))
                '(source-line expected-value actual-value actual-error)))
    (force-output screen)))

;;; test-waiting.scm --- a handler that waits makes nobody else wait
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(use-modules (im-test) (im socket) (im reactor) (im request)
             (ice-9 binary-ports) (ice-9 match) (ice-9 rdelim)
             (ice-9 textual-ports) (rnrs bytevectors) (srfi srfi-1)
             (srfi srfi-64))

(define-syntax-rule (with-pair (socket port peer) body ...)
  (match (connected-pair)
    ((socket . peer)
     (let ((port (socket-input socket)))
       body ...
       (socket-shutdown socket)))))

(define (from-now thunk) (after 0 thunk))

;;; --- Handlers that wait --------------------------------------------------

;; How a handler may wait, what the peer then sends, and what comes of it.
(define waits
  `(("get-request" ,get-request "(a b c " "d)" (a b c d))
    ("read-line" ,read-line "hal" "lo\n" "hallo")
    ("read-char" ,(lambda (port) (read-char port) (read-char port))
     "x" "y" #\y)
    ("read" ,read "(1 2" " 3) " (1 2 3))
    ("get-u8" ,(lambda (port) (get-u8 port) (get-u8 port)) "a" "b" 98)))

(define (test-waiting)
  (for-each
   (match-lambda
     ((name wait part rest result)
      (with-pair (socket port peer)
        (with-pair (socket2 port2 peer2)
          (let ((entered 0) (got '()) (others 0))
            (when-port-readable port (lambda ()
                                       (set! entered (1+ entered))
                                       (set! got (cons (wait port) got))
                                       (when-port-readable port #f)))
            (when-port-readable port2 (lambda ()
                                        (read-line port2)
                                        (set! others (1+ others))))
            (say peer part)
            (steps)
            (say peer2 "me too\n")
            (test-equal (string-append name ": others run meanwhile")
              '(#t 1 ()) (list (soon (lambda () (= others 1))) entered got))
            (say peer rest)
            (soon (lambda () (pair? got)))
            (test-equal (string-append name ": and it goes on, entered once")
              (list 1 (list result)) (list entered got)))))))
   waits))

(define (test-waiting-for-others)
  (define done '())
  (define (done! what) (set! done (cons what done)))
  (let* ((theirs (listen-here)) (ours (make-server-socket)) (go? #f))
    (from-now (lambda ()
                (socket-accept-connection (socket-dup ours)) (done! 'accept)))
    (from-now (lambda () (wait-until (lambda () go?)) (done! 'until)))
    (steps)
    (test-equal "nobody waits for them" '() done)
    (from-now (lambda ()
                (make-client-socket "localhost" (port-of theirs))
                (done! 'connect)))
    (test-assert "make-client-socket in a handler"
      (soon (lambda () (equal? done '(connect)))))
    (let ((peer (call (socket-port-number ours))))
      (test-assert "socket-accept-connection in a handler"
        (soon (lambda () (equal? done '(accept connect)))))
      (set! go? #t)
      (test-assert "wait-until in a handler"
        (soon (lambda () (equal? done '(until accept connect)))))
      (socket-shutdown ours))
    (for-each
     (match-lambda
       ((name second-first?)
        (let ((one? #f) (other? #f) (both? #f))
          (define (second) (wait-until (lambda () one?)) (set! other? #t))
          (define (third) (wait-until (lambda () other?)) (set! both? #t))
          (for-each (lambda (thunk) (from-now thunk) (steps 2))
                    (if second-first? (list second third) (list third second)))
          (from-now (lambda () (set! one? #t)))
          (let ((begun (now)))
            (failure (wait-until (lambda () both?) #:timeout 30))
            (test-assert name (and both? (< (- (now) begun) 15)))))))
     '(("who waits until another has waited is woken at once" #t)
       ("also when it was the first to wait" #f)))))

(define (test-one-process)
  (let* ((server (make-server-socket)) (connections 0))
    (when-socket-ready
     server
     (lambda ()
       (let* ((client (socket-accept-connection (socket-dup server)))
              (port (socket-input client)))
         (set! connections (1+ connections))
         (when-port-readable
          port (lambda ()
                 (match (get-request port #:tell (const #f))
                   ((src dst action data)
                    (send-request (list dst src 'echo data) port))
                   (#f (socket-shutdown client))))))))
    (define (ask n)
      (let* ((socket (make-client-socket
                      "127.0.0.1" (socket-port-number server)))
             (port (socket-input socket)))
        (send-request (list 'me 'you 'ask n) port)
        (let ((answer (get-request port #:timeout 5)))
          (socket-shutdown socket)
          (request-data answer))))
    (test-equal "server and client live in one process" '(1 2 3)
                (map ask '(1 2 3)))
    (test-equal "in a callback of sort, where nothing can be cut off: nested"
      '(1 2 3 4 5)
      (let ((sorted #f))
        (from-now
         (lambda ()
           (set! sorted (sort '(4 2 5 1 3)
                              (lambda (a b) (< (ask a) (ask b)))))))
        (wait-until (lambda () sorted) #:timeout 5)))
    (test-equal "and of hash-for-each" '(10 20 30)
      (let ((table (make-hash-table)) (answers '()))
        (for-each (lambda (n) (hashq-set! table n (* 10 n))) '(1 2 3))
        (from-now (lambda ()
                    (hash-for-each
                     (lambda (key n) (set! answers (cons (ask n) answers)))
                     table)))
        (wait-until (lambda () (= (length answers) 3)) #:timeout 5)
        (sort answers <)))
    (socket-shutdown server)))

(define (test-closed-while-waiting)
  (for-each
   (match-lambda
     ((name wait close)
      (with-pair (socket port peer)
        (let ((result 'waits))
          (from-now (lambda () (set! result (wait port))))
          (steps)
          (test-eq (string-append name ": waits") 'waits result)
          (close socket)
          (test-assert (string-append name ": is woken")
            (let ((begun (now)))
              (failure (wait-until (lambda () (not (eq? result 'waits)))
                                   #:timeout 30))
              (and (not (eq? result 'waits)) (< (- (now) begun) 15))))))))
   (let ((quietly (lambda (port) (get-request port #:tell (const #f))))
         (reading (lambda (port) (failure (read-line port)))))
     `(("get-request, close-port" ,quietly
        ,(lambda (socket) (close-port (socket-input socket))))
       ("read-line, close-port" ,reading
        ,(lambda (socket) (close-port (socket-input socket))))
       ("get-request, socket-shutdown" ,quietly ,socket-shutdown)))))

;;; --- Printing ------------------------------------------------------------

(define-syntax-rule (test-big-printing name (text port) print)
  ;; More than queues and kernel hold, to somebody in this process.
  (call-with-values our-pair
    (lambda (from to)
      (let ((got 0) (in (socket-input to)) (port (socket-output from))
            (text (make-string 1000000 #\x)))
        (when-port-readable
         in (lambda ()
              (set! got (+ got (bytevector-length
                                (get-bytevector-n in 100000))))))
        (group name
               (lambda ()
                 (do ((i 0 (1+ i))) ((= i 20)) print)
                 (test-assert name
                   (soon (lambda () (= got 20000000))))))
        (for-each socket-shutdown (list from to))))))

(define (test-printing)
  (test-big-printing "put-string waits for room" (text port)
                     (put-string port text))
  (test-big-printing "display waits for room" (text port) (display text port)))

(define (test-proxy)
  ;; Two of ours that answer each line with the same, ten lines under way.
  (call-with-values our-pair
    (lambda (one other)
      (let ((count 0) (text (make-string 9999 #\x)))
        (define (echo port)
          (when-port-readable port
                              (lambda ()
                                (let ((line (read-line port)))
                                  (set! count (1+ count))
                                  (put-string port line)
                                  (newline port)))))
        (echo (socket-input one))
        (echo (socket-input other))
        (for-each (lambda (socket)
                    (do ((i 0 (1+ i))) ((= i 10))
                      (put-string (socket-output socket) text)
                      (newline (socket-output socket))))
                  (list one other))
        (test-assert "two that copy 100 KB to each other don't stop"
          (soon (lambda () (> count 100))))
        (for-each socket-shutdown (list one other)))))
  (with-pair (socket port peer)
    (let ((resumed? #f) (steps-taken 0))
      (after 0 (lambda ()
                 (put-string port (make-string 10000000 #\x))
                 (set! resumed? #t)))
      (steps)
      (test-eq "who prints to somebody deaf waits" #f resumed?)
      (after 0.1 (lambda () (set! steps-taken (+ steps-taken 1000))))
      (let count ()
        (when (< steps-taken 1000)
          (reactor-step)
          (set! steps-taken (1+ steps-taken))
          (count)))
      (test-assert "without spinning" (< steps-taken 1020))
      (test-assert "and goes on when that one reads"
        (soon (lambda () (heard peer) resumed?))))))

(run-tests "waiting"
           `("waiting" ,test-waiting)
           `("waiting for others" ,test-waiting-for-others)
           `("one process" ,test-one-process)
           `("closed while waiting" ,test-closed-while-waiting)
           `("proxy" ,test-proxy) `("printing" ,test-printing))

;;; test-limits.scm --- limits can be changed, and hold
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; Requests, names, output and handshakes past their limits are in the tests
;;; of the server; here is how limits are set, and those that make wait.

(use-modules (program-test) ((im-test) #:select (limit!))
             (im reactor) (im socket) (im limits)
             (ice-9 format) (srfi srfi-1) (srfi srfi-64))
(load-from-path "im-server.scm")

(the-server-listens-on! (lambda () (socket-port-number server-socket)))

(define-syntax-rule (with-server body ...)
  (dynamic-wind
    (lambda () (im-server-start #:address "127.0.0.1"))
    (lambda () body ...)
    (lambda () (im-server-close) (settle))))

(define-syntax-rule (with-limit name value body ...)
  "Evaluate BODY while the limit called NAME is VALUE."
  (let ((usual (im-limit name)))
    (dynamic-wind
      (lambda () (im-limit name value))
      (lambda () body ...)
      (lambda () (im-limit name usual)))))

(define (error-text thunk)
  "Return what THUNK's error says, or #f if there is none."
  (catch #t
    (lambda () (thunk) #f)
    (lambda (key who template values . rest)
      (apply format #f template values))))

;;; --- Setting them --------------------------------------------------------

(define (test-setting)
  (test-equal "a limit is known by its name" 64 (im-limit 'nesting))
  (test-equal "and set, in the unit of its name" '(2.5 2.5)
    (with-limit 'handshake-seconds 2.5
      (list (exact->inexact (im-limit 'handshake-seconds))
            (exact->inexact (im-limit 'handshake-seconds 2.5)))))
  (test-equal "each has a value that it can be set to" '()
    (remove (lambda (row)
              (equal? (im-limit (car row) (cadr row)) (cadr row)))
            ((@ (im primitives) %limits))))
  (for-each
   (lambda (value)
     (test-assert (format #f "~s is no nesting, and it is said what is" value)
       (string-contains (error-text (lambda () (im-limit 'nesting value)))
                        "it is a number from 4 to 64")))
   '(0 65 -1 many "5" +nan.0 1+i))
  (test-equal "what couldn't be set stays" 64 (im-limit 'nesting))
  (test-assert "an unknown name is answered with those there are"
    (let ((text (error-text (lambda () (im-limit 'length 5)))))
      (and (string-contains text "no limit is called length")
           (string-contains text "request-bytes"))))
  (let ((shown (printed-by (with-limit 'handshake-seconds 0.25
                             (im-limits)))))
    (test-assert "fractions are shown as people write them"
      (string-contains shown " 0.25 "))
    (test-assert "all are shown with what they mean"
      (every (lambda (row)
               (and (string-contains shown (symbol->string (first row)))
                    (string-contains shown (fifth row))))
             ((@ (im primitives) %limits))))))

(define (test-lower-limits)
  (define (goes-out? request)
    (with-server
     (let ((peer (enrolled "ann")))
       (say peer request)
       (deaf-until-end peer))))
  (test-assert "a lower nesting is too deep sooner"
    (with-limit 'nesting 4 (goes-out? "(ann x y ((((5)))))")))
  (test-assert "a lower number of digits"
    (with-limit 'number-characters 8 (goes-out? "(ann x y 123456789)")))
  (test-assert "a shorter request"
    (with-limit 'request-bytes 256
      (goes-out? (format #f "(ann x y ~s)" (make-string 300 #\x)))))
  (with-limit 'name-characters 3
    (with-server
     (let ((peer (new-peer))
           (sorry "(server anna sorry \"a name has at most 3 characters\")"))
       (say peer "(anna server hello ())")
       (test-equal "a shorter name" sorry (hear peer sorry))))))

;;; --- A rate --------------------------------------------------------------

(define (numbered-requests count)
  (string-concatenate
   (map (lambda (n) (format #f "(ann server n~a ())" n)) (iota count))))

(define (numbered-answers count)
  (string-concatenate
   (map (lambda (n)
          (format #f "(server ann receive-msg \"Unrecognized action: n~a\")" n))
        (iota count))))

(define (count-answers text)
  (1- (length (string-split (string-append text " ") #\())))

(define (now)
  (/ (get-internal-real-time) internal-time-units-per-second 1.0))

(define (test-rate)
  (with-limit 'rate-requests 1
    (with-limit 'rate-burst 5
      (with-server
       (let ((begun (now)) (ann (enrolled "ann")) (heard ""))
         ;; Enrolling took two requests.
         (say ann (numbered-requests 20))
         (settle)
         (set! heard (heard-so-far ann))
         (test-assert "after a burst the rate counts"
           (<= 1 (count-answers heard) (+ 4 (- (now) begun))))
         (test-assert "others don't wait for who is paused"
           (let ((bob (greeted "bob")))
             (hang-up bob)
             (< (count-answers (string-append heard (heard-so-far ann)))
                20)))
         (limit! (socket-input (find-client-socket 'ann)) 'rate-requests 1000)
         (soon (lambda ()
                 (set! heard (string-append heard (heard-so-far ann)))
                 (>= (count-answers heard) 20)))
         (test-equal "and nothing is dropped, and all is in order"
           (numbered-answers 20) heard)
         (test-assert "not before its time"
           (> (- (now) begun) 1.0)))))))

(define (test-paused-end)
  (with-limit 'rate-requests 10
    (with-limit 'rate-burst 3
      (with-server
       (let ((ann (enrolled "ann")) (bob (enrolled "bob" "ann")))
         (hear-list ann "ann" '("bob" "ann"))
         (say ann "(ann bob send-msg 1)(ann bob send-msg 2)\
(ann bob send-msg 3)(ann bob send-msg 4)")
         (hang-up ann)
         (test-equal "what who is paused said before it hung up counts"
           "(ann bob receive-msg 1)(ann bob receive-msg 2)\
(ann bob receive-msg 3)(ann bob receive-msg 4)(server bob client-list (bob))"
           (hear bob "(ann bob receive-msg 1)(ann bob receive-msg 2)\
(ann bob receive-msg 3)(ann bob receive-msg 4)(server bob client-list (bob))"))
         (let ((eve (enrolled "eve" "bob")))
           (say eve (numbered-requests 100))
           (settle)
           (reset eve)
           (test-assert "who is paused and breaks off is gone"
             (soon (lambda () (not (find-client-socket 'eve)))))))))))

;;; --- How many ------------------------------------------------------------

(define (welcomed? peer name)
  (let ((welcome (format #f "(server ~a welcome ())" name)))
    (equal? welcome (hear peer welcome))))

(define (hello! name)
  (let ((peer (new-peer)))
    (say peer (format #f "(~a server hello ())" name))
    peer))

(define (test-connections)
  (let* ((begun (now))
         (log (printed-by (with-limit 'connections 2
                            (with-server (fill-two-places)))))
         (times (length (filter (lambda (line)
                                  (string-prefix? "All connections" line))
                                (string-split log #\newline)))))
    (test-assert (format #f "the log says so, once a second: ~s" log)
      (<= 1 times (+ 1 (- (now) begun))))))

(define (fill-two-places)
  (let* ((ann (enrolled "ann")) (bob (enrolled "bob" "ann"))
         (carl (hello! "carl")) (dora (hello! "dora")))
    (soon (const #f) 0.5)                     ; five looks at the backlog
    (test-equal "when all are taken, who comes waits" '("" "")
      (list (heard-so-far carl) (heard-so-far dora)))
    (heard-so-far bob)
    (test-assert "and who is here goes on" (knows-nothing-new? bob "bob"))
    (hang-up ann)
    (test-assert "when one leaves, the next comes in" (welcomed? carl 'carl))
    (hang-up bob)
    (test-assert "and the next" (welcomed? dora 'dora))))

(define (call-from-child port count)
  "Return the pid of a child that calls PORT COUNT times and waits: its
descriptors are none of ours."
  (let ((pid (primitive-fork)))
    (when (zero? pid)
      (let ((calls (map (lambda (n) (call-peer port)) (iota count))))
        (sleep 60)
        (primitive-exit (length calls))))
    pid))

(define (test-spare-descriptors)
  (call-with-values (lambda () (getrlimit 'nofile))
    (lambda (soft hard)
      ;; Not by im-server-start, which would raise the limit again.
      (set! server-socket (make-server-socket 0 #:address "127.0.0.1"))
      (when-socket-ready server-socket
                         (lambda () (handshake (socket-dup server-socket))))
      (let ((caller (call-from-child (socket-port-number server-socket) 100))
            (before (open-descriptors)))
        (setrlimit 'nofile 90 hard)
        (test-assert "a full server takes many"
          (soon (lambda () (>= (open-descriptors) (+ before 40)))))
        (settle)
        (test-assert "and leaves descriptors for everything else"
          (let ((file (false-if-exception (open-input-file "/dev/null"))))
            (if file (close-port file))
            (and file #t)))
        (kill caller SIGKILL)
        (waitpid caller))
      (im-server-close)
      (setrlimit 'nofile soft hard))))

;;; --- Memory ---------------------------------------------------------------

(define (collections) (assq-ref (gc-stats) 'gc-times))

(define (collections-while thunk)
  (let ((before (collections)))
    (thunk)
    (- (collections) before)))

(define (test-giving-memory-back)
  ;; Nothing else is to do in either step.
  (define (idle) (reactor-step #:timeout .1))
  (give-memory-back!)
  (gc)
  (make-vector 50000)
  (test-equal "who has nothing to do collects what was left behind" 1
    (collections-while idle))
  (test-equal "and then does nothing" 0
    (collections-while idle)))

(run-tests "limits"
  (lambda ()
    (test-giving-memory-back)
    (test-setting)
    (test-lower-limits)
    (test-rate)
    (test-paused-end)
    (test-connections)
    (test-spare-descriptors)))

;;; test-request.scm --- requests go out and come in, whole or not at all
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(use-modules (im-test) (im socket) (im reactor) (im request)
             (ice-9 format) (ice-9 match) (ice-9 rdelim)
             (rnrs bytevectors) (srfi srfi-1) (srfi srfi-64))

(define-syntax-rule (with-pair (port peer) body ...)
  (match (connected-pair)
    ((socket . peer)
     (let ((port (socket-input socket)))
       body ...
       (socket-shutdown socket)))))

(define* (get port #:optional (timeout 5))
  "Return the next request from PORT, or the sentence that says why not."
  (let ((why #f))
    (or (get-request port #:timeout timeout
                     #:tell (lambda (text) (set! why text)))
        why)))

;;; --- A request is a list -------------------------------------------------

(define (test-list)
  (let ((request (make-request 'alice "Bob" 'send-msg '("hi" 1))))
    (test-equal "a list of four" '(alice "Bob" send-msg ("hi" 1)) request)
    (test-equal "and its parts" '(alice "Bob" send-msg ("hi" 1))
      (map (lambda (part) (part request))
           (list request-src request-dst request-action request-data))))
  (test-equal "what is a request" '(#t #t #t #t)
    (map request? '((a b c d) ("a" "b" c ()) (a b c d extension)
                    (a "" c (1 . 2)))))
  (test-equal "and what is none" (make-list 9 #f)
    (map request? '(() (a b c) (1 b c d) (a 2 c d) (a b "c" d) 5 "abcd"
                    (a b c . d) #(a b c d)))))

;;; --- Sending -------------------------------------------------------------

(define (test-sending)
  (with-pair (port peer)
    (test-equal "sending is printing: on the wire, at once"
      '(#t "(alice \"Bob\" send-msg \"h\xe9 \\\"you\\\"\")")
      (list (send-request '(alice "Bob" send-msg "h\xe9 \"you\"") port)
            (hear peer "(alice \"Bob\" send-msg \"h\xe9 \\\"you\\\"\")")))
    (write '(a b c 1) port)
    (display '(a b c 2) port)
    (simple-format port "~S" '(a b c 3))
    (flush port)
    (test-equal "and printing is sending" "(a b c 1)(a b c 2)(a b c 3)"
                (hear peer "(a b c 1)(a b c 2)(a b c 3)"))
    (after 0 (lambda ()
               (send-request '(a b c 1) port)
               (send-request '(a b c 2) port)))
    (test-equal "in a handler too" "(a b c 1)(a b c 2)"
                (hear peer "(a b c 1)(a b c 2)"))
    (for-each
     (match-lambda
       ((name request sentence)
        (let ((why ""))
          (test-equal (format #f "not sent: ~a" name) '(#f #t "")
            (let* ((sent (send-request request port
                                       (lambda (text) (set! why text))))
                   (said? (and (string-contains why sentence) #t)))
              (steps 3)
              (list sent said? (heard peer)))))))
     `(("a procedure" (a b c ,car) "Not sent: it contains something")
       ("a port" (a b c ,(current-input-port)) "Not sent: it contains")
       ("64 KiB and more" (a b c ,(make-string 66000 #\x))
        "too long")
       ("nested 70 deep" (a b c ,(fold (lambda (i x) (list x)) '() (iota 70)))
        "Not sent: it is nested too deeply")))
    (close-port port)
    (test-equal "to a closed port" "Not sent: the connection is closed\n"
      (with-output-to-string (lambda () (send-request '(a b c d) port))))))

(define (test-latest)
  (with-pair (port peer)
    (send-latest 'server 'list '(1) `((ann . ,port)))
    (steps 2)
    (test-equal "send-latest sends" "(server ann list (1))"
                (hear peer "(server ann list (1))"))
    (after 0 (lambda ()
               (send-latest 'server 'list '(1) `((ann . ,port)))
               (send-request '(server ann hello ()) port)
               (send-latest 'server 'list '(2 1) `((ann . ,port)))))
    (steps 5)
    (test-equal "the newest alone, after all else"
      "(server ann hello ())(server ann list (2 1))" (heard peer))
    (test-equal "what can't be sent is said, and nothing sent"
      '("#f\nNot sent: it contains" "")
      (let ((said (with-output-to-string
                    (lambda ()
                      (let ((sent #t) (text ""))
                        (set! text (with-output-to-string
                                     (lambda ()
                                       (set! sent (send-latest
                                                   'server 'list (list car)
                                                   `((ann . ,port)))))))
                        (format #t "~a~%~a" sent text))))))
        (steps 3)
        (list (substring said 0 (min 24 (string-length said))) (heard peer))))
    (close-port port)
    (test-assert "a closed receiver is passed over"
      (send-latest 'server 'list '(1) `((ann . ,port) (bob . #f))))))

;;; --- Receiving -----------------------------------------------------------

;; Requests, and as they are written.
(define samples
  `(((alice server hello ()) . "(alice server hello ())")
    (("Bob" alice send-msg "h\xe9\U010348 \"x\" \\ (")
     . "(\"Bob\" alice send-msg \"h\xe9\U010348 \\\"x\\\" \\\\ (\")")
    ((a b c (1 (2.5 "x;y") . z)) . "(a b c (1 (2.5 \"x;y\") . z))")
    ((a b c #\)) . "(a b c #\\))") ((a b c ((((1))))) . "(a b c ((((1)))))")
    ((a b c #(1 2)) . "(a b c #(1 2))")
    ((,(string->symbol "x) |") b c -17/3) . "(|x) \\|| b c -17/3)")))

(define (slice bytes start end)
  (let ((part (make-bytevector (- end start))))
    (bytevector-copy! bytes start part 0 (- end start))
    part))

(define (test-receiving)
  (with-pair (port peer)
    (for-each
     (lambda (sample)
       (let* ((request (car sample)) (bytes (string->utf8 (cdr sample)))
              (size (bytevector-length bytes)))
         (test-assert (format #f "~a arrives, cut anywhere" (cdr sample))
           (every (lambda (cut)
                    (say peer (slice bytes 0 cut))
                    (steps 1)
                    (after 0 (lambda () (say peer (slice bytes cut size))))
                    (equal? request (get port)))
                  (iota (1+ size))))
         (test-equal (format #f "~a, byte by byte" (cdr sample)) request
           (let ((sent 0))
             (define (send-next)
               (when (< sent size)
                 (say peer (slice bytes sent (1+ sent)))
                 (set! sent (1+ sent))
                 (after 0 send-next)))
             (send-next)
             (get port)))))
     samples)
    (say peer (format #f "  ~{~a~}~{\n\t ~a~}\r\n"
                      (map cdr samples) (map cdr samples)))
    (test-equal "pipelined, white space between"
      (map car (append samples samples))
      (map (lambda (sample) (get port)) (append samples samples)))
    (read-line port)                    ; the line break is left
    (say peer "(a b c \"0\")")
    (steps 3)
    (test-eqv "peeking" #\( (peek-char port))
    (test-equal "takes nothing from a request" '(a b c "0") (get port))
    (say peer "x(a b c 1)(a b c 2)rest\n(a b c 3)")
    (test-eqv "characters" #\x (read-char port))
    (test-equal "requests" '((a b c 1) (a b c 2)) (list (get port) (get port)))
    (test-equal "and lines may alternate" "rest" (read-line port))
    (unread-char #\space port)
    (test-equal "also after unread-char" '(a b c 3) (get port))
    (say peer "\u03bb(a b c 4)")
    (test-eqv "a peeked character of two bytes" #\x3bb
              (begin (peek-char port) (read-char port)))
    (test-equal "neither" '(a b c 4) (get port))))

(define (test-bad-input)
  (for-each
   (match-lambda
     ((text sentence)
      (with-pair (port peer)
        (say peer text)
        (say peer "\n(a b c d) ")
        (test-assert (format #f "~s: ~a" text sentence)
          (let ((got (get port)))
            (and (string? got) (string-contains got sentence))))
        (test-assert (format #f "~s: it says who" text)
          (with-pair (port peer)
            (say peer text)
            (say peer "\n ")
            (string-prefix? "127.0.0.1 port " (get port)))))))
   `(("42" "bad input: not a list") ("\"text\"" "bad input: not a list")
     ("(a b c)" "not a list (FROM TO ACTION DATA)") ("()" "not a list")
     ("(1 b c d)" "not a list") ("(a b \"c\" d)" "not a list")
     (")" "bad input: that is no Scheme data") ("(a b c . d)" "not a list")
     ("(a . b . c)" "no Scheme data") ("(a b c #.(exit))" "no Scheme data")
     ("#,(x)" "no Scheme data") ("(a b c #\\nosuch)" "no Scheme data")
     ("(a b c \"\\q\")" "no Scheme data")
     (,(string-append "(a b c " (make-string 33 #\9) ")") "number")
     (,(string-append "(a b c " (make-string 70 #\() (make-string 70 #\)) ")")
      "it is nested too deeply")
     (,(u8-list->bytevector '(40 97 32 98 32 99 32 34 255 34 41))
      "bad input: it is not UTF-8")))
  (with-pair (port peer)
    (limit! port 'request-bytes 1000)
    (say peer (make-string 2000 #\())
    (test-assert "too long or too deep" (string? (get port))))
  (with-pair (port peer)
    (limit! port 'request-bytes 1000)
    (say peer (string-append "(a b c \"" (make-string 2000 #\x)))
    (test-assert "too long, long before it ends"
      (string-contains (get port) "too long")))
  (with-pair (port peer)
    (say peer "(a b c 1)(a b ")
    (hang-up peer)
    (test-equal "what came before the end counts" '(a b c 1) (get port))
    (test-assert "half a request does not"
      (string-contains (get port) "ended in the middle of a request"))
    (with-pair (port peer)
      (hang-up peer)
      (test-assert "the end" (string-contains
                              (get port) "the other side has closed")))
    (close-port port)
    (test-assert "a closed port"
      (string-contains (get port) "the connection is closed")))
  (with-pair (port peer)
    (say peer "(a b c 1)")
    (steps 3)
    (reset peer)
    (steps 3)
    (test-equal "what came before a break counts" '(a b c 1) (get port))
    (test-assert "then it is said what broke"
      (string-contains (get port) "broken: Connection reset"))
    (test-equal "without a procedure to tell, it is printed" #t
      (string-contains? (with-output-to-string (lambda () (get-request port)))
                        "broken"))))

(define (string-contains? text part)
  (and (string-contains text part) #t))

;;; --- A rate --------------------------------------------------------------

(define (test-rate)
  (with-pair (port peer)
    (let ((requests (map (lambda (n) `(a b c ,n)) (iota 50))))
      (limit! port 'rate-requests 100)
      (say peer (string-concatenate (map object->string requests)))
      (test-equal "who waits for requests gets those past a rate, later"
        requests (map (lambda (request) (get port)) requests)))))

;;; --- Deadlines -----------------------------------------------------------

(define (test-deadlines)
  (with-pair (port peer)
    (let ((begun (now)) (got #f))
      (define (drip text)               ; goes on as long as it is waited for
        (unless got
          (say peer text)
          (after 0.2 (lambda () (drip "a")))))
      (limit! port 'request-seconds 1)
      (after 0.3 (lambda () (drip "(")))
      (let ((sentence (get port 30)))
        (set! got sentence)
        (test-assert "an unfinished request is given up"
          (and (string? got)
               (string-contains got "the rest of a request didn't come")))
        (test-assert "a second after its first byte, not sooner"
          (< 1.2 (- (now) begun))))))
  (with-pair (port peer)
    (let ((result #f))
      (limit! port 'request-seconds 1)
      (when-port-readable port (lambda () (set! result (get port #f))
                                       (when-port-readable port #f)))
      (steps)
      (test-eq "a request that hasn't begun has no deadline" #f
               (soon (lambda () result) 1.2))
      (say peer "(a b ")
      (test-assert "one in a handler has"
        (soon (lambda ()
                (and result
                     (string-contains result "didn't come in time")))))))
  (with-pair (port peer)
    (limit! port 'request-seconds 1)
    (say peer "(a b ")
    (test-assert "a longer #:timeout doesn't lift it"
      (string-contains (get port 30) "didn't come in time"))))

(run-tests "request"
           `("list" ,test-list) `("sending" ,test-sending)
           `("latest" ,test-latest) `("receiving" ,test-receiving)
           `("bad input" ,test-bad-input) `("a rate" ,test-rate)
           `("deadlines" ,test-deadlines))

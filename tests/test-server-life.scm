;;; test-server-life.scm --- im-server.scm begins, ends and loses clients
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; The server runs in this process; its clients are plain sockets, and end
;;; in every way there is.

(use-modules (program-test) (im reactor) (im socket)
             (ice-9 format) (srfi srfi-1) (srfi srfi-26) (srfi srfi-64))
(load-from-path "im-server.scm")

;;; --- Clients -------------------------------------------------------------

(define (start!) (im-server-start #:address "127.0.0.1"))

(the-server-listens-on! (lambda () (socket-port-number server-socket)))

(define-syntax-rule (with-server body ...)
  "Evaluate BODY while a server runs that nobody is enrolled with."
  (dynamic-wind
    (lambda () (start!))
    (lambda () body ...)
    (lambda () (im-server-close) (settle))))

(define (nobody-left?)
  (soon (lambda () (and (null? (get-clients-list))
                        (null? (cdr reserved-names))))))

;;; --- Starting and closing ------------------------------------------------

(define (test-start-and-close)
  (let* ((result #f)
         (line (printed-by (set! result (start!))))
         (port (socket-port-number server-socket)))
    (test-eq "im-server-start returns okay" 'okay result)
    (test-equal "and prints where clients reach it"
      (format #f "Server IP address: 127.0.0.1, server port: ~a\n" port) line)
    (test-equal "a second start is refused, with the place of the first"
      (list #f (string-append "The server is running already.  " line))
      (let* ((result #t) (line (printed-by (set! result (start!)))))
        (list result line)))
    (let ((alice (enrolled "alice")))
      (test-eq "im-server-close returns okay" 'okay (im-server-close))
      (test-equal "and tells everybody"
        "(server alice receive-msg \"Server shutting down...\")\
(server alice goodbye ())"
        (hear alice "(server alice receive-msg \"Server shutting down...\")\
(server alice goodbye ())"))
      (test-eq "and hangs up" 'end (hear alice 'end)))
    (test-assert "nobody can connect any more"
      (not (false-if-exception (call-peer port))))
    (test-eq "the port is free at once" 'okay
             (im-server-start #:port port #:address "127.0.0.1"))
    (test-equal "and was the one asked for" port
                (socket-port-number server-socket))
    (im-server-close)
    (test-eq "closing twice does no harm" 'okay (im-server-close)))
  (test-assert "on all addresses it prints one that others can use"
    (let ((line (printed-by (im-server-start))))
      (im-server-close)
      (string-contains line (string-append "Server IP address: "
                                           (network-address) ","))))
  (let ((other (listen-here)))
    (test-assert "a port in use is said to be"
      (string-contains
       (printed-by
        (test-eq "and #f returned" #f
                 (im-server-start #:port (port-of other)
                                  #:address "127.0.0.1")))
       "Address already in use"))
    (close-port other)
    (test-eq "and it can be started afterwards" 'okay (start!))
    (im-server-close))
  (for-each
   (lambda (arguments)
     (test-assert (format #f "(im-server-start ~{~s~^ ~}) returns #f and says why"
                          arguments)
       (let* ((result 'none)
              (text (printed-by
                     (set! result (apply im-server-start arguments)))))
         (and (not result) (> (string-length text) 20)))))
   '((#:port 65536) (#:port -1) (#:port "1234") (#:address "8.8.8.8")
     (#:address "nonsense") (#:address 5))))

(define (test-thousand-starts)
  (define (start-and-close)
    (start!)
    (let ((peer (new-peer)))
      (reactor-step #:timeout 0)
      (im-server-close)
      (hang-up peer)))
  (for-each (lambda (i) (start-and-close)) (iota 20))
  (settle)
  (let ((before (open-descriptors)))
    (for-each (lambda (i) (start-and-close)) (iota 1000))
    (test-assert "1,000 starts and closes leave no descriptor behind"
      (soon (lambda () (<= (open-descriptors) before))))))

;;; --- Ends of connections -------------------------------------------------

(define (test-ends)
  (for-each
   (lambda (how end)
     (with-server
      (let ((stranger (new-peer)) (greeted (greeted "carl"))
            (bob (enrolled "bob")))
        (end stranger) (end greeted)
        (test-assert (format #f "who ~a during the handshake leaves no trace" how)
          (soon (lambda () (null? (cdr reserved-names)))))
        (let ((ann (enrolled "ann" "bob")))
          (hear-list bob "bob" '("ann" "bob"))
          (say ann "(ann bob send-msg")
          (end ann)
          (test-equal (format #f "who ~a has left, and one list says so" how)
            "(server bob client-list (bob))"
            (hear-list bob "bob" '("bob")))
          (test-assert "and nothing else" (knows-nothing-new? bob "bob")))
        (test-assert "and the names are free"
          (let ((ann (enrolled "ann" "bob")))
            (hear-list bob "bob" '("ann" "bob"))
            (enrolled "carl" "ann" "bob")
            (equal? "(server bob client-list (carl ann bob))"
                    (hear-list bob "bob" '("carl" "ann" "bob"))))))))
   '("hangs up" "breaks the connection" "half-closes")
   (list hang-up reset half-close)))

;;; --- Two at a time, too slow, too much -----------------------------------

(define (test-races)
  (with-server
   (let ((first (greeted "ann")) (second (new-peer)))
     (say second "(\"ANN\" server hello ())")
     (test-equal "a name is reserved from hello on"
       "(server \"ANN\" sorry ())" (hear second "(server \"ANN\" sorry ())"))
     (test-eq "the second is hung up on" 'end (hear second 'end))
     (say first "(ann server thanks ())")
     (test-equal "the first comes in" "(server ann client-list (ann))"
       (hear-list first "ann" '("ann"))))
   (for-each
    (lambda (i)
      (let* ((peers (list (new-peer) (new-peer)))
             (name (format #f "racer-~a" i)))
        (for-each (cut say <> (format #f "(~a server hello ())(~:*~a server \
thanks ())" name))
                  peers)
        (let ((answers (map (lambda (peer)
                              (soon (lambda ()
                                      (let ((heard (heard-so-far peer)))
                                        (and (not (string-null? heard))
                                             heard)))))
                            peers)))
          (unless (equal? '(#f #t)
                          (map (lambda (answer)
                                 (and (string-contains answer " welcome ") #t))
                               (sort answers (lambda (a b)
                                               (string-contains a "sorry")))))
            (test-assert (format #f "one of two wins: ~s" answers) #f))
          (for-each hang-up peers))))
    (iota 100))
   (test-assert "of two at the same time exactly one wins" #t)))

(define (test-slow)
  (define usual (im-limit 'handshake-seconds))
  (im-limit 'handshake-seconds 0.2)
  (with-server
   (let* ((ann (enrolled "ann"))
          (silent (new-peer)) (halting (new-peer)) (greeted (greeted "bob")))
     (say halting "(carl server he")
     (test-eq "who says nothing is hung up on" 'end (hear silent 'end))
     (test-eq "who stops in the middle of hello, too" 'end (hear halting 'end))
     (test-eq "who never says thanks, too" 'end (hear greeted 'end))
     (test-assert "and the name is free again" (nobody-reserved?))
     (test-assert "who is enrolled may be silent" (knows-nothing-new? ann "ann"))))
  (im-limit 'handshake-seconds usual))

(define (nobody-reserved?)
  (soon (lambda () (null? (cdr reserved-names)))))

(define (test-slow-reader)
  (with-server
   (let* ((ann (enrolled "ann"))
          (slow (call-peer-reading-slowly (socket-port-number server-socket)))
          (message (format #f "(ann slow send-msg ~s)" (make-string 60000 #\x))))
     (say slow "(slow server hello ())(slow server thanks ())")
     (hear-list ann "ann" '("slow" "ann"))
     (let loop ((left 400))
       (when (and (positive? left) (find-client-socket 'slow))
         (say ann message)
         (reactor-step #:timeout 0.002)
         (loop (1- left))))
     (test-assert "who doesn't read is dropped when 256 KiB wait"
       (soon (lambda () (not (find-client-socket 'slow)))))
     (test-assert "and the others are told"
       (let ((heard ""))
         (soon (lambda ()
                 (set! heard (string-append heard (heard-so-far ann)))
                 (string-contains heard "(server ann client-list (ann))")))))
     (test-assert "and go on" (begin (settle) (heard-so-far ann)
                                     (knows-nothing-new? ann "ann"))))))

(run-tests "server-life"
  (lambda ()
    (test-start-and-close)
    (test-ends)
    (test-races)
    (test-slow)
    (test-slow-reader)
    (test-thousand-starts)))

;;; test-session-player.scm --- the player of sessions sees every difference
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; Two players, one for each side, must agree on every session, and no
;;; longer when one of them plays a session with a fault planted in it.  A
;;; small server, correct but naive, must agree too.

(use-modules (ice-9 format)
             (ice-9 iconv)
             (ice-9 match)
             (ice-9 textual-ports)
             (rnrs bytevectors)
             (session-format)
             (session-player)
             (session-suite)
             (session-variants)
             (session-wire)
             (srfi srfi-1)
             (srfi srfi-9)
             (srfi srfi-26)
             (srfi srfi-64))

(define lisp-sessions
  (map recorded-session
       '("original.session" "original-symbols.session" "stklos.session"
         "stk-server-stklos-client.session")))

(define sessions
  (append lisp-sessions (list (recorded-session "xml.session"))))

(define deviations (recorded-deviations))


;;; Player against player

(define (without-acts session)
  "Return SESSION without the acts: a player acts by itself."
  (map-events (lambda (event) (if (act? event) '() (list event))) session))

(define* (converse clients server #:key (client-cut whole) (server-cut whole))
  "Play the session CLIENTS, cut by CLIENT-CUT, against the session SERVER, cut
by SERVER-CUT."
  (let* ((server-player (make-player #\< (without-acts server) (make-subject)
                                     #:cut server-cut))
         (result (play #\> (without-acts clients)
                       (player->subject server-player)
                       #:cut client-cut)))
    (close-player! server-player)
    result))

(define (agree? result) (eq? result agrees))

(define* (stalls? clients server #:key (cut whole))
  "True iff the sessions CLIENTS and SERVER don't agree, where nothing has to
be waited for, as all happens in this process."
  (not (agree? (parameterize ((patience 1/50))
                 (converse clients server #:client-cut cut)))))

(define (test-name session . words)
  (string-append (session-name session) ": " (string-join words)))

(define (players-agree what session)
  (test-equal (test-name session what "line by line") agrees
              (converse session session))
  (test-equal (test-name session what "byte by byte") agrees
              (converse session session
                        #:client-cut byte-by-byte #:server-cut byte-by-byte)))

(define (players-agree-on-cuts session)
  (test-equal (test-name session "each line cut at each byte")
              (list agrees)
              (delete-duplicates
               (map (lambda (position)
                      (converse session session
                                #:client-cut (cut-in-two position)
                                #:server-cut (cut-in-two position)))
                    (iota (max (longest-line session #\<)
                               (longest-line session #\>)))))))

(define (test-agreement)
  (for-each
   (lambda (session)
     (players-agree "as recorded," session)
     (players-agree "our server," (deviate session deviations #\<))
     (players-agree "our clients," (deviate session deviations #\>))
     (players-agree "open end," (without-server-close session))
     (players-agree "nobody killed," (without-killing session))
     (players-agree-on-cuts session))
   sessions))


;;; Deviations

(define (session-deviations session direction)
  "Return the deviations of SESSION in DIRECTION, in lists of one line each."
  (filter-map
   (lambda (event)
     (let ((line (event-line event)))
       (and line
            (char=? direction (event-direction event))
            (match (filter (lambda (deviation)
                             (about? deviation session line))
                           deviations)
              (() #f)
              (here here)))))
   (session-events session)))

(define (all-deviations session)
  (append (session-deviations session #\<) (session-deviations session #\>)))

(define (test-each-deviation-must-deviate session)
  (define ours (cut deviate session deviations <>))
  (define (but here) (lset-difference eq? deviations here))
  (for-each
   (lambda (here)
     (test-assert (test-name session "a server that doesn't deviate")
       (stalls? (ours #\<) (deviate session (but here) #\<))))
   (session-deviations session #\<))
  (for-each
   (lambda (here)
     (test-assert (test-name session "a client that doesn't deviate")
       (stalls? (deviate session (but here) #\>) (ours #\>))))
   (session-deviations session #\>)))

(define (test-deviations)
  (define session (first sessions))
  (define (deviate-by text)
    (deviate session (list (parse-deviation text)) #\<))
  (for-each test-each-deviation-must-deviate lisp-sessions)
  (test-equal "each deviation is used" (length deviations)
              (length (concatenate (append-map all-deviations sessions))))
  (test-error "a deviation that says what is recorded" #t
              (deviate-by
               "original.session:10 | 1 < (server alice welcome ()) | none"))
  (test-error "a deviation from a line that isn't there" #t
              (deviate-by "original.session:9999 | 1 < () | none"))
  (test-error "a deviation without a reason" #t
              (parse-deviation "original.session:10 | 1 < ()")))


;;; The format

(define (only-event text)
  (first (session-events (parse-session "one" (list text)))))

(define (test-format)
  (test-equal "every byte has its escape" "a\\\\\\n\\x00\\xff"
              (bytes->text "a\\\n\x00\xff"))
  (test-equal "escapes mean bytes" "a\\\n\x00\xff\\x41"
              (event-payload (only-event "1 < a\\\\\\n\\x00\\xff\\\\x41")))
  (test-equal "a leading space is a byte" " x"
              (event-payload (only-event "1 <  x")))
  (test-error "a line that means nothing" #t (only-event "1 = x"))
  (test-equal "each expression is typed to the client that typed it"
              '((1 "(im-enroll") (2 "(im-enroll") (1 "(im") (1 "(im") (2 "(im")
                (2 "(im") (2 "(im") (1 "(im") (3 "(im-enroll")
                (2 "(send-request") (2 "(im-exit)") (2 "(im") (4 "(im-enroll")
                (4 "") (#f "(im-server-close)"))
              (first-words (act-connections (first sessions))))
  (test-equal "what no note tells of is done too"
              '((1 "(im-enroll") (2 "(im-enroll") (1 "(im") (2 "(im") (2 "(im")
                (1 "(im") (2 "(im-exit)") (#f "(im-server-close)"))
              (first-words (act-connections (fourth sessions))))
  (for-each
   (lambda (session)
     (test-equal (test-name session "every recorded line is played")
                 (recorded-lines session)
                 (filter-map event-line (session-events session))))
   sessions))

(define (first-words acts)
  (map (match-lambda
         ((connection expression)
          (list connection (first (string-split expression #\space)))))
       acts))

(define (session-file session)
  (search-path %load-path (string-append "wire/" (session-name session))))

(define (recorded-lines session)
  "Return the numbers of the lines in SESSION's file that are events."
  (let ((lines (string-split
                (call-with-input-file (session-file session)
                  get-string-all #:encoding "UTF-8")
                #\newline)))
    (filter-map (lambda (line number)
                  (and (not (string-null? line))
                       (char-numeric? (string-ref line 0))
                       number))
                lines (iota (length lines) 1))))


;;; Planted faults

(define (replace-nth list n . items)
  "Return LIST with ITEMS instead of its element N."
  (append (take list n) items (drop list (+ n 1))))

(define (swap-nth list n)
  "Return LIST with the elements N and N + 1 exchanged."
  (append (take list n)
          (match (drop list n)
            ((a b . rest) (cons* b a rest)))))

(define (alter-byte event)
  "Return EVENT with another byte in its middle."
  (let* ((bytes (string-copy (event-payload event)))
         (middle (quotient (string-length bytes) 2))
         (byte (char->integer (string-ref bytes middle))))
    (string-set! bytes middle (integer->char (logxor byte 1)))
    (set-event-payload event bytes)))

(define (add-byte event)
  "Return EVENT with a newline after its bytes."
  (set-event-payload event (string-append (event-payload event) "\n")))

(define (misdirect event)
  "Return EVENT on another connection."
  (set-event-connection event (if (= 1 (event-connection event)) 2 1)))

;; What can be done to an event that sends bytes.  Each of these must show.
(define line-faults
  `(("a changed byte" ,(lambda (events n)
                         (replace-nth events n
                                      (alter-byte (list-ref events n)))))
    ("an extra byte" ,(lambda (events n)
                        (replace-nth events n
                                     (add-byte (list-ref events n)))))
    ("a missing line" ,(lambda (events n) (replace-nth events n)))
    ("a line sent twice" ,(lambda (events n)
                            (replace-nth events n (list-ref events n)
                                         (list-ref events n))))))

(define (line-numbers events direction)
  "Return the indices of those EVENTS that send bytes in DIRECTION to someone
who is there to get them."
  (filter (lambda (n)
            (let ((event (list-ref events n)))
              (and (bytes? event)
                   (char=? direction (event-direction event))
                   (not (sent-after-end? events n)))))
          (iota (length events))))

(define (sent-after-end? events n)
  "True iff event N of EVENTS goes to a client that has ended."
  (any (lambda (event)
         (and (end? event)
              (same-connection? event (list-ref events n))))
       (take events n)))

(define (test-line-faults session direction)
  "Plant each fault in each line of SESSION in DIRECTION."
  (define events (session-events (without-acts session)))
  (define (unseen plant)
    (remove (lambda (n)
              (let ((faulty (session-with-events session (plant events n))))
                (if (char=? direction #\<)
                    (stalls? session faulty)
                    (stalls? faulty session))))
            (line-numbers events direction)))
  (for-each (match-lambda
              ((fault plant)
               (test-equal (test-name session fault (string direction)) '()
                           (unseen plant))))
            line-faults))

(define (neighbours events wanted?)
  "Return the indices N for which (WANTED? event-N event-N+1)."
  (filter (lambda (n)
            (wanted? (list-ref events n) (list-ref events (+ n 1))))
          (iota (- (length events) 1))))

(define (wrong-order? a b)
  (and (bytes? a) (bytes? b)
       (same-connection? a b) (same-direction? a b)
       (not (equal? (event-payload a) (event-payload b)))))

(define (early-end? a b)
  (and (bytes? a) (end? b) (same-connection? a b) (same-direction? a b)))

(define (effect-before-cause? a b)
  (and (bytes? a) (bytes? b)
       (char=? #\> (event-direction a)) (char=? #\< (event-direction b))))

(define (another-connection-first? a b)
  (and (bytes? a) (or (bytes? b) (end? b))
       (not (same-connection? a b)) (same-direction? a b)
       (same-step? a b)))

(define (end-order? a b)
  (and (end? a) (end? b) (same-connection? a b)))

(define* (swaps-that session wanted? seen? #:key (cut whole))
  "Return the lines of SESSION whose exchange with the next one, where WANTED?,
is seen although SEEN? is false, or the other way round."
  (define events (session-events (without-acts session)))
  (define (swap n) (session-with-events session (swap-nth events n)))
  (define (right? n)
    (if seen?
        (stalls? session (swap n) #:cut cut)
        (agree? (converse session (swap n)))))
  (filter-map (lambda (n)
                (and (not (sent-after-end? events n))
                     (not (right? n))
                     (event-line (list-ref events n))))
              (neighbours events wanted?)))

(define (test-orders session)
  (test-equal (test-name session "wrong order within a connection") '()
              (swaps-that session wrong-order? #t))
  (test-equal (test-name session "an END too early") '()
              (swaps-that session early-end? #t))
  (test-equal (test-name session "an effect before its cause") '()
              (swaps-that session effect-before-cause? #t
                          #:cut byte-by-byte))
  (test-equal (test-name session "connections in any order") '()
              (swaps-that session another-connection-first? #f))
  (test-equal (test-name session "the two ENDs in any order") '()
              (swaps-that session end-order? #f)))

(define (test-wrong-connection session)
  (define events (session-events (without-acts session)))
  (define both-open (list-index (lambda (event)
                                  (and (eqv? 2 (event-connection event))
                                       (bytes? event)
                                       (char=? #\< (event-direction event))))
                                events))
  (test-assert (test-name session "a line to another connection")
    (stalls? session
             (session-with-events
              session
              (replace-nth events both-open
                           (misdirect (list-ref events both-open)))))))

(define (test-hasty-end session)
  (define events (session-events session))
  (define (of-second? event)
    (and (eqv? 2 (event-connection event))
         (char=? #\> (event-direction event))
         (not (act? event))))
  (define end (find (lambda (event) (and (of-second? event) (end? event)))
                    events))
  (define last-bytes (last (filter of-second? (delq end events))))
  (test-assert (test-name session "a client that hangs up without goodbye")
    (stalls? (map-events (lambda (event)
                           (cond ((eq? event end) '())
                                 ((eq? event last-bytes) (list event end))
                                 (else (list event))))
                         session)
             session)))

(define (test-uninvited-connection session)
  (define events (session-events session))
  (test-assert (test-name session "a connection too many")
    (stalls? (session-with-events
              session
              (cons (make-event #f 0 9 #\> 'open) events))
             session)))

(define (test-farewell-to-the-dead session)
  "The server may send a killed client its goodbye, or not."
  (define events (session-events (without-acts session)))
  (define farewell
    (list-index (lambda (n) (and (bytes? (list-ref events n))
                                 (sent-after-end? events n)))
                (iota (length events))))
  (define (with replacement)
    (session-with-events session
                         (apply replace-nth events farewell replacement)))
  (when farewell
    (test-equal (test-name session "no goodbye to a killed client") agrees
                (converse session (with '())))
    (test-assert (test-name session "another goodbye to a killed client")
      (stalls? session
               (with (list (alter-byte (list-ref events farewell))))))))

(define (test-faults)
  (for-each test-hasty-end lisp-sessions)
  (for-each (lambda (session)
              (test-line-faults session #\<)
              (test-line-faults session #\>)
              (test-orders session)
              (test-wrong-connection session)
              (test-uninvited-connection session)
              (test-farewell-to-the-dead session))
            sessions))


;;; A model: the simplest server that is correct
;;;
;;; It trusts its clients, so nobody should run it but this test.

(define-record-type <model>
  (make-model listener peers spoil)
  model?
  (listener model-listener)
  (peers model-peers set-model-peers!)  ; newest first
  (spoil model-spoil))                  ; request -> request or #f

(define-record-type <peer>
  (make-peer socket name state input)
  peer?
  (socket peer-socket)
  (name peer-name set-peer-name!)
  (state peer-state set-peer-state!)    ; new | greeted | enrolled
  (input peer-input set-peer-input!))   ; bytevector: half a request

(define (start-model spoil)
  "Return a server that sends (SPOIL request) instead of each request."
  (let ((listener (socket AF_INET SOCK_STREAM 0)))
    (bind listener AF_INET INADDR_LOOPBACK 0)
    (listen listener 8)
    (make-model listener '() spoil)))

(define (model->subject model)
  "Return MODEL as the program under test."
  (define (turn! . ignored) (model-turn! model))
  (make-subject #:address (lambda () (getsockname (model-listener model)))
                #:act! (lambda ignored (close-model! model))
                #:settle! turn!
                #:turn! turn!
                #:descriptors (lambda () (model-descriptors model))))

(define (model-descriptors model)
  (cons (model-listener model) (map peer-socket (model-peers model))))

(define (model-turn! model)
  "Serve everyone who has sent something, until nobody has."
  (let ((ready (readable (model-descriptors model) 0)))
    (when (memq (model-listener model) ready)
      (accept-peer! model))
    (for-each (lambda (peer)
                (when (and (memq (peer-socket peer) ready)
                           (memq peer (model-peers model)))
                  (hear! model peer)))
              (model-peers model))
    (unless (null? ready)
      (model-turn! model))))

(define (accept-peer! model)
  (let ((socket (car (accept (model-listener model)))))
    (setsockopt socket IPPROTO_TCP TCP_NODELAY 1)
    (set-model-peers! model (cons (make-peer socket #f 'new #vu8())
                                  (model-peers model)))))

(define (hear! model peer)
  "Read what PEER sent and act on each request that is whole."
  (let* ((buffer (make-bytevector 4096))
         (count (recv! (peer-socket peer) buffer)))
    (if (zero? count)
        (remove-peer! model peer)
        (act-on-requests!
         model peer (bytevector-append (peer-input peer) buffer count)))))

(define (bytevector-append a b count)
  "Return A and the first COUNT bytes of B."
  (let ((both (make-bytevector (+ (bytevector-length a) count))))
    (bytevector-copy! a 0 both 0 (bytevector-length a))
    (bytevector-copy! b 0 both (bytevector-length a) count)
    both))

(define (act-on-requests! model peer bytes)
  (set-peer-input! peer bytes)
  (match (catch #t (lambda () (read-request bytes)) (const #f))
    ((request . rest)
     (act! model peer request)
     (when (memq peer (model-peers model))
       (act-on-requests! model peer rest)))
    (#f #f)))

(define (read-request bytes)
  "Return the first request in BYTES and the bytes after it.  Raise an error
if it isn't whole."
  (call-with-input-string (bytevector->string bytes "UTF-8")
    (lambda (port)
      (match (read port)
        ((? pair? request)
         (cons request (string->bytevector (get-string-all port) "UTF-8")))))))

(define (act! model peer request)
  "Do what REQUEST of PEER asks for."
  (match (cons (peer-state peer) request)
    (('new name _ 'hello _) (greet! model peer name))
    (('greeted _ _ 'thanks _)
     (set-peer-state! peer 'enrolled)
     (send-list! model))
    (('enrolled _ _ 'logout _) (remove-peer! model peer))
    (('enrolled _ name 'send-msg data) (relay! model peer name data))
    (('enrolled _ _ action _)
     (tell! model peer 'server 'receive-msg
            (format #f "Unrecognized action: ~a" action)))
    (_ (forget-peer! model peer))))

(define (greet! model peer name)
  (let ((taken? (peer-named model name)))
    (set-peer-name! peer name)
    (cond (taken?
           (tell! model peer 'server 'sorry '())
           (forget-peer! model peer))
          (else
           (set-peer-state! peer 'greeted)
           (tell! model peer 'server 'welcome '())))))

(define (relay! model peer name data)
  (let ((receiver (peer-named model name)))
    (if receiver
        (tell! model receiver (peer-name peer) 'receive-msg data)
        (tell! model peer 'server 'receive-msg
               (format #f "User not found: ~a" name)))))

(define (peer-named model name)
  (find (lambda (peer)
          (and (peer-name peer)
               (string-ci=? (format #f "~a" name)
                            (format #f "~a" (peer-name peer)))))
        (model-peers model)))

(define (enrolled model)
  (filter (lambda (peer) (eq? 'enrolled (peer-state peer)))
          (model-peers model)))

(define (send-list! model)
  "Tell every client who is here."
  (for-each (lambda (peer)
              (tell! model peer 'server 'client-list
                     (map peer-name (enrolled model))))
            (enrolled model)))

(define (remove-peer! model peer)
  (tell! model peer 'server 'goodbye '())
  (forget-peer! model peer)
  (send-list! model))

(define (forget-peer! model peer)
  (set-model-peers! model (delq peer (model-peers model)))
  (close-port (peer-socket peer)))

(define (close-model! model)
  (for-each (lambda (peer)
              (tell! model peer 'server 'receive-msg "Server shutting down...")
              (tell! model peer 'server 'goodbye '())
              (forget-peer! model peer))
            (model-peers model)))

(define (tell! model peer source action data)
  "Send PEER a request from SOURCE, spoiled as MODEL does."
  (let ((request ((model-spoil model)
                  (list source (peer-name peer) action data))))
    (when request
      (catch 'system-error
        (lambda ()
          (send (peer-socket peer)
                (string->bytevector (show request) "UTF-8")))
        (const #f)))))

(define (show datum)
  "Return DATUM as it is sent."
  (match datum
    ((? list?) (string-append "(" (string-join (map show datum)) ")"))
    ((? string?) (string-append "\"" (escape datum) "\""))
    ((? symbol?)
     (let ((text (symbol->string datum)))
       (if (string-any char-upper-case? text)
           (string-append "|" text "|")
           text)))
    (_ (format #f "~s" datum))))

(define (escape text)
  (string-concatenate
   (map (lambda (char)
          (match (assv char '((#\\ . "\\\\") (#\" . "\\\"")
                              (#\newline . "\\n") (#\tab . "\\t")))
            ((_ . escaped) escaped)
            (#f (string char))))
        (string->list text))))

(define* (play-model session #:key (cut whole) (spoil identity))
  "Play SESSION against a model that SPOILs its requests."
  (let* ((model (start-model spoil))
         (result (play #\> session (model->subject model) #:cut cut)))
    (for-each close-port (model-descriptors model))
    result))

(define (spoil-action action change)
  "Return a procedure that CHANGEs the requests with ACTION only."
  (lambda (request)
    (if (eq? action (third request)) (change request) request)))

(define (with-data data)
  "Return a procedure that changes the data of a request to DATA."
  (match-lambda ((source destination action _)
                 (list source destination action data))))

(define (in-data procedure)
  "Return a procedure that changes the data of a request by PROCEDURE."
  (lambda (request) ((with-data (procedure (fourth request))) request)))

(define spoilers
  `(("no welcome" ,(spoil-action 'welcome (const #f)))
    ("a welcome with a word in it" ,(spoil-action 'welcome (with-data 'hi)))
    ("a welcome in capitals" ,(spoil-action 'welcome
                                            (lambda (request)
                                              (cons 'Server (cdr request)))))
    ("no sorry" ,(spoil-action 'sorry (const #f)))
    ("no client list" ,(spoil-action 'client-list (const #f)))
    ("a client list, oldest first" ,(spoil-action 'client-list
                                                  (in-data reverse)))
    ("no message" ,(spoil-action 'receive-msg (const #f)))
    ("no goodbye" ,(spoil-action 'goodbye (const #f)))
    ("a fifth element" ,(lambda (request) (append request '(()))))))

(define (test-model)
  (read-enable 'r7rs-symbols)
  (for-each
   (lambda (session)
     (define ours (deviate session deviations #\<))
     (for-each
      (match-lambda
        ((name cut)
         (test-equal (test-name session "model," name) agrees
                     (play-model ours #:cut cut))))
      `(("line by line" ,whole) ("byte by byte" ,byte-by-byte)
        ("each line cut" ,(cut-in-two 7))))
     (test-equal (test-name session "model, open end") agrees
                 (play-model (without-server-close ours))))
   lisp-sessions)
  (test-spoilers (deviate (first lisp-sessions) deviations #\<)))

(define (test-spoilers session)
  (for-each
   (match-lambda
     ((name spoil)
      (test-assert (test-name session "model," name)
        (not (agree? (parameterize ((patience 1/50))
                       (play-model session #:spoil spoil)))))))
   spoilers))

(run-test-suite "session-player"
  (lambda ()
    (test-format)
    (test-agreement)
    (test-deviations)
    (test-faults)
    (test-model)))

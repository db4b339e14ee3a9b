;;; session-player.scm --- replay recorded sessions against a server or client
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; A session in wire/ is what an original server and its clients once said
;;; to each other.  The player takes one side of it, the program under test
;;; the other, and the player compares every byte.  It knows nothing of
;;; requests and uses nothing of Guile-IM, so any server or client can be
;;; put to the test.
;;;
;;; Compared are the bytes of each connection and direction, joined; where
;;; one write ends means nothing.  What the session shows after a line of
;;; the player may come only when the player has sent that line, and the
;;; player sends a line only when everything the session shows before it has
;;; come.  The exceptions: `incomparable?' and `farewells-to-killed'.
;;;
;;; Bytes are kept as strings of the characters 0 to 255.

(define-module (session-player)
  #:use-module (ice-9 binary-ports)
  #:use-module (ice-9 iconv)
  #:use-module (ice-9 rdelim)
  #:use-module (ice-9 regex)
  #:use-module (ice-9 textual-ports)
  #:use-module (rnrs bytevectors)
  #:use-module (srfi srfi-1)
  #:use-module (srfi srfi-9)
  #:use-module (srfi srfi-9 gnu)
  #:use-module (srfi srfi-43)
  #:use-module (srfi srfi-64)
  #:export (;; sessions
            recorded-session parse-session session-name session-events
            map-events session-with-events
            act-connections make-event event-line event-step event-connection
            event-direction event-payload set-event-payload
            set-event-connection act? bytes? end?
            same-step? same-connection? same-direction?
            without-server-close without-killing longest-line
            bytes->text
            ;; deviations
            recorded-deviations parse-deviation deviate about?
            ;; cuts
            whole byte-by-byte cut-in-two
            ;; playing
            patience play agrees every-agrees
            make-player player->subject player-address player-turn!
            player-descriptors player-complete?
            close-player! make-subject disagree readable
            ;; programs under test
            start-server stop-server! server-subject
            start-clients stop-clients! clients-subject
            run-test-suite))


;;; Sessions

(define-immutable-record-type <session>
  (make-session name events)
  session?
  (name session-name)
  (events session-events session-with-events))

;; LINE is #f where the recording has no such line, and CONNECTION where it
;; concerns none.  DIRECTION is #\> or #\<, from the client or the server;
;; of an act, the side it is done to.
(define-immutable-record-type <event>
  (make-event line step connection direction payload)
  event?
  (line event-line)
  (step event-step set-event-step)
  (connection event-connection set-event-connection)
  (direction event-direction)
  (payload event-payload set-event-payload)) ; bytes | open | end | <act>

;; What a person did to a program: `type' the expression TEXT at a client's
;; prompt, `kill' a client, `close' the server.  LABEL says who did it.
(define-record-type <act>
  (make-act kind text label)
  act-payload?
  (kind act-kind)
  (text act-text)
  (label act-label))

(define (act? event) (act-payload? (event-payload event)))
(define (bytes? event) (string? (event-payload event)))
(define (open? event) (eq? (event-payload event) 'open))
(define (end? event) (eq? (event-payload event) 'end))

(define (same-step? a b)
  (= (event-step a) (event-step b)))

(define (same-connection? a b)
  (eqv? (event-connection a) (event-connection b)))

(define (same-direction? a b)
  (char=? (event-direction a) (event-direction b)))

(define (wire-file name)
  "Return the file NAME of the recordings, which lie beside this module."
  (string-append (dirname (search-path %load-path "session-player.scm"))
                 "/wire/" name))

(define (file-lines file)
  "Return the lines of FILE."
  (string-split (call-with-input-file file get-string-all #:encoding "UTF-8")
                #\newline))

(define (recorded-session name)
  "Return the session in the file NAME."
  (parse-session name (file-lines (wire-file name))))

(define (parse-session name lines)
  "Return the session NAME that LINES describe."
  (make-session
   name
   (address-acts
    (announce-kills
     (number-steps
      (announce-steps
       (filter-map parse-line lines (iota (length lines) 1))))))))

;; An item is a note, the text of a comment, or an event.
(define (parse-line text line)
  "Return the item that TEXT, the line number LINE, describes, or #f."
  (cond ((string-prefix? "#" text) text)
        ((string-null? text) #f)
        (else (parse-event text line))))

(define event-pattern (make-regexp "^([0-9]+) (OPEN|([<>]) (.*))$"))

(define (parse-event text line)
  "Return the event TEXT describes.  Raise an error if it is none."
  (let ((m (regexp-exec event-pattern text)))
    (unless m
      (error "neither an event nor a comment:" line text))
    (make-event line 0
                (string->number (match:substring m 1))
                (if (match:substring m 3)
                    (string-ref (match:substring m 3) 0)
                    #\>)
                (parse-payload (or (match:substring m 4) "OPEN")))))

(define (parse-payload text)
  (cond ((string=? text "OPEN") 'open)
        ((string=? text "END") 'end)
        (else (text->bytes text))))

(define escape-pattern (make-regexp "\\\\(x[0-9a-f][0-9a-f]|\\\\|n)"))

(define (text->bytes text)
  "Return the bytes that TEXT, as it stands in a session, means."
  (define (unescape m)
    (let ((escape (match:substring m 1)))
      (cond ((string=? escape "\\") "\\")
            ((string=? escape "n") "\n")
            (else (string (integer->char
                           (string->number (string-drop escape 1) 16)))))))
  (regexp-substitute/global #f escape-pattern text 'pre unescape 'post))

(define (bytes->text bytes)
  "Return BYTES as they would stand in a session."
  (define (escape char)
    (cond ((char=? char #\\) "\\\\")
          ((char=? char #\newline) "\\n")
          ((char<=? #\space char #\~) (string char))
          (else (string-append
                 "\\x" (string-pad (number->string (char->integer char) 16)
                                   2 #\0)))))
  (string-concatenate (map escape (string->list bytes))))

;; A note starts a step: what one person did and all that followed from it.
;; Some recordings lack the notes for arrivals and for the server's end.
(define (announce-steps items)
  "Return ITEMS with a note before each step that has none."
  (let loop ((items items) (expression ""))
    (cond ((null? items) '())
          ((string? (car items))
           (cons (car items)
                 (loop (cdr items) (or (note-expression (car items)) ""))))
          ((missing-note (car items) expression)
           => (lambda (note) (loop (cons note items) "")))
          ((open? (car items)) (cons (car items) (loop (cdr items) "")))
          (else (cons (car items) (loop (cdr items) expression))))))

(define (note-expression note)
  "Return the expression that NOTE says was typed, or #f."
  (let ((start (any (lambda (opening) (string-contains note opening))
                    '("(im-" "(im " "(send-request "))))
    (and start (string-drop note start))))

(define (missing-note event expression)
  "Return the note that EVENT lacks in the step of EXPRESSION, or #f."
  (cond ((and (open? event) (not (string-prefix? "(im-enroll" expression)))
         "# (im-enroll \"127.0.0.1\" 0)")
        ((and (bytes? event)
              (string-contains (event-payload event) "Server shutting down")
              (not (string-prefix? "(im-server-close" expression)))
         "# (im-server-close)")
        (else #f)))

(define (number-steps items)
  "Return the events in ITEMS, each with its step, and an act for each note."
  (let loop ((items items) (step 0))
    (cond ((null? items) '())
          ((string? (car items))
           (let ((act (note->act (car items) (+ step 1)))
                 (rest (loop (cdr items) (+ step 1))))
             (if act (cons act rest) rest)))
          (else (cons (set-event-step (car items) step)
                      (loop (cdr items) step))))))

(define (note->act note step)
  "Return the act that NOTE tells of, as an event of STEP, or #f."
  (let* ((expression (or (note-expression note) ""))
         (label (string-drop-right note (string-length expression))))
    (cond ((string-null? expression) #f)
          ((string-prefix? "(im-server-close" expression)
           (make-event #f step #f #\< (make-act 'close expression label)))
          (else
           (make-event #f step #f #\> (make-act 'type expression label))))))

(define (announce-kills events)
  "Return EVENTS with an act before each END that comes out of the blue."
  (let loop ((events events) (previous-step #f))
    (if (null? events)
        '()
        (let* ((event (car events))
               (rest (cons event (loop (cdr events) (event-step event)))))
          (if (and (end? event) (not (eqv? (event-step event) previous-step)))
              (cons (kill-act event) rest)
              rest)))))

(define (kill-act event)
  "Return the killing of the client whose END is EVENT."
  (make-event #f (event-step event) (event-connection event) #\>
              (make-act 'kill "" "")))

(define (address-acts events)
  "Return EVENTS, the acts with the connection whose client they are done to."
  (map (lambda (event)
         (if (and (act? event) (char=? (event-direction event) #\>))
             (set-event-connection event (act-connection event events))
             event))
       events))

(define (act-connection act events)
  "Return the connection of the client that ACT is done to: the first one
that does something in its step, or else the one the note names."
  (or (any (lambda (event)
             (and (not (act? event))
                  (= (event-step event) (event-step act))
                  (char=? (event-direction event) #\>)
                  (event-connection event)))
           events)
      (find (lambda (connection)
              (string-contains (act-label (event-payload act))
                               (name->text (client-name events connection))))
            (delete-duplicates (filter-map event-connection events)))))

(define (act-connections session)
  "Return for each act in SESSION its connection and its expression."
  (filter-map (lambda (event)
                (and (act? event)
                     (list (event-connection event)
                           (act-text (event-payload event)))))
              (session-events session)))

(define (client-bytes events connection)
  "Return all bytes the client of CONNECTION sends in EVENTS."
  (string-concatenate
   (filter-map (lambda (event)
                 (and (bytes? event)
                      (eqv? connection (event-connection event))
                      (char=? #\> (event-direction event))
                      (event-payload event)))
               events)))

(define name-pattern
  (make-regexp "^\\(([^ ]+) |^<command>hello</command><from>([^<]*)</from>"))

(define (client-name events connection)
  "Return the name under which CONNECTION enrolls, as it stands on the wire."
  (let ((m (regexp-exec name-pattern (client-bytes events connection))))
    (or (match:substring m 1) (match:substring m 2))))

(define (name->text name)
  "Return the text of NAME, bare, |barred| or \"quoted\" as on the wire."
  (string-trim-both name (char-set #\" #\|)))


;;; Sessions made from others

(define (map-events procedure session)
  "Return SESSION with each event replaced by the list (PROCEDURE event)."
  (session-with-events session
                       (append-map procedure (session-events session))))

(define (longest-line session direction)
  "Return the length of the longest line in DIRECTION."
  (apply max (map (lambda (event)
                    (if (and (bytes? event)
                             (char=? direction (event-direction event)))
                        (string-length (event-payload event))
                        0))
                  (session-events session))))

(define (without-server-close session)
  "Return SESSION, at its end the remaining clients killed instead of the
server closed: so one server can play it again and again."
  (let* ((step (close-step session))
         (events (remove (lambda (event) (= (event-step event) step))
                         (session-events session))))
    (session-with-events
     session
     (append events
             (append-map (lambda (connection)
                           (kill-step connection (+ step connection)))
                         (open-connections events))))))

(define (close-step session)
  "Return the step of SESSION in which the server is closed."
  (any (lambda (event)
         (and (act? event)
              (char=? #\< (event-direction event))
              (event-step event)))
       (session-events session)))

(define (open-connections events)
  "Return the connections without an END in EVENTS."
  (define (connections events)
    (delete-duplicates (filter-map event-connection events)))
  (lset-difference = (connections events)
                   (connections (filter end? events))))

(define (kill-step connection step)
  "Return the events by which the client of CONNECTION ends in STEP, whatever
the server still sends to it."
  (list (kill-act (make-event #f step connection #\> 'end))
        (make-event #f step connection #\> 'end)
        (make-event #f step connection #\< 'anything)
        (make-event #f step connection #\< 'end)))

(define (without-killing session)
  "Return SESSION, its killed clients leaving politely instead: so the same
clients can play it again and again."
  (define events (session-events session))
  (define killed (map event-connection (filter kill? events)))
  (map-events (lambda (event)
                (cond ((kill? event) (polite-exit event events))
                      ((and (end? event)
                            (memv (event-connection event) killed))
                       (polite-end event))
                      (else (list event))))
              session))

(define (polite-end event)
  "Return what stands for EVENT, one of the two ENDs of a connection, where
the server's comes first."
  (if (char=? #\> (event-direction event))
      '()
      (list event
            (make-event #f (event-step event) (event-connection event)
                        #\> 'end))))

(define (polite-exit kill events)
  "Return what happens when the client that KILL kills logs out instead."
  (list (set-event-payload kill (make-act 'type "(im-exit)" ""))
        (set-event-payload
         kill
         (string-replace-first (first-bytes events (event-connection kill) #\>)
                               "hello" "logout"))))

(define (kill? event)
  (and (act? event) (eq? 'kill (act-kind (event-payload event)))))

(define (first-bytes events connection direction)
  "Return the first line of CONNECTION in DIRECTION."
  (event-payload
   (find (lambda (event)
           (and (bytes? event)
                (eqv? connection (event-connection event))
                (char=? direction (event-direction event))))
         events)))

(define (string-replace-first string old new)
  "Return STRING with NEW in place of the first OLD."
  (let ((start (string-contains string old)))
    (string-replace string new start (+ start (string-length old)))))


;;; Deviations

(define-record-type <deviation>
  (make-deviation session line event)
  deviation?
  (session deviation-session)
  (line deviation-line)
  (event deviation-event))              ; what ours sends there, or #f

(define (recorded-deviations)
  "Return the deviations that our programs declare."
  (filter-map (lambda (line)
                (and (not (string-null? line))
                     (not (string-prefix? "#" line))
                     (parse-deviation line)))
              (file-lines (wire-file "deviations.txt"))))

(define deviation-pattern
  (make-regexp "^([^:]+):([0-9]+) \\| (.*) \\| (.+)$"))

(define (parse-deviation text)
  "Return the deviation that TEXT, `FILE:LINE | EVENT | REASON', describes."
  (let ((m (regexp-exec deviation-pattern text)))
    (unless m
      (error "no deviation:" text))
    (let ((line (string->number (match:substring m 2)))
          (event (match:substring m 3)))
      (make-deviation (match:substring m 1) line
                      (and (not (string=? event "-"))
                           (parse-event event line))))))

(define (deviate session deviations direction)
  "Return SESSION with those of DEVIATIONS that replace a line sent in
DIRECTION.  Raise an error for one that is about no line or doesn't deviate."
  (for-each (lambda (deviation) (check-line deviation session)) deviations)
  (map-events
   (lambda (event)
     (let ((here (filter (lambda (deviation)
                           (about? deviation session (event-line event)))
                         deviations)))
       (if (or (null? here) (not (char=? direction (event-direction event))))
           (list event)
           (replacements here event))))
   session))

(define (about? deviation session line)
  "True iff DEVIATION is about LINE of SESSION."
  (and (string=? (deviation-session deviation) (session-name session))
       (eqv? (deviation-line deviation) line)))

(define (check-line deviation session)
  "Raise an error if DEVIATION is about a line that SESSION doesn't have."
  (when (and (string=? (deviation-session deviation) (session-name session))
             (not (member (deviation-line deviation)
                          (map event-line (session-events session)))))
    (error "a deviation from no line:"
           (session-name session) (deviation-line deviation))))

(define (replacements deviations event)
  "Return what DEVIATIONS say is sent instead of EVENT.  Raise an error if
that is EVENT."
  (let ((events (map (lambda (replacement)
                       (set-event-step replacement (event-step event)))
                     (filter-map deviation-event deviations))))
    (when (equal? events (list event))
      (error "a deviation that doesn't deviate, line" (event-line event)))
    events))


;;; Cuts: how the player's bytes are divided into writes

(define (whole bytes)
  "Return BYTES in one piece."
  (list bytes))

(define (byte-by-byte bytes)
  "Return BYTES in pieces of one byte."
  (map string (string->list bytes)))

(define (cut-in-two position)
  "Return a procedure that cuts bytes in two at POSITION."
  (lambda (bytes)
    (if (< 0 position (string-length bytes))
        (list (string-take bytes position) (string-drop bytes position))
        (list bytes))))


;;; Subjects: what the player needs to know of a program under test
;;;
;;; ADDRESS      () -> the socket address where a server listens
;;; ACT!         (kind connection name text port) -> does what people do
;;; SETTLE!      (connection) -> returns when the program has seen all bytes
;;; TURN!        () -> lets a program in this process do what it can
;;; DESCRIPTORS  () -> what to select on for it
;;; COMPLETE?    () -> true if it has nothing left to do
;;; OUTPUT       () -> what it printed, for the report

(define-record-type <subject>
  (%make-subject address act! settle! turn! descriptors complete? output)
  subject?
  (address subject-address)
  (act! subject-act!)
  (settle! subject-settle!)
  (turn! subject-turn!)
  (descriptors subject-descriptors)
  (complete? subject-complete?)
  (output subject-output))

(define* (make-subject #:key
                       (address (const #f))
                       (act! (const #f))
                       (settle! (const #f))
                       (turn! (const #f))
                       (descriptors (const '()))
                       (complete? (const #t))
                       (output (const "")))
  "Return a subject: a program under test."
  (%make-subject address act! settle! turn! descriptors complete? output))


;;; The player

(define-record-type <player>
  (%make-player side events own loose optional done next links listener
                cut subject)
  player?
  (side player-side)                    ; #\> or #\<: whose lines it sends
  (events player-events)                ; vector, as the next four
  (own player-own)                      ; is it the player's to do?
  (loose player-loose)                  ; an END that caused nothing?
  (optional player-optional)            ; may it be missing?
  (done player-done)
  (next player-next set-player-next!)   ; the first own event not done
  (links player-links set-player-links!)
  (listener player-listener)
  (cut player-cut)
  (subject player-subject))

;; One connection: its socket and how far its bytes have been compared.
(define-record-type <link>
  (make-link connection socket event offset ended?)
  link?
  (connection link-connection)
  (socket link-socket)
  (event link-event set-link-event!)    ; index of the event that comes in
  (offset link-offset set-link-offset!) ; how much of it has come
  (ended? link-ended? set-link-ended!))

(define* (make-player side session subject #:key (cut whole))
  "Return a player of SIDE, #\\> the clients or #\\< the server, of SESSION
against SUBJECT, which sends its lines in the pieces CUT makes."
  (let* ((events (played-events session side))
         (loose (loose-ends events))
         (own (map (lambda (event) (own? event side)) events)))
    (%make-player side
                  (list->vector events)
                  (list->vector own)
                  (list->vector loose)
                  (list->vector (farewells-to-killed events loose))
                  (make-vector (length events) #f)
                  0 '()
                  (and (char=? side #\<) (listen-on-loopback))
                  cut subject)))

(define (played-events session side)
  "Return the events of SESSION that matter to a player of SIDE: nobody types
anything to the player."
  (remove (lambda (event)
            (and (act? event) (char=? side (event-direction event))))
          (session-events session)))

(define (own? event side)
  "True iff a player of SIDE does EVENT: its own lines, and acts on the
others."
  (or (act? event) (char=? side (event-direction event))))

(define (loose-ends events)
  "Return for each of EVENTS whether it is an END that didn't start its step."
  (let loop ((events events) (step #f))
    (cond ((null? events) '())
          ((act? (car events)) (cons #f (loop (cdr events) step)))
          (else (cons (and (end? (car events))
                           (eqv? step (event-step (car events))))
                      (loop (cdr events) (event-step (car events))))))))

(define (farewells-to-killed events loose)
  "Return for each of EVENTS whether it goes to a client that was killed, so
that it may be missing.  LOOSE says which of EVENTS are loose ENDs."
  (define (killed-before? event)
    (any (lambda (other loose?)
           (and (end? other) (not loose?)
                (char=? #\> (event-direction other))
                (same-step? other event)
                (same-connection? other event)))
         events loose))
  (map (lambda (event)
         (and (char=? #\< (event-direction event))
              (not (act? event))
              (not (end? event))
              (killed-before? event)))
       events))

(define (incomparable? player i j)
  "True iff the order of events I and J of PLAYER is nobody's business: an END
against the other END of its connection, or against other connections."
  (let ((a (vector-ref (player-events player) i))
        (b (vector-ref (player-events player) j))
        (a-loose? (vector-ref (player-loose player) i))
        (b-loose? (vector-ref (player-loose player) j)))
    (and (same-step? a b)
         (if (same-connection? a b)
             (and a-loose? b-loose?)
             (or a-loose? b-loose?)))))

(define (must-wait? player j own)
  "Return an earlier event for which event J of PLAYER has to wait, one that
is, as OWN says, the player's own or not; or #f."
  (define (holds-up? i)
    (and (eq? own (vector-ref (player-own player) i))
         (not (vector-ref (player-done player) i))
         (not (vector-ref (player-optional player) i))
         (not (incomparable? player i j))))
  (and=> (find holds-up? (iota j))
         (lambda (i) (vector-ref (player-events player) i))))

(define (player-complete? player)
  "True iff nothing PLAYER's session shows is still to come."
  (vector-every (lambda (done? optional?) (or done? optional?))
                (player-done player) (player-optional player)))

(define (done! player index)
  (vector-set! (player-done player) index #t))

(define (player-turn! player)
  "Do and compare all that can be done and compared now."
  (receive! player)
  (let ((index (next-own player)))
    (when (and index (not (must-wait? player index #f)))
      (perform! player index)
      (player-turn! player))))

(define (next-own player)
  "Return the index of the first of PLAYER's own events not yet done, or #f."
  (let loop ((i (player-next player)))
    (set-player-next! player i)
    (cond ((= i (vector-length (player-events player))) #f)
          ((and (vector-ref (player-own player) i)
                (not (vector-ref (player-done player) i)))
           i)
          (else (loop (+ i 1))))))


;;; What the player does

(define (perform! player index)
  "Do PLAYER's own event INDEX."
  (let ((event (vector-ref (player-events player) index)))
    (cond ((bytes? event) (send-bytes! player index event))
          ((act? event) (done! player index) (do-act! player event))
          ((open? event) (done! player index) (connect-link! player event))
          ((end? event)
           (done! player index)
           (end-output (link-of player (event-connection event))))
          (else (done! player index)))))

(define (send-bytes! player index event)
  "Send the bytes of EVENT, which is the event INDEX, in PLAYER's pieces.  The
last piece may be answered; before it is sent, no answer may come."
  (let ((connection (event-connection event)))
    (let loop ((pieces ((player-cut player) (event-payload event))))
      ((subject-settle! (player-subject player)) connection)
      (receive! player)
      (when (null? (cdr pieces))
        (done! player index))
      (send-piece (car pieces) (link-socket (link-of player connection)))
      (unless (null? (cdr pieces))
        (loop (cdr pieces))))))

(define (send-piece bytes socket)
  "Send BYTES to SOCKET.  Who has gone away misses them, which will show."
  (ignoring (list EPIPE ECONNRESET ENOTCONN)
            (lambda () (send socket (string->bytevector bytes "ISO-8859-1")))))

(define (ignoring errors thunk)
  "Return what THUNK returns, or #f if one of the system's ERRORS happens."
  (catch 'system-error
    thunk
    (lambda error
      (if (memv (system-error-errno error) errors)
          #f
          (apply throw error)))))

(define (end-output link)
  "Send the end of file on LINK."
  (ignoring (list ENOTCONN)
            (lambda () (shutdown (link-socket link) 1))))

(define (do-act! player event)
  "Do to the program under test what EVENT says a person did."
  (let ((act (event-payload event))
        (connection (event-connection event)))
    ((subject-act! (player-subject player))
     (act-kind act)
     connection
     (and connection
          (client-name (vector->list (player-events player)) connection))
     (act-text act)
     (and (player-listener player)
          (sockaddr:port (player-address player))))))

(define (player-address player)
  "Return the address where PLAYER, a server, listens."
  (getsockname (player-listener player)))

(define (tcp-socket)
  "Return a TCP socket that child processes don't inherit."
  (socket AF_INET (logior SOCK_STREAM SOCK_CLOEXEC) 0))

(define (prepare-socket! socket)
  "Return SOCKET, which now sends each piece at once and never blocks."
  (setsockopt socket IPPROTO_TCP TCP_NODELAY 1)
  (fcntl socket F_SETFD FD_CLOEXEC)
  (fcntl socket F_SETFL (logior O_NONBLOCK (fcntl socket F_GETFL)))
  socket)

(define (listen-on-loopback)
  "Return a socket that listens on a port the system chose."
  (let ((listener (tcp-socket)))
    (bind listener AF_INET INADDR_LOOPBACK 0)
    (listen listener 16)
    listener))

(define (connect-link! player event)
  "Open the connection that EVENT opens."
  (let ((socket (tcp-socket)))
    (connect socket ((subject-address (player-subject player))))
    (add-link! player event socket)))

(define (add-link! player event socket)
  "Make SOCKET the connection that EVENT opens."
  (let ((link (make-link (event-connection event) (prepare-socket! socket)
                         -1 0 #f)))
    (set-player-links! player (cons link (player-links player)))
    (expect-next! player link)))

(define (link-of player connection)
  "Return PLAYER's link of CONNECTION."
  (find (lambda (link) (eqv? connection (link-connection link)))
        (player-links player)))


;;; What the player compares

(define (disagree format-string . arguments)
  "Stop playing: the program under test doesn't do what the session shows."
  (throw 'disagreement (apply format #f format-string arguments)))

(define (receive! player)
  "Compare everything that has come for PLAYER."
  (let ((ready (readable (player-descriptors player) 0)))
    (when (memq (player-listener player) ready)
      (accept-link! player))
    (for-each (lambda (link)
                (when (memq (link-socket link) ready)
                  (receive-from! player link)))
              (player-links player))))

(define (player-descriptors player)
  "Return the sockets on which something may come for PLAYER."
  (let ((sockets (filter-map (lambda (link)
                               (and (not (link-ended? link))
                                    (link-socket link)))
                             (player-links player))))
    (if (player-listener player)
        (cons (player-listener player) sockets)
        sockets)))

(define (readable ports seconds)
  "Return those of PORTS that can be read, waiting for one up to SECONDS."
  (let ((microseconds (inexact->exact (round (* seconds 1000000)))))
    (catch 'system-error
      (lambda ()
        (car (select ports '() '()
                     (quotient microseconds 1000000)
                     (remainder microseconds 1000000))))
      (lambda error
        (if (= EINTR (system-error-errno error)) '() (apply throw error))))))

(define (accept-link! player)
  "Take the connection that waits: the next one the session shows."
  (let* ((socket (car (accept (player-listener player))))
         (index (next-open player)))
    (when (or (not index) (must-wait? player index #t))
      (disagree "a connection that the session doesn't show"))
    (done! player index)
    (add-link! player (vector-ref (player-events player) index) socket)))

(define (next-open player)
  "Return the index of the first OPEN of PLAYER that isn't done, or #f."
  (vector-index (lambda (event done?) (and (open? event) (not done?)))
                (player-events player) (player-done player)))

(define buffer (make-bytevector 65536))

(define (receive-from! player link)
  "Compare what has come on LINK."
  (let ((count (catch 'system-error
                 (lambda () (recv! (link-socket link) buffer))
                 (lambda error (receive-error player link error)))))
    (cond ((not count) #f)
          ((zero? count) (compare-end! player link))
          (else (compare-bytes! player link count)))))

(define (receive-error player link error)
  "Return what ERROR of LINK means: #f if nothing has come, 0 for the end."
  (let ((errno (system-error-errno error)))
    (cond ((memv errno (list EAGAIN EINTR)) #f)
          ((and (= errno ECONNRESET) (killed? player link)) 0)
          (else (disagree "connection ~a: ~a" (link-connection link)
                          (strerror errno))))))

(define (killed? player link)
  "True iff PLAYER killed the client of LINK."
  (vector-any (lambda (event done?)
                (and done? (kill? event)
                     (eqv? (event-connection event) (link-connection link))))
              (player-events player) (player-done player)))

(define (expect-next! player link)
  "Let LINK expect the next event that the other side sends on it."
  (set-link-offset! link 0)
  (set-link-event!
   link
   (let loop ((i (+ 1 (link-event link))))
     (cond ((= i (vector-length (player-events player))) i)
           ((let ((event (vector-ref (player-events player) i)))
              (and (eqv? (link-connection link) (event-connection event))
                   (not (vector-ref (player-own player) i))
                   (not (open? event))))
            i)
           (else (loop (+ i 1)))))))

(define (expected player link)
  "Return the event that LINK expects, or #f if nothing more may come."
  (let ((index (link-event link)))
    (and (< index (vector-length (player-events player)))
         (vector-ref (player-events player) index))))

(define (compare-bytes! player link count)
  "Compare the first COUNT bytes of the buffer with what LINK expects."
  (let loop ((start 0))
    (let ((event (expected player link)))
      (cond ((= start count) #f)
            ((or (not event) (end? event))
             (disagree-about player link start count "extra bytes"))
            ((must-wait? player (link-event link) #t)
             => (lambda (cause)
                  (disagree-about player link start count
                                  (too-early cause))))
            ((bytes? event)
             (loop (compare-event! player link event start count)))))))

(define (compare-event! player link event start count)
  "Compare the bytes of the buffer from START on with EVENT, which LINK
expects.  Return where the rest starts."
  (let* ((payload (event-payload event))
         (offset (link-offset link))
         (size (min (- count start) (- (string-length payload) offset))))
    (unless (string=? (buffer-bytes start (+ start size))
                      (substring payload offset (+ offset size)))
      (disagree-about player link start count "other bytes"))
    (set-link-offset! link (+ offset size))
    (when (= (+ offset size) (string-length payload))
      (done! player (link-event link))
      (expect-next! player link))
    (+ start size)))

(define (buffer-bytes start end)
  "Return the bytes of the buffer from START to END."
  (let ((bytes (make-bytevector (- end start))))
    (bytevector-copy! buffer start bytes 0 (- end start))
    (bytevector->string bytes "ISO-8859-1")))

(define (disagree-about player link start count what)
  "Stop playing, as the buffer from START to COUNT isn't what LINK expects:
there is WHAT."
  (disagree "~a: connection ~a, ~a~%  expected: ~a~%  got:      ~a"
            what (link-connection link)
            (place (expected player link))
            (show-payload (expected player link) (link-offset link))
            (bytes->text (buffer-bytes start count))))

(define (place event)
  "Return in words where EVENT stands in the session."
  (cond ((not event) "after the last line")
        ((event-line event) => (lambda (line) (format #f "line ~a" line)))
        (else "a line that isn't recorded")))

(define (show-payload event offset)
  "Return what EVENT sends from OFFSET on, for a report."
  (cond ((not event) "nothing")
        ((bytes? event) (bytes->text (string-drop (event-payload event)
                                                  offset)))
        ((act? event) (act-text (event-payload event)))
        (else (string-upcase (symbol->string (event-payload event))))))

(define (compare-end! player link)
  "Compare the end of file with what LINK expects."
  (set-link-ended! link #t)
  (skip-optional! player link)
  (let ((event (expected player link)))
    (unless (and event (end? event))
      (disagree-about-end link event "END too early"))
    (and=> (must-wait? player (link-event link) #t)
           (lambda (cause) (disagree-about-end link event (too-early cause))))
    (done! player (link-event link))
    (expect-next! player link)))

(define (disagree-about-end link event what)
  "Stop playing, as LINK has ended where EVENT was expected."
  (disagree "~a: connection ~a, ~a~%  expected: ~a~%  got:      END"
            what (link-connection link) (place event)
            (show-payload event (link-offset link))))

(define (too-early cause)
  "Return the words for something that came before CAUSE, which led to it."
  (format #f "too early, before ~a, `~a'"
          (place cause) (show-payload cause 0)))

(define (skip-optional! player link)
  "Let LINK no longer expect what may be missing."
  (when (and (expected player link)
             (zero? (link-offset link))
             (vector-ref (player-optional player) (link-event link)))
    (expect-next! player link)
    (skip-optional! player link)))


;;; Playing

(define patience (make-parameter 10))   ; seconds for one session

(define* (play side session subject #:key (cut whole))
  "Play SIDE of SESSION against SUBJECT.  Return `agrees', or a report of what
is different."
  (let ((player (make-player side session subject #:cut cut)))
    (sigaction SIGPIPE SIG_IGN)
    (catch 'disagreement
      (lambda ()
        (play-on! player (deadline (patience)))
        (finish! player)
        'agrees)
      (lambda (key text)
        (close-player! player)
        (string-append (session-name session) ": " text "\n"
                       ((subject-output subject)))))))

(define agrees 'agrees)

(define (every-agrees play-one items)
  "Return `agrees', or the first other result of (PLAY-ONE item) for ITEMS."
  (or (any (lambda (item)
             (let ((result (play-one item)))
               (and (not (eq? result agrees)) result)))
           items)
      agrees))

(define (deadline seconds)
  "Return the time SECONDS from now."
  (+ (get-internal-real-time)
     (* seconds internal-time-units-per-second)))

(define (seconds-until time)
  "Return the seconds from now to TIME, 0 if it has passed."
  (max 0 (/ (- time (get-internal-real-time)) internal-time-units-per-second)))

(define (play-on! player time)
  "Let PLAYER and its subject take turns until both are complete.  Disagree if
they aren't at TIME."
  (let ((subject (player-subject player)))
    (player-turn! player)
    ((subject-turn! subject))
    (unless (and (player-complete? player) ((subject-complete? subject)))
      (when (and (null? (readable (append (player-descriptors player)
                                          ((subject-descriptors subject)))
                                  (seconds-until time)))
                 (zero? (seconds-until time)))
        (disagree-missing player))
      (play-on! player time))))

(define (disagree-missing player)
  "Stop playing, as something PLAYER's session shows didn't come."
  (let* ((index (vector-index (lambda (done? optional?)
                                (not (or done? optional?)))
                              (player-done player) (player-optional player)))
         (event (and index (vector-ref (player-events player) index))))
    (disagree "missing: connection ~a, ~a~%  expected: ~a"
              (and event (event-connection event))
              (place event)
              (show-payload event (missing-offset player index)))))

(define (missing-offset player index)
  "Return how much of event INDEX has come."
  (or (any (lambda (link)
             (and (eqv? index (link-event link)) (link-offset link)))
           (player-links player))
      0))

(define (finish! player)
  "Disagree if the subject does something after the end of the session."
  ((subject-settle! (player-subject player)) #f)
  (receive! player)
  (close-player! player))

(define (close-player! player)
  "Close all sockets of PLAYER."
  (for-each (lambda (link) (close-port (link-socket link)))
            (player-links player))
  (when (player-listener player)
    (close-port (player-listener player))))

(define (player->subject player)
  "Return PLAYER as the program under test of another player."
  (define (turn! . ignored) (player-turn! player))
  (make-subject #:address (lambda () (player-address player))
                #:settle! turn!
                #:turn! turn!
                #:descriptors (lambda () (player-descriptors player))
                #:complete? (lambda () (player-complete? player))))


;;; Processes

(define-record-type <process>
  (make-process pid input output transcript ended?)
  process?
  (pid process-pid)
  (input process-input)                 ; port to its standard input
  (output process-output)               ; port from its output and errors
  (transcript process-transcript set-process-transcript!)
  (ended? process-ended? set-process-ended!))

(define (start-process command user)
  "Start the shell's COMMAND for USER and return it as a process."
  (let* ((input (pipe))
         (output (pipe))
         (ports (list (car input) (cdr input) (car output) (cdr output))))
    (for-each (lambda (port) (fcntl port F_SETFD FD_CLOEXEC)) ports)
    (let ((pid (primitive-fork)))
      (when (zero? pid)
        (run-command command user (car input) (cdr output)))
      (close-port (car input))
      (close-port (cdr output))
      (set-port-encoding! (cdr input) "UTF-8")
      (remember-process (make-process pid (cdr input) (car output) "" #f)))))

(define live-processes '())

(define (remember-process process)
  "Return PROCESS, which is to be killed if nobody reaps it."
  (set! live-processes (cons process live-processes))
  process)

(define (kill-the-forgotten)
  "Kill the processes that nobody has reaped."
  (for-each (lambda (process) (signal! process SIGKILL)) live-processes))

(define (run-command command user input output)
  "Become the shell's COMMAND, in a process group of its own."
  (catch #t
    (lambda ()
      (setpgid 0 0)
      (sigaction SIGPIPE SIG_DFL)
      (dup2 (fileno input) 0)
      (dup2 (fileno output) 1)
      (dup2 (fileno output) 2)
      (execle "/bin/sh" (environment user) "sh" "-c"
              (string-append "exec " command)))
    (lambda error (primitive-_exit 127))))

(define (environment user)
  "Return our environment with USER as the login name."
  (cons* (string-append "USER=" user)
         "LC_ALL=C.UTF-8"
         (remove (lambda (variable)
                   (or (string-prefix? "USER=" variable)
                       (string-prefix? "LC_ALL=" variable)))
                 (environ))))

(define (drain! process)
  "Add to the transcript of PROCESS what it has printed."
  (unless (or (process-ended? process)
              (null? (readable (list (process-output process)) 0)))
    (let ((bytes (get-bytevector-some (process-output process))))
      (if (eof-object? bytes)
          (set-process-ended! process #t)
          (set-process-transcript!
           process
           (string-append (process-transcript process)
                          (bytevector->string bytes "UTF-8" 'substitute))))
      (drain! process))))

(define (wait-for process done?)
  "Wait until (DONE?) is true, reading what PROCESS prints.  Return its value,
or #f if the process ends first or our patience does."
  (let ((time (deadline (patience))))
    (let loop ()
      (drain! process)
      (or (done?)
          (and (not (process-ended? process))
               (pair? (readable (list (process-output process))
                                (seconds-until time)))
               (loop))))))

(define (type! process text)
  "Type TEXT and Enter at the prompt of PROCESS."
  (ignoring (list EPIPE)
            (lambda ()
              (put-string (process-input process) text)
              (newline (process-input process))
              (force-output (process-input process)))))

(define (signal! process signal)
  "Send SIGNAL to PROCESS, also where a wrapper script didn't exec it."
  (ignoring (list ESRCH)
            (lambda () (kill (process-pid process) signal)))
  (ignoring (list ESRCH EPERM)
            (lambda () (kill (- (process-pid process)) signal))))

(define (reap! process)
  "Wait for the end of PROCESS.  Return its exit status, or a word that tells
why it has none."
  (let ((timely? (begin (wait-for process (const #f))
                        (process-ended? process))))
    (unless timely?
      (signal! process SIGKILL))
    (set! live-processes (delq process live-processes))
    (let ((status (cdr (waitpid (process-pid process)))))
      (close-port (process-input process))
      (close-port (process-output process))
      (cond ((not timely?) 'never-ended)
            ((status:exit-val status))
            (else 'died-of-a-signal)))))

(define (wait-until-asleep process)
  "Return when PROCESS waits for something, so that it has read all that was
sent to it.  Where the system can't tell, return at once."
  (let ((time (deadline 1)))
    (let loop ()
      (when (and (memv (process-state (process-pid process)) '(#\R #\D))
                 (positive? (seconds-until time)))
        (loop)))))

(define (process-state pid)
  "Return the letter by which Linux tells the state of the process PID, or #f."
  (let ((line (ignoring (list ENOENT ESRCH)
                        (lambda ()
                          (call-with-input-file (format #f "/proc/~a/stat" pid)
                            read-line)))))
    (and (string? line)
         (string-ref line (+ 2 (string-rindex line #\)))))))


;;; The programs under test
;;;
;;; The variables SERVER_COMMAND and CLIENT_COMMAND of the environment put
;;; other programs in their place.

(define (guile-im-command . arguments)
  "Return the shell's command that runs guile-im with ARGUMENTS."
  (format #f "'~a/pre-inst-env' guile --no-auto-compile -c '~s'"
          (or (getenv "abs_top_builddir") "./build")
          `((@ (im main) main) (list ,@arguments))))

(define (server-command)
  (or (getenv "SERVER_COMMAND")
      (guile-im-command "server" "--headless" "--port" "0"
                        "--address" "127.0.0.1" "--quiet")))

(define (client-command)
  (or (getenv "CLIENT_COMMAND")
      (guile-im-command "client")))

(define address-pattern
  (make-regexp "Server IP address: ([0-9.]+), server port: ([0-9]+)"))

(define (start-server)
  "Return a server: a process and the address it printed."
  (let* ((process (start-process (server-command) "teacher"))
         (match (wait-for process
                          (lambda ()
                            (regexp-exec address-pattern
                                         (process-transcript process))))))
    (unless match
      (error "no server:" (server-command) (process-transcript process)))
    (cons process
          (make-socket-address
           AF_INET
           (inet-pton AF_INET (match:substring match 1))
           (string->number (match:substring match 2))))))

(define (stop-server! server)
  "Return the exit status of SERVER, after asking it to end."
  (signal! (car server) SIGTERM)
  (reap! (car server)))

(define (server-subject server)
  "Return SERVER as a subject."
  (let ((process (car server)))
    (make-subject #:address (const (cdr server))
                  #:act! (lambda ignored (signal! process SIGTERM))
                  #:settle! (lambda (connection)
                              (wait-until-asleep process))
                  #:turn! (lambda () (drain! process))
                  #:output (lambda () (process-transcript process)))))

;; The clients at work: a list of workers, one for each process.  CONNECTION
;; is the one it has in the session that is played, #f while it is idle.
(define-record-type <clients>
  (make-clients workers)
  clients?
  (workers clients-workers set-clients-workers!))

(define-record-type <worker>
  (make-worker name process connection)
  worker?
  (name worker-name)
  (process worker-process)
  (connection worker-connection set-worker-connection!))

(define (start-clients)
  "Return the clients, none of which is started before it is needed."
  (make-clients '()))

(define (stop-clients! clients)
  "Return the exit statuses of CLIENTS, after the end of their input."
  (let ((processes (map worker-process (clients-workers clients))))
    (for-each (lambda (process) (close-port (process-input process)))
              processes)
    (map reap! processes)))

(define (clients-subject clients)
  "Return CLIENTS as a subject for one session, in which all start idle."
  (define (processes) (map worker-process (clients-workers clients)))
  (for-each (lambda (worker) (set-worker-connection! worker #f))
            (clients-workers clients))
  (make-subject #:act! (lambda arguments (apply act-on clients arguments))
                #:settle! (lambda (connection) (settle! clients connection))
                #:turn! (lambda () (for-each drain! (processes)))
                #:descriptors (lambda ()
                                (map process-output
                                     (remove process-ended? (processes))))
                #:output (lambda () (transcripts clients))))

(define (settle! clients connection)
  "Return when the client of CONNECTION, or each of CLIENTS, waits."
  (for-each (lambda (worker)
              (when (or (not connection)
                        (eqv? connection (worker-connection worker)))
                (wait-until-asleep (worker-process worker))))
            (clients-workers clients)))

(define (act-on clients kind connection name text port)
  "Do to the client of CONNECTION what KIND and TEXT say.  One that enrolls
does so as NAME with the server on PORT."
  (cond ((eq? kind 'kill)
         (kill-worker! clients (worker-of clients connection)))
        ((string-prefix? "(im-enroll" text)
         (enroll! (idle-worker! clients name connection) port))
        (else
         (type! (worker-process (worker-of clients connection)) text))))

(define (worker-of clients connection)
  "Return the worker of CONNECTION."
  (find (lambda (worker) (eqv? connection (worker-connection worker)))
        (clients-workers clients)))

(define (kill-worker! clients worker)
  "Kill the process of WORKER, and forget it."
  (set-clients-workers! clients (delq worker (clients-workers clients)))
  (signal! (worker-process worker) SIGKILL)
  (reap! (worker-process worker)))

(define (idle-worker! clients name connection)
  "Return a worker called NAME, which from now on is that of CONNECTION."
  (let ((worker (or (find (lambda (worker)
                            (and (string=? name (worker-name worker))
                                 (not (worker-connection worker))))
                          (clients-workers clients))
                    (start-worker! clients name))))
    (set-worker-connection! worker connection)
    worker))

(define (start-worker! clients name)
  "Return a new worker, its login name the text of NAME."
  (let* ((process (start-process (client-command) (name->text name)))
         (worker (make-worker name process #f)))
    (set-clients-workers! clients (cons worker (clients-workers clients)))
    (when (string-prefix? "|" name)
      (type! process (format #f "(set! whoiam (string->symbol ~s))"
                             (name->text name))))
    worker))

(define (enroll! worker port)
  "Let WORKER enroll with the server on PORT."
  (type! (worker-process worker)
         (format #f "(im-enroll \"127.0.0.1\" ~a)" port)))

(define (transcripts clients)
  "Return what the clients at work have printed."
  (string-concatenate
   (map (lambda (worker)
          (drain! (worker-process worker))
          (format #f "--- ~a, connection ~a, printed:~%~a~%"
                  (worker-name worker) (worker-connection worker)
                  (process-transcript (worker-process worker))))
        (filter worker-connection (clients-workers clients)))))


;;; Running tests

(define (run-test-suite name thunk)
  "Run THUNK's tests, and exit: with success iff all of them passed."
  (let ((runner (test-runner-null)))
    (test-runner-on-test-end! runner report-test)
    (test-with-runner runner
      (test-begin name)
      (thunk)
      (test-end name))
    (let ((failed (+ (test-runner-fail-count runner)
                     (test-runner-xpass-count runner))))
      (format #t "~a: ~a passed, ~a failed~%"
              name (test-runner-pass-count runner) failed)
      (kill-the-forgotten)
      (exit (zero? failed)))))

(define (report-test runner)
  "Print the test RUNNER has just run, and why it failed if it did."
  (let ((result (test-result-kind runner)))
    (format #t "~a: ~a~%"
            (string-upcase (symbol->string result))
            (test-runner-test-name runner))
    (when (eq? result 'fail)
      (for-each (lambda (property)
                  (format #t "  ~a: ~a~%" property
                          (test-result-ref runner property "")))
                '(expected-value actual-value actual-error)))
    (force-output)))

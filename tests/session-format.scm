;;; session-format.scm --- the format of recorded sessions
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; A session in wire/ is what an original server and its clients once said
;;; to each other, a sequence of events.  Bytes are kept as strings of the
;;; characters 0 to 255.

(define-module (session-format)
  #:use-module (ice-9 regex)
  #:use-module (ice-9 textual-ports)
  #:use-module (srfi srfi-1)
  #:use-module (srfi srfi-9)
  #:use-module (srfi srfi-9 gnu)
  #:export (recorded-session parse-session
            session-name session-events session-with-events longest-line
            make-event parse-event event-line
            event-step set-event-step
            event-connection set-event-connection
            event-direction
            event-payload set-event-payload
            act? bytes? open? end? shut? reset? kill?
            event-choices
            in-direction? on-connection?
            same-step? same-connection? same-direction?
            make-act act-kind act-text act-connections kill-act
            client-hello client-name name->text
            bytes->text wire-lines file-lines split-at-each))


;;; Sessions and events

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
  ;; bytes | (bytes ...), any of them | open | end | shut | reset | <act>
  (payload event-payload set-event-payload))

;; What a person did to a program: `type' the expression TEXT at a client's
;; prompt, `kill' a client, `close' the server.  LABEL says who did it.
(define-record-type <act>
  (make-act kind text label)
  act-payload?
  (kind act-kind)
  (text act-text)
  (label act-label))

(define (act? event)
  "True iff EVENT is what a person did."
  (act-payload? (event-payload event)))

(define (bytes? event)
  "True iff EVENT sends bytes."
  (pair? (event-choices event)))

(define (event-choices event)
  "Return the bytes that EVENT may send, as a list: any one of them is right.
Return () if it sends none."
  (let ((payload (event-payload event)))
    (cond ((string? payload) (list payload))
          ((pair? payload) payload)
          (else '()))))

(define (open? event)
  "True iff EVENT opens a connection."
  (eq? (event-payload event) 'open))

(define (end? event)
  "True iff EVENT is the end of file in one direction."
  (eq? (event-payload event) 'end))

(define (shut? event)
  "True iff EVENT is the end of file too, but everything that the session shows
after it must come: see `farewell?' in session-score.scm."
  (eq? (event-payload event) 'shut))

(define (reset? event)
  "True iff EVENT breaks the connection."
  (eq? (event-payload event) 'reset))

(define (kill? event)
  "True iff EVENT is the killing of a client."
  (and (act? event) (eq? 'kill (act-kind (event-payload event)))))

(define (in-direction? event direction)
  "True iff EVENT goes in DIRECTION."
  (char=? direction (event-direction event)))

(define (on-connection? event connection)
  "True iff EVENT belongs to CONNECTION."
  (eqv? connection (event-connection event)))

(define (same-step? a b)
  "True iff the events A and B follow from the same act."
  (= (event-step a) (event-step b)))

(define (same-connection? a b)
  "True iff the events A and B belong to one connection."
  (on-connection? a (event-connection b)))

(define (same-direction? a b)
  "True iff the events A and B go in one direction."
  (in-direction? a (event-direction b)))

(define (longest-line session direction)
  "Return the length of the longest line of SESSION in DIRECTION."
  (apply max 0 (filter-map (lambda (event)
                             (and (bytes? event)
                                  (in-direction? event direction)
                                  (string-length (event-payload event))))
                           (session-events session))))


;;; Files

(define (wire-lines name)
  "Return the lines of the file NAME, which lies in wire/."
  (file-lines (string-append "wire/" name)))

(define (file-lines name)
  "Return the lines of the file NAME, which lies beside the tests."
  (string-split (call-with-input-file (search-path %load-path name)
                  get-string-all #:encoding "UTF-8")
                #\newline))

(define (recorded-session name)
  "Return the session in the file NAME."
  (parse-session name (wire-lines name)))

(define* (parse-session name lines #:optional (starts-step? (const #f)))
  "Return the session NAME that LINES describe.  Each line that STARTS-STEP?
starts a step, also where no note stands before it."
  (make-session
   name
   (address-acts
    (announce-kills
     (number-steps
      (announce-steps
       (append-map (lambda (line number)
                     (append (if (starts-step? line) '("#") '())
                             (parse-line line number)))
                   lines (iota (length lines) 1))))))))


;;; Lines

;; An item is a note, the text of a comment, or an event.
(define (parse-line text line)
  "Return a list of the item that TEXT, the line number LINE, describes."
  (cond ((string-prefix? "#" text) (list text))
        ((string-null? text) '())
        (else (list (parse-event text line)))))

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
  "Return the payload that TEXT describes."
  (cond ((string=? text "OPEN") 'open)
        ((string=? text "END") 'end)
        ((string=? text "SHUT") 'shut)
        ((string=? text "RESET") 'reset)
        (else (parse-bytes text))))

(define (parse-bytes text)
  "Return the bytes that TEXT means, or a list where it offers a choice."
  (let ((choices (map text->bytes (split-at-each "  OR  " text))))
    (if (null? (cdr choices)) (car choices) choices)))

(define (split-at-each separator text)
  "Return the list of the parts of TEXT, between which SEPARATOR stands."
  (let ((start (string-contains text separator)))
    (if start
        (cons (string-take text start)
              (split-at-each separator
                             (string-drop text (+ start (string-length
                                                         separator)))))
        (list text))))


;;; Bytes

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


;;; Steps and acts
;;;
;;; A note starts a step: what one person did and all that followed from it.
;;; Some recordings lack the notes for arrivals and for the server's end.

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
              (string? (event-payload event))
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
         (if (and (act? event) (in-direction? event #\>))
             (set-event-connection event (act-connection event events))
             event))
       events))

(define (act-connection act events)
  "Return the connection of the client that ACT is done to: the first one
that does something in its step, or else the one the note names."
  (or (any (lambda (event)
             (and (not (act? event))
                  (same-step? event act)
                  (in-direction? event #\>)
                  (event-connection event)))
           events)
      (connection-named (act-label (event-payload act)) events)))

(define (connection-named label events)
  "Return the connection in EVENTS whose client LABEL names, or #f."
  (find (lambda (connection)
          (string-contains label (name->text (client-name events connection))))
        (delete-duplicates (filter-map event-connection events))))

(define (act-connections session)
  "Return for each act in SESSION its connection and its expression."
  (filter-map (lambda (event)
                (and (act? event)
                     (list (event-connection event)
                           (act-text (event-payload event)))))
              (session-events session)))


;;; The names of clients

(define (client-hello events connection)
  "Return the first line that the client of CONNECTION sends in EVENTS."
  (event-payload (find (lambda (event)
                         (and (bytes? event)
                              (on-connection? event connection)
                              (in-direction? event #\>)))
                       events)))

(define name-pattern
  (make-regexp (string-append "^\\((\"[^\"]*\"|\\|[^|]*\\||[^ ]+) |"
                              "^<command>hello</command>"
                              "<from>([^<]*)</from>")))

(define (client-name events connection)
  "Return the name under which CONNECTION enrolls, as it stands on the wire."
  (let ((m (regexp-exec name-pattern (client-hello events connection))))
    (or (match:substring m 1) (match:substring m 2))))

(define (name->text name)
  "Return the text of NAME, bare, |barred| or \"quoted\" as on the wire."
  (string-trim-both name (char-set #\" #\|)))

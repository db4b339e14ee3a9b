;;; session-player.scm --- replay recorded sessions against a server or client
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; The player takes one side of a session, the program under test the other,
;;; and the player compares every byte.  It knows nothing of requests and
;;; uses nothing of Guile-IM, so any server or client can be put to the test.

(define-module (session-player)
  #:use-module (session-format)
  #:use-module (session-link)
  #:use-module (session-score)
  #:use-module (session-wire)
  #:use-module (srfi srfi-1)
  #:use-module (srfi srfi-9)
  #:export (play agrees every-agrees
            make-player player->subject close-player!
            make-subject))


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


;;; Players

(define-record-type <player>
  (%make-player score links listener cut subject)
  player?
  (score player-score)
  (links player-links set-player-links!)
  (listener player-listener)            ; a server's, #f of clients
  (cut player-cut)
  (subject player-subject))

(define* (make-player side session subject #:key (cut whole))
  "Return a player of SIDE, #\\> the clients or #\\< the server, of SESSION
against SUBJECT, which sends its lines in the pieces CUT makes."
  (%make-player (make-score side session)
                '()
                (and (char=? side #\<) (listen-on-loopback))
                cut subject))

(define (close-player! player)
  "Close all sockets of PLAYER."
  (for-each (lambda (link) (close-port (link-socket link)))
            (player-links player))
  (and=> (player-listener player) close-port))

(define (player-address player)
  "Return the address where PLAYER, a server, listens."
  (getsockname (player-listener player)))

(define (player-complete? player)
  "True iff nothing PLAYER's session shows is still to come."
  (not (next-missing (player-score player))))

(define (player-descriptors player)
  "Return the sockets on which something may come for PLAYER."
  (let ((sockets (map link-socket (remove link-ended? (player-links player)))))
    (if (player-listener player)
        (cons (player-listener player) sockets)
        sockets)))

(define (player->subject player)
  "Return PLAYER as the program under test of another player."
  (define (turn! . ignored) (player-turn! player))
  (make-subject #:address (lambda () (player-address player))
                #:settle! turn!
                #:turn! turn!
                #:descriptors (lambda () (player-descriptors player))
                #:complete? (lambda () (player-complete? player))))

(define (add-link! player connection socket)
  "Make SOCKET the CONNECTION of PLAYER's session."
  (set-player-links! player
                     (cons (new-link (player-score player) connection socket)
                           (player-links player))))

(define (link-of player connection)
  "Return PLAYER's link of CONNECTION."
  (find (lambda (link) (eqv? connection (link-connection link)))
        (player-links player)))

(define (socket-of player connection)
  "Return PLAYER's socket of CONNECTION."
  (link-socket (link-of player connection)))


;;; What the player does

(define (player-turn! player)
  "Do and compare all that can be done and compared now."
  (receive! player)
  (let* ((score (player-score player))
         (cue (next-own score)))
    (when (and cue (not (must-wait? score cue #f)))
      (perform! player cue (cue-event cue))
      (player-turn! player))))

(define (perform! player cue event)
  "Do EVENT, which is the player's own, of CUE."
  (if (bytes? event)
      (send-line! player cue event)
      (done! cue))
  (cond ((act? event) (do-act! player event))
        ((open? event)
         (add-link! player (event-connection event)
                    (connect-to ((subject-address (player-subject player))))))
        ((or (end? event) (shut? event))
         (end-output (socket-of player (event-connection event))))
        ((reset? event)
         (reset-link! (link-of player (event-connection event))))))

(define (reset-link! link)
  "Break the connection of LINK."
  (end-link! link)
  (reset-connection (link-socket link)))

(define (send-line! player cue event)
  "Send the bytes of EVENT, of CUE, in PLAYER's pieces.  The last piece may be
answered; before it is sent, no answer may come."
  (let ((connection (event-connection event)))
    (let loop ((pieces ((player-cut player) (event-payload event))))
      ((subject-settle! (player-subject player)) connection)
      (receive! player)
      (when (null? (cdr pieces))
        (done! cue))
      (send-bytes (car pieces) (socket-of player connection))
      (unless (null? (cdr pieces))
        (loop (cdr pieces))))))

(define (do-act! player event)
  "Do to the program under test what EVENT says a person did."
  (let ((act (event-payload event))
        (connection (event-connection event)))
    ((subject-act! (player-subject player))
     (act-kind act)
     connection
     (and connection
          (client-name (score-events (player-score player)) connection))
     (act-text act)
     (and (player-listener player)
          (sockaddr:port (player-address player))))))


;;; What comes for the player

(define (receive! player)
  "Compare everything that has come for PLAYER."
  (let ((ready (readable (player-descriptors player) 0)))
    (when (memq (player-listener player) ready)
      (accept-link! player))
    (for-each (lambda (link)
                (when (memq (link-socket link) ready)
                  (receive-from! player link)))
              (player-links player))))

(define (accept-link! player)
  "Take the connection that waits: the next one the session shows."
  (let* ((socket (accept-from (player-listener player)))
         (score (player-score player))
         (cue (next-open score)))
    (when (or (not cue) (must-wait? score cue #t))
      (disagree "a connection that the session doesn't show"))
    (done! cue)
    (add-link! player (event-connection (cue-event cue)) socket)))

(define (receive-from! player link)
  "Compare what has come on LINK."
  (let ((bytes (receive-bytes (link-socket link)))
        (score (player-score player)))
    (cond ((not bytes) #f)
          ((or (equal? bytes "")
               (and (eqv? bytes ECONNRESET) (killed? score link)))
           (compare-end! score link))
          ((string? bytes) (compare-bytes! score link bytes))
          (else (disagree "connection ~a: ~a"
                          (link-connection link) (strerror bytes))))))

(define (killed? score link)
  "True iff the player of SCORE has killed the client of LINK."
  (any (lambda (cue)
         (and (cue-done? cue)
              (kill? (cue-event cue))
              (on-connection? (cue-event cue) (link-connection link))))
       score))


;;; Playing

(define agrees 'agrees)

(define* (play side session subject #:key (cut whole))
  "Play SIDE of SESSION against SUBJECT.  Return `agrees', or a report of what
is different."
  (let ((player (make-player side session subject #:cut cut)))
    (sigaction SIGPIPE SIG_IGN)
    (catch 'disagreement
      (lambda () (play-to-the-end! player))
      (lambda (key text)
        (close-player! player)
        (string-append (session-name session) ": " text "\n"
                       ((subject-output subject)))))))

(define (play-to-the-end! player)
  "Let PLAYER and its subject play.  Disagree if the subject does something
after the end of the session, or else return `agrees'."
  (play-on! player 0 (deadline (patience)))
  ((subject-settle! (player-subject player)) #f)
  (receive! player)
  (close-player! player)
  agrees)

(define (play-on! player done time)
  "Let PLAYER and its subject take turns until both are complete.  Disagree if
at TIME still only DONE cues are done.  (How long all of it takes doesn't
matter: the system may be busy.)"
  (player-turn! player)
  ((subject-turn! (player-subject player)))
  (unless (and (player-complete? player)
               ((subject-complete? (player-subject player))))
    (let ((now-done (count cue-done? (player-score player))))
      (cond ((> now-done done)
             (play-on! player now-done (deadline (patience))))
            ((and (null? (readable (all-descriptors player)
                                   (seconds-until time)))
                  (zero? (seconds-until time)))
             (disagree-missing (player-score player) (player-links player)))
            (else (play-on! player done time))))))

(define (all-descriptors player)
  "Return what to select on for PLAYER and its subject."
  (append (player-descriptors player)
          ((subject-descriptors (player-subject player)))))

(define (every-agrees play-one items)
  "Return `agrees', or the first other result of (PLAY-ONE item) for ITEMS."
  (or (any (lambda (item)
             (let ((result (play-one item)))
               (and (not (eq? result agrees)) result)))
           items)
      agrees))

;;; test-solutions-talk.scm --- the solutions of the exercises on messages work
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; To several people, to everybody, refused; and what two steps of a
;;; handshake lead to.

(use-modules (session-play)
             (session-program)
             (session-suite)
             (srfi srfi-64))

(define-syntax-rule (test-play name server people happening ...)
  (test-equal name '(well (0) 0)
    (act-out server people (list happening ...))))

(define (plain-client) (homework-client 'ours #f))
(define (plain-server) (homework-server 'ours #f))


;;; To several people

(define (test-list name server)
  (test-play (string-append "im-list writes to each once, on " name) server
    `((ann ,(solution-client "im-list.scm")) (bob ,(plain-client))
      (carl ,(plain-client)))
    '(ann types "(im-list '(bob carl bob) \"Hi all\")")
    '(bob sees "[ann] Hi all\n" 1)
    '(carl sees "[ann] Hi all\n" 1)
    '(ann types "(im-list '(nobody carl) '(two words))")
    '(ann sees "[server] User not found: nobody" 1)
    '(carl sees "[ann] (two words)" 1)
    '(ann types "(im-list '() \"x\")")
    '(ann types "(im-list 'bob \"x\")")
    '(ann sees "im-list takes a list of names" 1)
    '(ann types "(im 'bob \"Hi Bob\")")
    '(bob sees "[ann] Hi Bob" 1)
    '(bob sees "[ann] x" 0)
    '(carl sees "[ann] Hi Bob" 0)))


;;; To everybody

(define (test-broadcast)
  (test-play "im-broadcast reaches everybody else, with any client"
      (solution-server "im-broadcast-server.scm")
    `((ann ,(solution-client "im-broadcast-client.scm"))
      (bob ,(solution-client "im-broadcast-client.scm"))
      (carl ,(plain-client)))
    '(ann types "(im-broadcast \"From Ann\")")
    '(bob sees "[ann] From Ann" 1)
    '(carl sees "[ann] From Ann" 1)
    '(bob types "(begin (im-broadcast '(from Bob)) (im 'ann \"After\"))")
    '(ann sees "[bob] (from Bob)" 1)
    '(carl sees "[bob] (from Bob)" 1)
    '(ann sees "[bob] After" 1)
    '(ann sees "From Ann" 0)
    '(server does "(im-mute 'ann)")
    '(ann types "(im-broadcast \"Unheard\")")
    '(ann sees "Not delivered: you are muted." 1)
    '(bob types "(im-broadcast car)")
    '(bob sees "Can't send #<procedure car" 1)
    '(bob types "(begin (im-exit) (im-broadcast 1))")
    '(bob sees "You are not enrolled" 1)
    '(bob sees "Unheard" 0)
    '(carl sees "Unheard" 0)))

(define (test-broadcast-unknown)
  (test-play "im-broadcast is told when the server doesn't know it"
      (original-server)
    `((ann ,(solution-client "im-broadcast-client.scm")))
    '(ann types "(im-broadcast \"Hi\")")
    '(ann sees "[server] Unrecognized action: broadcast" 1)))


;;; Refused

;; Counts what the server passes on.
(define count-messages
  "(begin (define passed-on 0)
          (define pass-on-uncounted pass-on)
          (define (pass-on from to data port)
            (set! passed-on (+ passed-on 1))
            (print-line \"Number ~a.\" passed-on)
            (pass-on-uncounted from to data port)))")

(define (refusing) (solution-client "im-refuse.scm"))

(define (test-refuse name server)
  (test-play (string-append "who is refused is told, on " name) server
    `((ann ,(refusing)) (eve ,(plain-client)) (carl ,(plain-client)))
    '(ann does "(im-refuse 'Eve)")
    '(eve types "(im 'ann \"Hi 1\")")
    '(eve sees "[ann] I refuse your messages.\n" 1)
    '(carl types "(im 'ann \"Hi 2\")")
    '(ann sees "[carl] Hi 2" 1)
    '(ann does "(im-accept 'eve)")
    '(ann types "(im 'eve \"Say it again\")")
    '(eve sees "[ann] Say it again" 1)
    '(eve types "(im 'ann \"Hi 3\")")
    '(ann sees "[eve] Hi 3" 1)
    '(ann does "(im-refuse 'eve)")
    '(ann types "(im 'eve \"Enough\")")
    '(eve sees "[ann] Enough" 1)
    '(eve types "(im 'ann \"Hi 4\")")
    '(eve sees "[ann] I refuse your messages.\n" 2)
    '(ann does "(im-refuse 'server)")
    '(ann sees "Nobody can refuse the server" 1)
    '(ann sees "Hi 1" 0)
    '(ann sees "Hi 4" 0)))

(define (test-refuse-each-other)
  (test-play "two that refuse each other are both told, and that is all"
      (plain-server)
    `((ann ,(refusing)) (bob ,(refusing)) (carl ,(plain-client)))
    `(server does ,count-messages)
    '(ann does "(im-refuse 'bob)")
    '(bob does "(begin (im-refuse 'ann) (im 'ann \"Hi Ann\"))")
    '(bob sees "[ann] I refuse your messages." 1)
    '(ann types "(im 'bob \"Hi Bob\")")
    '(ann sees "[bob] I refuse your messages." 1)
    ;; A loop would go round meanwhile.
    '(ann types "(im 'carl \"from Ann\")")
    '(bob types "(im 'carl \"from Bob\")")
    '(carl sees "from Ann" 1)
    '(carl sees "from Bob" 1)
    '(server sees "Number 6." 1)
    '(server sees "Number 7." 0)
    '(ann sees "Hi Ann" 0)
    '(bob sees "Hi Bob" 0)))

;; A bot that answers whatever it hears.
(define chatty-bot
  "(begin (define-class (chatty-bot) (parent (bot))
            (method (answer from message) (list 'you 'say message)))
          (im-enroll-bot \"127.0.0.1\" PORT (instantiate chatty-bot) 'chatty))")

(define (test-refuse-bot)
  (test-play "a bot that answers everything is told once" (plain-server)
    `((ann ,(refusing)) (robot ,(solution-client "bots.scm") doesnt-enroll))
    `(server does ,count-messages)
    '(ann does "(im-refuse 'chatty)")
    '(robot types "(im-enroll-bot \"127.0.0.1\" PORT (instantiate echo-bot)
                                  'echo)")
    `(robot types ,chatty-bot)
    '(ann sees "<<(here chatty echo ann)>>" 1)
    ;; 1, its answer, the notice, its answer; and there is no more to come
    ;; when the echo has come back twice.
    '(ann types "(im 'chatty 1)")
    '(server sees "Number 4." 1)
    '(ann types "(im 'echo \"Once\")")
    '(ann sees "[echo] Once" 1)
    '(ann types "(im 'echo \"Twice\")")
    '(ann sees "[echo] Twice" 1)
    '(server sees "Number 8." 1)
    '(server sees "Number 9." 0)
    '(ann sees "you say" 0)))

;; What the rules in im-refuse.scm are for: without them these plays show it.

(define without-rules
  "(define (received-msg from message)
     (if (table-entry refused from)
         (im from notice)
         (show-message from message)))")

(define (test-loop-without-rules)
  (test-play "without the rules two that refuse each other loop" (plain-server)
    `((ann ,(refusing)) (bob ,(refusing)))
    `(server does ,count-messages)
    `(ann does ,without-rules)
    `(bob does ,without-rules)
    '(bob does "(im-refuse 'ann)")
    '(ann does "(begin (im-refuse 'bob) (im 'bob \"Hi Bob\"))")
    '(server sees "Number 300." 1)
    '(server types "(im-server-close)")
    '(ann sees "The server has said goodbye." 1)))

(define (test-loop-without-second-rule)
  (test-play "without the second rule a bot and who refuses it loop"
      (plain-server)
    `((ann ,(refusing)) (robot ,(solution-client "bots.scm") doesnt-enroll))
    `(server does ,count-messages)
    '(ann does "(define (remember-told! entry) #f)")
    '(ann does "(im-refuse 'chatty)")
    `(robot types ,chatty-bot)
    '(ann sees "<<(here chatty ann)>>" 1)
    '(ann types "(im 'chatty 1)")
    '(server sees "Number 300." 1)
    '(server types "(im-server-close)")
    '(ann sees "The server has said goodbye." 1)))


;;; Two steps

(define (test-two-steps)
  (test-play "after two steps there are ghosts, after three there are none"
      (solution-server "two-steps.scm")
    `((ann ,(plain-client)))
    '(server does "(two-steps!)")
    '(server types "(say-hello-and-sleep \"127.0.0.1\" PORT 'ghost)")
    '(ann sees "<<(here ghost ann)>>" 1)
    '(ann types "(begin (im 'ghost \"Hi\") (im 'nobody \"Hi\"))")
    '(ann sees "User not found: nobody" 1)
    '(ann sees "User not found: ghost\n" 0)
    '(server types "(begin (set! logging #t) (three-steps!)
                           (im-limit 'handshake-seconds 1/5))")
    '(server types "(say-hello-and-sleep \"127.0.0.1\" PORT 'ghost2)")
    '(server sees "the server says welcome to ghost2" 1)
    '(server sees "ghost2 said no thanks" 1)
    '(ann types "(im 'ghost2 \"Hi\")")
    '(ann sees "User not found: ghost2" 1)
    '(ann sees "<<(here ghost2" 0)))

(run-test-suite "solutions-talk"
  (lambda ()
    (test-list "our server" (plain-server))
    (test-list "one like the original" (original-server))
    (test-broadcast)
    (test-broadcast-unknown)
    (test-refuse "our server" (plain-server))
    (test-refuse "one like the original" (original-server))
    (test-refuse-each-other)
    (test-refuse-bot)
    (test-loop-without-rules)
    (test-loop-without-second-rule)
    (test-two-steps)))

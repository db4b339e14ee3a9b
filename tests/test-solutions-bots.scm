;;; test-solutions-bots.scm --- one program has fifty bots, and each is itself
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(use-modules (session-play)
             (session-program)
             (session-suite)
             (srfi srfi-64))

(define-syntax-rule (test-play name server people happening ...)
  (test-equal name '(well (0) 0)
    (act-out server people (list happening ...))))

(define (plain-client) (homework-client 'ours #f))
(define (plain-server) (homework-server 'ours #f))

(define (ann-and-robot client)
  `((ann ,client) (robot ,(solution-client "bots.scm") doesnt-enroll)))

(define (enroll-bot bot name)
  "Return what enrolls BOT, an expression, as NAME."
  (format #f "(im-enroll-bot \"127.0.0.1\" PORT ~a '~a)" bot name))


;;; Fifty

(define define-fifty
  "(define (fifty-names)
     (map (lambda (i) (string->symbol (format #f \"echo~a\" i))) (iota 50)))")

(define enroll-fifty
  "(for-each (lambda (name)
               (im-enroll-bot \"127.0.0.1\" PORT (instantiate echo-bot) name))
             (fifty-names))")

(define (test-fifty name server)
  (test-equal (string-append "fifty bots in one program, on " name)
    '(well (0) 0)
    (act-out server (ann-and-robot (solution-client "im-list.scm"))
             `((robot types ,define-fifty)
               (ann types ,define-fifty)
               (robot types ,enroll-fifty)
               (ann sees "<<(here echo49 echo48 echo47" 1)
               (ann types "(im-list (fifty-names) \"Hi\")")
               ,@(map (lambda (i)
                        `(ann sees ,(format #f "[echo~a] Hi\n" i) 1))
                      (iota 50))
               (server types
                       "(begin (display (length (get-clients-list)))
                               (display \" are here\"))")
               (server sees "51 are here" 1)))))


;;; Their characters

(define (test-grumpy)
  (test-play "the grumpy bot answers a limited number of times"
      (plain-server)
    (ann-and-robot (plain-client))
    `(robot types ,(enroll-bot "(instantiate grumpy-bot 3)" 'oscar))
    `(robot types ,(enroll-bot "(instantiate grumpy-bot 1)" 'felix))
    '(ann sees "<<(here felix oscar ann)>>" 1)
    '(ann types "(for-each (lambda (i) (im 'oscar i)) (iota 5))")
    '(ann sees "[oscar] What is it now?" 2)
    '(ann sees "[oscar] Enough!" 1)
    '(ann types "(im 'felix 'hello)")
    '(ann sees "[felix] Enough!" 1)
    '(ann sees "[felix] What is it now?" 0)))

(define (take . numbers)
  (format #f "(for-each (lambda (number) (im 'nim number)) '~a)" numbers))

(define (test-nim)
  (test-play "the nim bot plays with everybody, and can be beaten"
      (plain-server)
    `((ann ,(plain-client)) (bob ,(plain-client))
      (robot ,(solution-client "bots.scm") doesnt-enroll))
    `(robot types ,(enroll-bot "(instantiate nim-bot 21)" 'nim))
    '(ann sees "<<(here nim bob ann)>>" 1)
    '(ann types "(im 'nim \"How does it go?\")")
    '(ann sees "There are 21 sticks.  Take 1, 2 or 3: (im 'nim 2)." 1)
    `(ann types ,(take 1))
    '(ann sees "[nim] I take 1.  There are 19 sticks." 1)
    `(bob types ,(take 2))
    '(bob sees "[nim] I take 3.  There are 16 sticks." 1)
    `(ann types ,(take 3 3 3 3))
    '(ann sees "[nim] I take 1.  There are 3 sticks." 1)
    `(ann types ,(take 3))
    '(ann sees "[nim] You have won!  Another game?" 1)
    `(bob types ,(take 3 3 3 2 3))
    '(bob sees "[nim] I take 2 and win.  Another game?" 1)
    `(bob types ,(take 3))
    '(bob sees "[nim] I take 2.  There are 16 sticks." 1)
    `(ann types ,(take 1))
    '(ann sees "[nim] I take 1.  There are 19 sticks." 2)))

(define (test-nim-end)
  (test-play "nobody takes more sticks than there are" (plain-server)
    (ann-and-robot (plain-client))
    `(robot types ,(enroll-bot "(instantiate nim-bot 2)" 'nim))
    '(ann sees "<<(here nim ann)>>" 1)
    `(ann types ,(take 3 1))
    '(ann sees "[nim] There are 2 sticks." 1)
    '(ann sees "[nim] I take 1 and win." 1)))


;;; Their lives

(define (test-coming-and-going)
  (test-play "a bot leaves, is left, and comes back" (plain-server)
    (ann-and-robot (plain-client))
    '(robot types "(begin (set! logging #t)
                          (define polly (instantiate echo-bot)))")
    `(robot types ,(enroll-bot "polly" 'ann))
    '(robot sees "Sorry: somebody is called ann already." 1)
    `(robot types ,(enroll-bot "polly" 'polly))
    '(ann sees "<<(here polly ann)>>" 1)
    `(robot types ,(enroll-bot "polly" 'molly))
    '(robot sees "This bot is enrolled already, as polly." 1)
    '(robot types "(ask polly 'say 'ann \"I am going.\")")
    '(robot types "(ask polly 'leave)")
    '(ann sees "[polly] I am going." 1)
    '(ann sees "<<(here ann)>>" 2)
    '(robot sees "polly is out." 1)
    '(robot types "(ask polly 'say 'ann \"Nobody hears me.\")")
    `(robot types ,(enroll-bot "polly" 'molly))
    '(ann sees "<<(here molly ann)>>" 1)
    '(server dies)
    '(ann sees "The connection to the server is lost." 1)
    '(robot sees "molly is out." 1)
    '(ann types "(im-enroll \"127.0.0.1\" PORT)")
    '(ann sees "<<(here ann)>>" 3)
    `(robot types ,(enroll-bot "polly" 'polly))
    '(ann sees "<<(here polly ann)>>" 2)
    '(ann types "(im 'polly 'again)")
    '(ann sees "[polly] again" 1)))

(define (test-not-enrolled)
  (test-play "why a bot isn't enrolled is said" (plain-server)
    `((robot ,(solution-client "bots.scm") doesnt-enroll))
    '(robot types "(define polly (instantiate echo-bot))")
    '(robot types "(im-enroll-bot '127.0.0.1 6543 polly 'polly)")
    '(robot sees "needs quotation marks" 1)
    '(robot types "(im-enroll-bot \"127.0.0.1\" 1 polly 'polly)")
    '(robot sees "Connection refused" 1)
    '(robot types "(im-limit 'handshake-seconds 1/10)")
    '(robot types "(define deaf (make-server-socket 0))")
    '(robot types "(im-enroll-bot \"127.0.0.1\" (socket-port-number deaf)
                                  polly 'polly)")
    '(robot sees "No answer from the server in time" 1)
    `(robot types ,(enroll-bot "polly" 'server))
    '(robot sees "only the server is called server" 1)))

;; Answers hello with something else, and tells when its caller hangs up.
(define odd-server
  "(begin
     (define odd (make-server-socket 0))
     (define (serve-oddly caller)
       (get-request (socket-input caller))
       (send-request '(server polly good-day ()) (socket-output caller))
       (if (not (get-request (socket-input caller)))
           (display \"The caller has hung up.\")))
     (when-socket-ready odd
       (lambda ()
         (serve-oddly (socket-accept-connection (socket-dup odd))))))")

(define (test-odd-server)
  (test-play "a bot hangs up on what is no server" (plain-server)
    `((robot ,(solution-client "bots.scm") doesnt-enroll))
    `(robot types ,odd-server)
    '(robot types "(im-enroll-bot \"127.0.0.1\" (socket-port-number odd)
                                  (instantiate echo-bot) 'polly)")
    '(robot sees "What answers there is no server of this program." 1)
    '(robot sees "The caller has hung up." 1)))

(define listening-bot
  "(define-class (listening-bot) (parent (bot))
     (method (answer from message)
       (print-line \"~a is heard.\" from)
       #f))")

(define (test-server-unanswered)
  (test-play "a bot answers people, but not the server" (plain-server)
    (ann-and-robot (plain-client))
    `(robot types ,listening-bot)
    `(robot types ,(enroll-bot "(instantiate listening-bot)" 'listener))
    '(ann sees "<<(here listener ann)>>" 1)
    '(server types "(tell-client 'listener \"Good morning\")")
    '(server types "(tell-client 'ann \"Good morning\")")
    '(ann sees "[server] Good morning" 1)
    '(ann types "(im 'listener \"Hi\")")
    '(robot sees "ann is heard." 1)
    '(robot sees "server is heard." 0)))

(define clumsy-bot
  "(define-class (clumsy-bot) (parent (bot))
     (method (answer from message) (car message)))")

(define (test-clumsy)
  (test-play "a bot that makes a mistake goes on, and so do the others"
      (plain-server)
    (ann-and-robot (plain-client))
    `(robot types ,clumsy-bot)
    `(robot types ,(enroll-bot "(instantiate clumsy-bot)" 'clumsy))
    `(robot types ,(enroll-bot "(instantiate echo-bot)" 'echo))
    '(ann sees "<<(here echo clumsy ann)>>" 1)
    '(ann types "(begin (im 'clumsy 'one) (im 'clumsy '(two)) (im 'echo 3))")
    '(ann sees "[clumsy] two" 1)
    '(ann sees "[echo] 3" 1)
    '(robot sees "Wrong type" 1)))

(define (test-in-one-program)
  (test-play "a client, its bot and the server in one program" (plain-server)
    `((ann ,(plain-client)))
    '(server types "(load \"labs/solutions/bots.scm\")")
    `(server types ,(enroll-bot "(instantiate echo-bot)" 'echo))
    '(ann sees "<<(here echo ann)>>" 1)
    '(ann types "(load \"labs/solutions/bots.scm\")")
    `(ann types ,(enroll-bot "(instantiate echo-bot)" 'mine))
    '(ann sees "<<(here mine echo ann)>>" 1)
    '(server types "(load \"im-client.scm\")")
    '(server types "(set! whoiam 'teacher)")
    '(server types "(im-enroll \"127.0.0.1\" PORT)")
    '(ann sees "<<(here teacher mine echo ann)>>" 1)
    '(ann types "(begin (im 'echo 1) (im 'mine 2))")
    '(ann sees "[echo] 1" 1)
    '(ann sees "[mine] 2" 1)
    '(server types "(im 'mine 3)")
    '(server sees "[mine] 3" 1)))

(run-test-suite "solutions-bots"
  (lambda ()
    (test-fifty "our server" (plain-server))
    (test-fifty "one like the original" (original-server))
    (test-grumpy)
    (test-nim)
    (test-nim-end)
    (test-coming-and-going)
    (test-not-enrolled)
    (test-odd-server)
    (test-server-unanswered)
    (test-clumsy)
    (test-in-one-program)))

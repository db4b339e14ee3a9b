;;; test-solutions-mail.scm --- no letter is lost, and none comes twice
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; The mail server of the exercises is killed with SIGKILL at the worst
;;; moments, and started again on the same file.

(use-modules (session-play)
             (session-program)
             (session-suite)
             (srfi srfi-1)
             (srfi srfi-64))

(unless (resolve-module '(sqlite3) #:ensure #f)
  (display "skipped: Guile-SQLite3 is not installed\n")
  (exit 77))

(define directory
  (mkdtemp (string-append (or (getenv "TMPDIR") "/tmp") "/im-mail-XXXXXX")))
(define mail-file (string-append directory "/mail.db"))

(define (with-mail-file thunk)
  "Call THUNK while nobody has any mail."
  (dynamic-wind (const #f)
                thunk
                (lambda ()
                  (for-each (lambda (suffix)
                              (false-if-exception
                               (delete-file (string-append mail-file suffix))))
                            '("" "-journal")))))

(define (mail-server)
  (solution-server "mail-server.scm"
                   (format #f "(define mail-file ~s)" mail-file)))

(define (mail-client) (solution-client "mail-client.scm"))

(define-syntax-rule (test-play name people happening ...)
  (with-mail-file
   (lambda ()
     (test-equal name '(well (0) 0)
       (act-out (mail-server) people (list happening ...))))))

(define (ann-and-bob)
  `((ann ,(mail-client)) (bob ,(mail-client) doesnt-enroll)))

(define enroll "(im-enroll \"127.0.0.1\" PORT)")
(define lost "The connection to the server is lost.")

(define (test-mail)
  (test-play "mail for who isn't here outlives the server" (ann-and-bob)
    '(ann types "(mail 'Bob \"See you\\nat six?\" \"Dinner\")")
    '(ann sees "The server keeps your letter to Bob." 1)
    '(ann types "(mail 'bob \"It rains.\")")
    '(ann sees "The server keeps your letter to bob." 1)
    '(server dies)
    `(ann sees ,lost 1)
    `(bob types ,enroll)
    '(bob sees "Letters for you: 2." 1)
    '(bob types "(mail-headers)")
    '(bob sees "Letter 1 from ann: Dinner\nLetter 2 from ann: It rains.\n" 1)
    '(bob types "(get-mail)")
    '(bob sees "Letter 1 from ann: Dinner\n  | See you\n  | at six?\n" 1)
    '(bob sees "Letter 2 from ann: It rains.\n  | It rains.\n" 1)
    '(bob sees "No more letters." 1)
    '(bob types "(read-mail 2)")
    '(bob sees "Letter 2 from ann: It rains.\n  | It rains.\n" 2)
    '(bob types "(delete-mail 2)")
    '(bob sees "Letter 2 is deleted." 1)
    '(bob types "(read-mail 2)")
    '(bob sees "No such letter" 1)
    '(server dies)
    `(bob sees ,lost 1)
    `(bob types ,enroll)
    '(bob sees "Letters for you: 1." 1)
    '(bob types "(delete-mail 1)")
    '(bob sees "Letter 1 is deleted." 1)
    '(bob types "(mail-headers)")
    '(bob sees "No letters." 1)
    '(bob types "(delete-mail 1)")
    '(bob sees "No such letter" 2)))

(define (test-private)
  (test-play "whose letters they aren't neither reads nor deletes them"
    `((ann ,(mail-client)) (bob ,(mail-client)) (eve ,(mail-client)))
    '(ann types "(mail \"bob\" \"Secret\")")
    '(bob sees "You have mail from ann: (get-mail)" 1)
    '(eve types "(begin (read-mail 1) (delete-mail 1) (get-mail))")
    '(eve sees "No such letter" 2)
    '(eve sees "No more letters." 1)
    '(bob types "(get-mail)")
    '(bob sees "  | Secret\n" 1)
    '(eve sees "Secret" 0)))


;;; Killed at the worst moment

(define (test-lost-answer)
  (test-play "a letter that is sent again since the answer was lost is one"
    `((ann ,(mail-client)) (bob ,(mail-client)))
    '(server does "(define (answer name action data) #f)")
    '(ann types "(begin (mail 'bob \"Once.\") (mail 'bob \"Deleted.\"))")
    '(bob sees "You have mail from ann" 2)
    '(bob types "(delete-mail 2)")
    '(bob types "(mail 'ann \"Done.\")")
    '(ann sees "You have mail from bob" 1)
    '(server dies)
    `(ann sees ,lost 1)
    `(bob sees ,lost 1)
    `(ann types ,enroll)
    '(ann sees "The server keeps your letter to bob." 2)
    `(bob types ,enroll)
    '(bob sees "Letters for you: 1." 1)
    '(bob types "(get-mail)")
    '(bob sees "  | Once.\n" 1)
    '(bob sees "No more letters." 1)
    '(bob sees "You have mail from ann" 2)
    '(bob sees "  | Deleted." 0)))

(define (test-not-written)
  (test-play "the server keeps no letter that it couldn't write"
      (ann-and-bob)
    '(server does "(define (query sql . values) (error \"disk full\"))")
    '(ann types "(begin (mail 'bob \"Patience.\") (im 'nobody \"Hi\"))")
    '(ann sees "User not found: nobody" 1)
    '(ann sees "The server keeps" 0)
    '(server dies)
    `(ann sees ,lost 1)
    `(ann types ,enroll)
    '(ann sees "The server keeps" 1)
    `(bob types ,enroll)
    '(bob types "(get-mail)")
    '(bob sees "  | Patience.\n" 1)
    '(bob sees "No more letters." 1)))

;; Letter N is on the disk, and the server ends before it can say so.
(define (die-after n)
  (format #f "(begin (define left ~a)
                     (define keep-and-live keep-letter!)
                     (define (keep-letter! . letter)
                       (let ((new? (apply keep-and-live letter)))
                         (set! left (- left 1))
                         (if (= left 0) (kill (getpid) SIGKILL))
                         new?)))"
          n))

(define (send-letters first count)
  (format #f "(for-each (lambda (i) (mail 'bob (number->string i)))
                        (iota ~a ~a))"
          count first))

(define (test-burst)
  (define numbers (iota 40))
  (test-equal "of many letters, all are there once when the server died midway"
    '(well (0) 0)
    (with-mail-file
     (lambda ()
       (act-out
        (mail-server) (ann-and-bob)
        `((server does ,(die-after 25))
          (ann types ,(send-letters 0 10))
          (ann sees "The server keeps" 10)
          (ann types ,(send-letters 10 30))
          (ann sees ,lost 1)
          (server dies)
          (ann types ,enroll)
          (ann sees "The server keeps" 40)
          (bob types ,enroll)
          (bob sees "Letters for you: 40." 1)
          (bob types "(get-mail)")
          (bob sees "No more letters." 1)
          ,@(map (lambda (i) `(bob sees ,(format #f "  | ~a\n" i) 1))
                 numbers)))))))


;;; What can't be sent, or kept

(define (test-outbox)
  (test-play "what is written while not enrolled is sent later" (ann-and-bob)
    '(bob types "(mail 'ann \"Early\")")
    '(bob sees "It will be sent when you enroll." 1)
    `(bob types ,enroll)
    '(bob sees "The server keeps your letter to ann." 1)
    '(ann types "(get-mail)")
    '(ann sees "  | Early\n" 1)
    '(bob types "(mail 'ann 'hi)")
    '(bob sees "mail takes a name and a string" 1)))

(define (test-refused-letters)
  (test-play "a letter that the server doesn't take is said to be refused"
      (ann-and-bob)
    '(ann types "(mail 'server \"Hi\")")
    '(ann sees "Your letter to server was not kept: nobody can have" 1)
    '(ann types "(mail 'bob (make-string 100000 #\\x))")
    '(ann sees "A letter has at most 8000 characters, its subject 60." 1)
    '(ann types "(begin (set! longest-text 9000) (set! longest-subject 70))")
    '(ann types "(mail 'bob (make-string 8001 #\\x))")
    '(ann sees "not kept: it is too long." 1)
    '(ann types "(mail 'bob \"\" (make-string 61 #\\x))")
    '(ann sees "not kept: its subject is too long." 1)
    '(ann types "(define (raw data)
                   (send-request (make-request whoiam 'bob 'mail data)
                                 port-to-server))")
    '(ann types "(begin (raw '()) (raw 'x) (raw '(1 2 3)) (raw '(1 \"2\")))")
    '(ann types "(begin (read-mail -1) (read-mail \"1\")
                        (read-mail (expt 10 30)))")
    '(ann sees "No such letter" 3)
    '(server does "(im-mute 'ann)")
    '(ann types "(mail 'bob \"Unheard\")")
    '(ann sees "not kept: you are muted." 1)
    '(server does "(begin (im-unmute 'ann) (set! most-letters 2))")
    '(ann types "(for-each (lambda (i) (mail 'bob \"Hi\")) '(1 2 3))")
    '(ann sees "that mailbox is full" 1)
    '(ann sees "The server keeps your letter to bob." 2)
    '(ann types "(begin (display (length outbox)) (display \" left\"))")
    '(ann sees "0 left" 1)))

(define (test-largest)
  (test-play "the longest letters fit" `((ann ,(mail-client)))
    '(ann types "(define subject (make-string 60 #\\x1b))")
    '(ann types "(define text (make-string 8000 #\\x1b))")
    '(ann types "(for-each (lambda (i) (mail 'ann text subject)) (iota 50))")
    '(ann sees "The server keeps your letter to ann." 50)
    '(ann types "(mail-headers)")
    '(ann sees "Letter 50 from ann: \\x1b;" 1)
    '(ann types "(read-mail 50)")
    '(ann sees "Letter 50 from ann: \\x1b;" 2)
    '(ann sees "Not sent" 0)))

(run-test-suite "solutions-mail"
  (lambda ()
    (dynamic-wind
      (const #f)
      (lambda ()
        (test-mail)
        (test-private)
        (test-lost-answer)
        (test-not-written)
        (test-burst)
        (test-outbox)
        (test-refused-letters)
        (test-largest))
      (lambda () (rmdir directory)))))

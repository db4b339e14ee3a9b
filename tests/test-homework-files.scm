;;; test-homework-files.scm --- homework works on our programs and on old ones
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; Each file in homework/ is what a student hands in: it loads the course's
;;; client or server and changes it.  A play is acted out by processes, a
;;; server and people at prompts, once on top of Guile-IM's programs and once
;;; on top of those in original/.

(use-modules (ice-9 match)
             (ice-9 textual-ports)
             (session-process)
             (session-program)
             (session-subject)
             (session-suite)
             (srfi srfi-1)
             (srfi srfi-64))

;; A play: its name, the file of the server and those of people (#f: just the
;; course's), who enroll in this order, and what happens.
;; (WHO types EXPRESSION); (WHO sees TEXT N):
;; comes to see it N times, and no more until the end.  PORT in an expression
;; is the server's port.
(define plays
  '(("a message to a list of people" #f
     ((ann "many-receivers.scm") (bob #f) (carl #f))
     ((ann types "(im '(bob carl) \"Hi all\")")
      (ann types "(im 'bob \"Hi Bob\")")
      (bob sees "Hi all" 1)
      (bob sees "Hi Bob" 1)
      (carl sees "Hi all" 1)
      (carl types "(im 'ann \"Hi Ann\")")
      (ann sees "Hi Ann" 1)
      (carl sees "Hi Bob" 0)))

    ("a broadcast" "broadcast-server.scm"
     ((ann "broadcast-client.scm") (bob "broadcast-client.scm") (carl #f))
     ((ann types "(im-broadcast \"From Ann\")")
      (bob sees "From Ann" 1)
      (carl sees "From Ann" 1)
      (bob types "(begin (im-broadcast '(from Bob)) (im 'ann \"Hi\"))")
      (ann sees "(from Bob)" 1)
      (carl sees "(from Bob)" 1)
      (ann sees "Hi" 1)
      (carl types "(im 'nobody \"x\")")
      (carl sees "User not found: nobody" 1)
      (ann sees "From Ann" 0)
      (bob types "(im-exit)")
      (carl sees "<<(here carl ann)>>" 1)
      (ann types "(im-broadcast \"Bye\")")
      (carl sees "Bye" 1)
      (bob sees "Bye" 0)))

    ("a server with one more action, and plain clients"
     "broadcast-server.scm"
     ((ann #f) (bob #f))
     ((ann types "(im 'bob \"Hi\")")
      (bob sees "Hi" 1)
      (ann types
           "(send-request (make-request 'ann 'server 'x nil) port-to-server)")
      (ann sees "Unrecognized action: x" 1)))

    ("who is refused is told" "refuse-server.scm"
     ((ann "refuse-client.scm") (bob "refuse-client.scm") (carl #f))
     ((ann types "(refuse 'bob)")
      (bob types "(im 'ann \"Hi 1\")")
      (bob sees "ann refuses your messages" 1)
      (carl types "(im 'ann \"Hi 2\")")
      (ann sees "Hi 2" 1)
      (ann sees "Hi 1" 0)
      (ann types "(accept 'bob)")
      (bob types "(im 'ann \"Hi 3\")")
      (ann sees "Hi 3" 1)))

    ("two that refuse each other" "refuse-server.scm"
     ((ann "refuse-client.scm") (bob "refuse-client.scm") (carl #f))
     ((ann types "(refuse 'bob)")
      (bob types "(refuse 'ann)")
      (ann types "(im 'bob \"Hi Bob\")")
      (bob types "(im 'ann \"Hi Ann\")")
      (ann sees "bob refuses your messages" 1)
      (bob sees "ann refuses your messages" 1)
      ;; A loop would go round meanwhile.
      (ann types "(im 'carl \"from Ann\")")
      (bob types "(im 'carl \"from Bob\")")
      (carl sees "from Ann" 1)
      (carl sees "from Bob" 1)
      (ann sees "Hi Ann" 0)
      (bob sees "Hi Bob" 0)))

    ("chat bots" #f
     ((ann #f) (robot "bots.scm" doesnt-enroll))
     ((robot types "(begin (define eliza (instantiate doctor 'eliza))
                           (define c3po (instantiate counter 'c3po)))")
      (robot types "(ask eliza 'enroll \"127.0.0.1\" PORT)")
      (ann sees "<<(here eliza ann)>>" 1)
      (robot types "(ask c3po 'enroll \"127.0.0.1\" PORT)")
      (ann sees "<<(here c3po eliza ann)>>" 1)
      (ann types "(im 'eliza \"i am my own boss\")")
      (ann sees "(why do you say that you are your own boss ?)" 1)
      (ann types "(im 'eliza '(nobody likes me))")
      (ann sees "(why do you say that nobody likes you ?)" 1)
      (ann types "(begin (im 'c3po 1) (im 'c3po \"two\"))")
      (ann sees "(1 messages)" 1)
      (ann sees "(2 messages)" 1)
      (robot types "(ask c3po 'dance)")
      (robot sees "c3po doesn't know how to dance" 1)
      (robot types "(ask c3po 'leave)")
      (ann sees "<<(here eliza ann)>>" 2)
      (ann types "(im 'eliza 'bye)")
      (ann sees "(why do you say that bye ?)" 1)))

    ("a log file" #f
     ((ann "log-client.scm") (bob #f))
     ((ann types "(im 'bob \"Hi Bob\")")
      (bob sees "Hi Bob" 1)
      (bob types "(im 'ann \"Hi Ann\")")
      (ann sees "Hi Ann" 1)
      (bob types "(im 'ann '(how are you))")
      (ann sees "(how are you)" 1)
      (ann types "(begin (display \"Log:\") (newline) (show-log))")
      (ann sees
           "Log:\nann -> bob: Hi Bob\nbob -> ann: Hi Ann\nbob -> ann: (how are\
 you)\n"
           1)
      (ann sees "Hi Ann" 2)
      (ann sees "(how are you)" 2)))))


;;; Acting

;; Where everybody stands: a person's process and what they enroll with.
(define show-who-is-here
  "(define (update-client-list names)
     (format #t \"~%<<~S>>~%\" (cons 'here names)))")

(define (act-out library server-file people happenings)
  "Return `well', or what didn't happen of HAPPENINGS, and how all ended."
  (let* ((server (start-server (homework-server library server-file)))
         (cast (start-all library people (server-port server)))
         (result (or (any (lambda (happening)
                            (failure happening cast (server-port server)))
                          happenings)
                     (any (lambda (happening)
                            (excess happening happenings cast))
                          happenings)
                     'well)))
    (list result
          (delete-duplicates (map dismiss! cast))
          (stop-server! server))))

(define (start-all library people port)
  "Return who takes part: PEOPLE's names and processes, enrolled in order."
  (define programs
    (map (match-lambda
           ((_ file . _) (with-lines (homework-client library file)
                                     show-who-is-here)))
         people))
  (define cast
    (map (lambda (program person)
           (cons (first person)
                 (start-program program (symbol->string (first person)))))
         programs people))
  (for-each (lambda (program person member)
              (if (null? (cddr person))
                  (enroll! (car member) (cdr member)
                           (program-enroll-line program port))))
            programs people cast)
  cast)

(define (enroll! name process line)
  "Type LINE to PROCESS and wait until it shows that NAME is here."
  (type! process line)
  (wait-for process
            (lambda ()
              (positive? (times (format #f "<<(here ~a" name) process)))))

(define (dismiss! person)
  "Return the exit status of PERSON, after the end of their input."
  (close-port (process-input (cdr person)))
  (reap! (cdr person)))

(define (failure happening cast port)
  "Return #f if HAPPENING does happen to CAST, else a report."
  (match happening
    ((who 'types text)
     (type! (assq-ref cast who) (with-port text port))
     #f)
    ((who 'sees text count)
     (let ((process (assq-ref cast who)))
       (and (not (wait-for process
                           (lambda () (<= count (times text process)))))
            (report happening process))))))

(define (excess happening happenings cast)
  "Return #f unless HAPPENING, at the end of HAPPENINGS, has happened too
often; else a report."
  (match happening
    ((who 'sees text _)
     (let ((process (assq-ref cast who)))
       (drain! process)
       (and (> (times text process) (most who text happenings))
            (report happening process))))
    (_ #f)))

(define (most who text happenings)
  "Return how often WHO sees TEXT at the end of HAPPENINGS."
  (apply max (filter-map (match-lambda
                           (((? (lambda (other) (eq? other who))) 'sees
                             (? (lambda (other) (equal? other text))) count)
                            count)
                           (_ #f))
                         happenings)))

(define (times text process)
  "Return how often PROCESS has printed TEXT."
  (let ((transcript (process-transcript process)))
    (let loop ((start 0) (count 0))
      (let ((found (string-contains transcript text start)))
        (if found
            (loop (+ found 1) (+ count 1))
            count)))))

(define (report happening process)
  (format #f "~s: seen ~a times~%~a" happening
          (times (third happening) process) (process-transcript process)))

(define (with-port text port)
  "Return TEXT with the number PORT for the word PORT."
  (let ((start (string-contains text "PORT")))
    (if start
        (string-replace text (number->string port) start (+ start 4))
        text)))


;;; On each library

(define (with-log-file thunk)
  "Call THUNK while IM_LOG in the environment is the name of an empty file."
  (let* ((port (mkstemp! (string-append (or (getenv "TMPDIR") "/tmp")
                                        "/im-log-XXXXXX")))
         (name (port-filename port)))
    (close-port port)
    (setenv "IM_LOG" name)
    (dynamic-wind (const #f)
                  thunk
                  (lambda () (delete-file name)))))

(define (test-play library play)
  (match play
    ((name server-file people happenings)
     (with-log-file
      (lambda ()
        (test-equal (format #f "~a, on ~a" name
                            (if (eq? library 'ours)
                                "our programs"
                                "programs like the original"))
          '(well (0) 0)
          (act-out library server-file people
                   (append (which-library library (first (first people)))
                           happenings))))))))

(define (which-library library who)
  "Return happenings that show WHO to stand on LIBRARY: `define-reaction!' is a
name of Guile-IM's client alone."
  `((,who types "(format #t \"On ~a.~%\"
                         (if (defined? 'define-reaction!) 'ours 'original))")
    (,who sees ,(format #f "On ~a.\n" library) 1)))

(run-test-suite "homework-files"
  (lambda ()
    (for-each (lambda (play)
                (test-play 'ours play)
                (test-play 'original play))
              plays)))

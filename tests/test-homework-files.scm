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
             (session-play)
             (session-program)
             (session-suite)
             (srfi srfi-1)
             (srfi srfi-64))

;; A play: its name, the file of the server and those of people (#f: just the
;; course's), who enroll in this order, and what happens (see (session-play)).
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
     ((ann does "(refuse 'bob)")
      (bob types "(im 'ann \"Hi 1\")")
      (bob sees "ann refuses your messages" 1)
      (carl types "(im 'ann \"Hi 2\")")
      (ann sees "Hi 2" 1)
      (ann sees "Hi 1" 0)
      (ann does "(accept 'bob)")
      (bob types "(im 'ann \"Hi 3\")")
      (ann sees "Hi 3" 1)))

    ("two that refuse each other" "refuse-server.scm"
     ((ann "refuse-client.scm") (bob "refuse-client.scm") (carl #f))
     ((ann does "(refuse 'bob)")
      (bob does "(refuse 'ann)")
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
          (act-out (homework-server library server-file)
                   (cast library people)
                   (append (which-library library (first (first people)))
                           happenings))))))))

(define (cast library people)
  "Return PEOPLE with their programs instead of files."
  (map (match-lambda
         ((name file . options)
          (cons* name (homework-client library file) options)))
       people))

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

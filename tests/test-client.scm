;;; test-client.scm --- what im-client.scm does, whatever its server does
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; The client runs in this process; its server is made of plain sockets and
;;; says what each test lets it say.

(use-modules (program-test) (im reactor) (ice-9 format) (srfi srfi-1)
             (srfi srfi-64))
(load-from-path "im-client.scm")

;;; --- A server that says what it is told to -------------------------------

(define listener (listen-here))
(define port (port-of listener))
(define server #f)                      ; the peer who called last
(define told "")                        ; what it has said
(define on-hello #f)                    ; what we do when it says hello

(define (pick-up peer)
  (set! server peer)
  (set! told "")
  (when-port-readable (peer-socket peer)
                      (lambda () (listen-to peer))))

(define (listen-to peer)
  (let ((news (heard-so-far peer)))
    (if (string-null? news)
        (when-port-readable (peer-socket peer) #f) ; its end
        (set! told (string-append told news)))
    (if (string-suffix? "hello ())" told)
        (on-hello))))

(answer-call listener pick-up)

(define (answer text) (lambda () (say server text)))
(define (enroll)
  (set! on-hello (answer (format #f "(server ~s welcome ())" whoiam)))
  (im-enroll "127.0.0.1" port))

(define (enrolled-with names)
  "Enroll, let NAMES, a string, be the list of clients, and forget what was
printed."
  (enroll)
  (say server (format #f "(server ~s client-list ~a)" whoiam names))
  (soon (lambda () (not (string-null? (printed-so-far))))))

(define (leave)
  "Leave, without the goodbye that im-exit waits for."
  (close-connection)
  (settle)
  (printed-so-far))

(define (comes text)
  "Return TEXT if that is what is printed next, else what is."
  (let ((printed ""))
    (soon (lambda ()
            (set! printed (string-append printed (printed-so-far)))
            (>= (string-length printed) (string-length text))))
    printed))

(define (has? text . parts)
  (every (lambda (part) (string-contains text part)) parts))

(define-syntax-rule (result-and-print expression)
  (let* ((result 'none)
         (text (printed-by (set! result expression))))
    (list result text)))

(define (one-line? text)
  (and (string-suffix? "\n" text)
       (= 1 (string-count text #\newline))))

(define (test-refusal name result parts)
  "RESULT, of `result-and-print', is #f and one line that has all PARTS."
  (test-eq (string-append name ": #f") #f (car result))
  (test-assert (format #f "~a: says why: ~s" name (cadr result))
    (and (one-line? (cadr result)) (apply has? (cadr result) parts)))
  (test-assert (string-append name ": is not enrolled")
    (not (or socket-to-server port-to-server port-from-server))))

;;; --- Enrolling -----------------------------------------------------------

(define (test-whoiam)
  (define (name-when user)
    (if user (setenv "USER" user) (unsetenv "USER"))
    ((@ (im names) login-name)))
  (for-each
   (lambda (user name)
     (test-equal (format #f "USER=~a makes ~s" user name) name (name-when user)))
   '("alice" "Bob" "2x" "42" "cs61as-xy" "J Doe" "x:" "+5" "jo_e")
   '(alice "Bob" "2x" "42" cs61as-xy "J Doe" "x:" "+5" jo_e))
  (let ((login (false-if-exception (passwd:name (getpwuid (getuid))))))
    (for-each
     (lambda (user)
       (test-equal (format #f "USER=~s: the login name, or anonymous" user)
         (or login "anonymous") (object->string (name-when user) display)))
     '(#f ""))))

(define (test-slips)
  (define (slip name thunk . parts)
    (test-refusal name (result-and-print (thunk)) parts))
  (slip "no arguments" (lambda () (im-enroll)) "address" "port" "like (im-enroll")
  (slip "three" (lambda () (im-enroll "127.0.0.1" port 1)) "like (im-enroll")
  (slip "an address without quotation marks" (lambda () (im-enroll 127.0 port))
        "127.0" "quotation marks")
  (slip "a symbol" (lambda () (im-enroll 'localhost port)) "quotation marks")
  (slip "a port as a string" (lambda () (im-enroll "127.0.0.1" "6543"))
        "6543" "without quotation marks")
  (for-each (lambda (port)
              (slip (format #f "port ~s" port)
                    (lambda () (im-enroll "127.0.0.1" port)) "1 to 65535"))
            '(0 -1 65536 1.5 #f abc))
  (for-each (lambda (name)
              (set! whoiam name)
              (slip (format #f "whoiam ~s" name) enroll "(set! whoiam '"))
            `("" server "SERVER" "a\nb" 42 () ,(make-string 33 #\x)))
  (set! whoiam 'ann)
  (test-assert "im before im-enroll is answered by what to do"
    (let ((text (printed-by (im 'bob "Hi"))))
      (and (one-line? text) (has? text "(im-enroll "))))
  (test-eq "im-exit before im-enroll" 'okay (im-exit)))

(define (test-refusals)
  (define (refused name on-hello* . parts)
    (set! on-hello on-hello*)
    (test-refusal name (result-and-print (im-enroll "127.0.0.1" port)) parts))
  (let* ((sock (listen-here)) (nobody (port-of sock)))
    (close-port sock)
    (test-refusal "nobody listens"
      (result-and-print (im-enroll "127.0.0.1" nobody))
      (list "127.0.0.1" (number->string nobody) "onnection refused")))
  (test-refusal "an address that is none"
    (result-and-print (im-enroll "no such host.invalid" port))
    (list "no such host.invalid"))
  (refused "sorry" (answer "(server ann sorry ())") "ann" "(set! whoiam ")
  (test-equal "hello was all it said" "(ann server hello ())" told)
  (refused "sorry with a reason" (answer "(server ann sorry \"too late\")")
           "Sorry: too late.")
  (refused "a reason with an escape sequence"
           (answer "(server ann sorry \"\x1b[2J\nx\")") "Sorry: " "[2J")
  (refused "it hangs up" (lambda () (hang-up server) (set! server #f)))
  (refused "it breaks the connection"
           (lambda () (reset server) (set! server #f)))
  (refused "it answers half and hangs up"
           (lambda () (say server "(server ann wel") (hang-up server)))
  (for-each (lambda (text)
              (refused (format #f "~s for an answer" text) (answer text)))
            '("(server ann thanks ())" "HTTP/1.1 400 Bad Request\r\n\r\n" "#.(exit)"
              "42 " ")" "()" "(server ann)" "(server ann \"welcome\" ())"
              "(server ann goodbye ())" "\"\\q\""))
  (im-limit 'handshake-seconds 0.2)
  (refused "no answer in time" (lambda () #t) "in time")
  (refused "half an answer in time" (answer "(server ann wel") "in time")
  (im-limit 'handshake-seconds 10))

(define (test-enrolling)
  (test-equal "im-enroll returns okay and prints nothing" '(okay "")
    (result-and-print (enroll)))
  (soon (lambda () (string-suffix? "thanks ())" told)))
  (test-equal "after hello and thanks"
    "(ann server hello ())(ann server thanks ())" told)
  (let* ((before socket-to-server) (again (result-and-print (enroll))))
    (test-eq "enrolling again: #f" #f (car again))
    (test-assert "and says how" (has? (cadr again) "already" "(im-exit)"))
    (test-eq "and the connection stays" before socket-to-server))
  (set! told "")
  (set! on-hello #f)
  (let ((peer server))
    (when-port-readable (peer-socket peer)
                        (lambda ()
                          (if (string-null? (heard-so-far peer))
                              #f
                              (begin (say peer "(server ann goodbye ())")
                                     (when-port-readable (peer-socket peer)
                                                         #f)))))
    (test-equal "im-exit returns okay when the server has said goodbye"
      '(okay "") (result-and-print (im-exit))))
  (test-equal "it can come back" '(okay "") (result-and-print (enroll)))
  (leave))

;;; --- Talking -------------------------------------------------------------

(define (test-talking)
  (enrolled-with "(ann)")
  (soon (lambda () (string-suffix? "thanks ())" told)))
  (define (sends name thunk expected)
    (set! told "")
    (test-equal (string-append name ": prints nothing") ""
                (printed-by (thunk)))
    (soon (lambda () (>= (string-length told) (string-length expected))))
    (test-equal name expected told))
  (define (slips name thunk . parts)
    (set! told "")
    (let ((text (printed-by (thunk))))
      (test-assert (format #f "~a: ~s" name text)
        (and (one-line? text) (apply has? text parts))))
    (settle)
    (test-equal (string-append name ": sends nothing") "" told))
  (sends "im to a symbol" (lambda () (im 'bob "Hi there"))
         "(ann bob send-msg \"Hi there\")")
  (sends "im to a string" (lambda () (im "Bob" "Hi"))
         "(ann \"Bob\" send-msg \"Hi\")")
  (sends "a symbol with capitals" (lambda () (im 'Bob 'Hi))
         "(ann |Bob| send-msg |Hi|)")
  (sends "any datum" (lambda () (im 'bob '(1 #t #\a "x" (y . z) #(q))))
         "(ann bob send-msg (1 #t #\\a \"x\" (y . z) #(q)))")
  (sends "a message of two lines" (lambda () (im 'bob "one\ntwo"))
         "(ann bob send-msg \"one\\ntwo\")")
  (slips "no message" (lambda () (im 'bob)) "like (im 'bob ")
  (slips "nothing at all" (lambda () (im)) "like (im 'bob ")
  (slips "words without quotation marks" (lambda () (im 'bob 'Hi 'there))
         "like (im 'bob ")
  (slips "a number for a name" (lambda () (im 42 "Hi")) "42" "name")
  (slips "oneself" (lambda () (im 'ann "Hi")) "your own name")
  (slips "oneself, otherwise" (lambda () (im "ANN" "Hi")) "your own name")
  (slips "a procedure" (lambda () (im 'bob car)) "can't be sent")
  (slips "a procedure in a list" (lambda () (im 'bob (list 1 car))) "can't be sent")
  (slips "too long" (lambda () (im 'bob (make-string 65536 #\x))) "too long")
  (slips "nested too deeply"
         (lambda () (im 'bob (let loop ((n 200) (x 1))
                               (if (zero? n) x (loop (1- n) (list x))))))
         "nested")
  (slips "a cycle" (lambda () (im 'bob (let ((l (list 1 2)))
                                         (set-cdr! (cdr l) l) l))))
  (for-each
   (lambda (thing)
     (slips (format #f "a message with ~s" thing) (lambda () (im 'bob thing))))
   (list (if #f #f) #:key (current-output-port) (delay 1) #u8(1 2)
         (make-hash-table) (expt 10 40) (read (open-input-string ""))))
  (test-assert "and all that keeps the connection" port-to-server)
  (leave))

;;; --- What the server sends -----------------------------------------------

(define (test-received)
  (enrolled-with "(ann)")
  (define (shows name text expected)
    (printed-so-far)
    (say server text)
    (test-equal name expected (comes expected)))
  (shows "a message" "(bob ann receive-msg \"Hi there\")" "[bob] Hi there\n")
  (shows "one from a string" "(\"Bob\" ann receive-msg \"Hi\")" "[Bob] Hi\n")
  (shows "any datum" "(bob ann receive-msg (1 \"x\" |Y| #t))"
         "[bob] (1 \"x\" Y #t)\n")
  (shows "several lines can't forge a sender"
         "(bob ann receive-msg \"Hi\n[teacher] You fail\n\nx\")"
         "[bob] Hi\n  | [teacher] You fail\n  | \n  | x\n")
  (shows "an escape sequence" "(bob ann receive-msg \"\x1b[2J\x07\x9b\")"
         "[bob] \\x1b;[2J\\x7;\\x9b;\n")
  (shows "an override of the direction" "(bob ann receive-msg \"a\u202eb\u2066\")"
         "[bob] a\\x202e;b\\x2066;\n")
  (shows "a carriage return, a tab, DEL and a line separator"
         "(bob ann receive-msg \"a\rb\tc\x7f\u2028\")"
         "[bob] a\\xd;b    c\\x7f;\\x2028;\n")
  (shows "a name that would forge" "(\"a] x\n[b\" ann receive-msg \"Hi\")"
         "[a\\x5d;\\x20;x\\xa;\\x5b;b] Hi\n")
  (shows "in a list, too" "(bob ann receive-msg (\"\x1b[2J\"))"
         "[bob] (\"\\x1b[2J\")\n")
  (shows "no format string" "(bob ann receive-msg \"~a ~s ~%\")"
         "[bob] ~a ~s ~%\n")
  (shows "an action nobody knows is passed over, and those in one piece are shown"
         "(server ann new-thing 1)(bob ann receive-msg 1)(bob ann receive-msg 2)"
         "[bob] 1\n[bob] 2\n")
  (leave))

(define (test-lists)
  (enroll)
  (define (list-shows name list expected)
    (printed-so-far)
    (say server (format #f "(server ann client-list ~a)(x ann receive-msg 1)"
                        list))
    (let ((expected (string-append expected "[x] 1\n")))
      (test-equal name expected (comes expected))))
  (list-shows "alone" "(ann)" "Nobody else is here yet.\n")
  (list-shows "one comes" "(bob ann)" "bob has come.\n")
  (test-equal "clients is the list" '(bob ann) clients)
  (list-shows "the same again" "(bob ann)" "")
  (list-shows "two come" "(\"Dora\" carl bob ann)" "carl, Dora have come.\n")
  (list-shows "one goes, one comes" "(eve \"Dora\" bob ann)"
              "eve has come.\ncarl has left.\n")
  (list-shows "a name that a terminal would obey" "(\"\x1b[2J\nx\" ann)"
              "\\x1b;\\x5b;2J\\xa;x has come.\nbob, Dora, eve have left.\n")
  (list-shows "names that would speak as somebody, or as the prompt"
              "(\"[teacher] Bad work, bob\" \"scheme@(guile-user)> bob\" ann)"
              "scheme@(guile-user)\\x3e; bob, \\x5b;teacher\\x5d; Bad work, \
bob have come.\n\\x1b;\\x5b;2J\\xa;x has left.\n")
  (list-shows "what are no names" "(7 (x) ann)"
              "scheme@(guile-user)\\x3e; bob, \\x5b;teacher\\x5d; Bad work, \
bob have left.\n")
  (list-shows "no list at all" "5" "")
  (list-shows "many" (map (lambda (i) (format #f "s~a" i)) (iota 50))
              "Here: 50 people.\n")
  (leave)
  (enroll)
  (list-shows "who was here before" "(ann carl bob)" "Here: bob, carl.\n")
  (leave))

(define (test-losing)
  (define back (format #f "To come back: (im-enroll \"127.0.0.1\" ~a)\n" port))
  (define (loses name act)
    (enrolled-with "(ann)")
    (act)
    (let ((text (comes (string-append "x" back))))
      (test-assert (format #f "~a: one sentence how to come back: ~s" name text)
        (and (one-line? text) (string-suffix? back text))))
    (settle)
    (test-equal (string-append name ": and nothing more") "" (printed-so-far))
    (test-equal (string-append name ": it is over") '(#f #f #f ())
                (list socket-to-server port-to-server port-from-server clients))
    (test-equal (string-append name ": coming back works") '(okay "")
      (result-and-print (enroll)))
    (leave))
  (loses "goodbye" (lambda () (say server "(server ann goodbye ())")))
  (loses "goodbye and end" (lambda () (say server "(server ann goodbye ())")
                                   (hang-up server)))
  (loses "the end" (lambda () (hang-up server)))
  (loses "a reset" (lambda () (reset server)))
  (loses "half a request and the end"
         (lambda () (say server "(bob ann rec") (hang-up server)))
  (loses "garbage" (lambda () (say server "#.(exit) ")))
  (enrolled-with "(ann)")
  (say server "(server ann receive-msg \"Server shutting down...\")\
(server ann goodbye ())")
  (hang-up server)
  (let ((expected (string-append "[server] Server shutting down...\n\
The server has said goodbye.  " back)))
    (test-equal "a server that closes says so first" expected
                (comes expected)))
  (enrolled-with "(ann)")
  (hang-up server)
  (im 'bob "Hi")
  (test-assert "im to a server that has just died raises no error"
    (soon (lambda () (not socket-to-server))))
  (enroll)
  (sigaction SIGALRM (lambda (signal) (throw 'signal signal)))
  (setitimer ITIMER_REAL 0 0 0 100000)
  (catch 'signal im-exit (const #f))    ; Ctrl-C while it waits for goodbye
  (printed-so-far)
  (hang-up server)
  (test-equal "im-exit was interrupted: enrolling again works" 'okay
    (begin (enroll) (im-exit))))

(run-tests "client"
  (lambda ()
    (test-whoiam)
    (test-slips)
    (test-refusals)
    (test-enrolling)
    (test-talking)
    (test-received)
    (test-lists)
    (test-losing)))

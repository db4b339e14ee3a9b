;;; test-server.scm --- what im-server.scm does, whatever its clients do
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; The server runs in this process; its clients are plain sockets.

(use-modules (program-test) (im reactor) (im socket)
             (ice-9 format) (srfi srfi-1) (srfi srfi-26) (srfi srfi-64))
(load-from-path "im-server.scm")

;;; --- Clients -------------------------------------------------------------

(define (start!) (im-server-start #:address "127.0.0.1"))

(the-server-listens-on! (lambda () (socket-port-number server-socket)))

(define-syntax-rule (with-server body ...)
  "Evaluate BODY while a server runs that nobody is enrolled with."
  (dynamic-wind
    (lambda () (start!))
    (lambda () body ...)
    (lambda () (im-server-close) (settle))))

(define (nobody-left?)
  (soon (lambda () (and (null? (get-clients-list))
                        (null? (cdr reserved-names))))))

;;; --- Each action in each state -------------------------------------------

(define actions
  '(hello welcome sorry thanks client-list send-msg receive-msg logout
    goodbye nonsense))

(define (test-states)
  (for-each
   (lambda (action)
     (define request (format #f "(ann server ~a ())" action))
     (unless (eq? action 'hello)
       (with-server
        (let ((peer (new-peer)))
          (say peer request)
          (test-eq (format #f "~a from a stranger: hung up on" action)
                   'end (hear peer 'end)))))
     (unless (eq? action 'thanks)
       (with-server
        (let ((peer (greeted "ann")))
          (say peer request)
          (test-equal (format #f "~a instead of thanks: hung up on" action)
            '(end #t) (list (hear peer 'end) (nobody-left?)))
          (test-assert (format #f "and after ~a the name is free" action)
            (knows-nothing-new? (enrolled "ann") "ann")))))
     (unless (memq action '(send-msg logout))
       (with-server
        (let ((answer (format #f "(server ann receive-msg \"Unrecognized \
action: ~a\")" action))
              (peer (enrolled "ann")))
          (say peer request)
          (test-equal (format #f "~a from an enrolled client: not known" action)
            answer (hear peer answer))))))
   actions)
  (with-server
   (let* ((ann (enrolled "ann")) (bob (enrolled "bob" "ann")))
     (hear-list ann "ann" '("bob" "ann"))
     (say ann "(ann server logout ())")
     (test-equal "logout is answered with goodbye" "(server ann goodbye ())"
                 (hear ann "(server ann goodbye ())"))
     (test-eq "and hung up on" 'end (hear ann 'end))
     (test-equal "and the others are told" "(server bob client-list (bob))"
                 (hear-list bob "bob" '("bob"))))))

(define not-requests
  '("42" "\"hello\"" "hello" "#t" "()" "(ann)" "(ann server)"
    "(ann server hello)" "(ann server hello . ())" "(ann server . hello)"
    "#(ann server hello ())" "(1 server hello ())" "((a) server hello ())"
    "(ann 1 hello ())" "(ann server \"hello\" ())" "(ann server 5 ())"
    "(ann server (hello) ())" ")" "#.(exit)" "#,(exit)" "#!eof" "#0=(a . #0#)"
    "(ann server hello () . 5)" ";x\n" "#|x|#"
    "#:key" "#[x]" "`x" ",x" "#u8(1)"))

(define (test-not-requests)
  (with-server
   (for-each (lambda (text)
               (let ((peer (new-peer)))
                 (say peer (string-append text " "))
                 (test-eq (format #f "~s for a hello: hung up on" text)
                          'end (hear peer 'end))))
             not-requests)
   (let ((peer (enrolled "ann")))
     (say peer "(ann ann send-msg \"")
     (say peer #vu8(#xff #x22 #x29))
     (test-assert "what is no UTF-8 from a client: it goes"
       (and (deaf-until-end peer) (nobody-left?))))
   (for-each (lambda (text)
               (let ((peer (enrolled "ann")))
                 (say peer (string-append text " "))
                 (test-assert (format #f "~s from a client: it goes" text)
                   (and (deaf-until-end peer) (nobody-left?)))))
             not-requests)))

(define (test-tolerance)
  (with-server
   (let ((peer (new-peer)))
     (say peer "  \n (ann server hello 5 extension) \t\n")
     (test-equal "white space, data of hello and a fifth element are ignored"
       "(server ann welcome ())" (hear peer "(server ann welcome ())"))
     (say-slowly peer "(ann server thanks ((version 2)))")
     (test-equal "a request may come byte by byte"
       "(server ann client-list (ann))" (hear-list peer "ann" '("ann")))
     (say peer "(ann server x ())(ann server y ()) (ann server logout ())")
     (test-equal "and three in one piece are answered in order"
       "(server ann receive-msg \"Unrecognized action: x\")\
(server ann receive-msg \"Unrecognized action: y\")(server ann goodbye ())"
       (hear peer "(server ann receive-msg \"Unrecognized action: x\")\
(server ann receive-msg \"Unrecognized action: y\")(server ann goodbye ())")))
   (let ((peer (new-peer)))
     (say peer "(bob server hello ())(bob server thanks ())\
(bob server logout ())")
     (test-equal "a client need not wait for welcome"
       "(server bob welcome ())(server bob goodbye ())"
       (hear peer "(server bob welcome ())(server bob goodbye ())")))))

;;; --- Names ---------------------------------------------------------------

(define (test-names)
  (with-server
   (let ((bob (enrolled "\"Bob\"")))
     (for-each
      (lambda (name)
        (let ((peer (new-peer)))
          (say peer (format #f "(~a server hello ())" name))
          (test-equal (format #f "~a is taken where \"Bob\" is" name)
            (format #f "(server ~a sorry ())" name)
            (hear peer (format #f "(server ~a sorry ())" name)))
          (test-eq "and hung up on" 'end (hear peer 'end))))
      '("bob" "|Bob|" "\"bob\"" "\"BOB\"" "|bOB|" "\"Bob\""))
     (test-assert "and Bob hears nothing of it"
       (knows-nothing-new? bob "\"Bob\"")))
   (let ((composed (enrolled "|Jos\xe9|" "\"Bob\"")) (peer (new-peer)))
     (say peer "(\"jose\u0301\" server hello ())")
     (test-assert "names are compared in NFC"
       (string-contains (hear peer "(server \"jose\u0301\" sorry ())")
                        " sorry ())"))))
  (with-server
   (for-each
    (lambda (name)
      (let ((peer (new-peer)))
        (say peer (format #f "(~a server hello ())" name))
        (test-assert (format #f "~s can't be a name, and why is said" name)
          (let ((heard (read-to-end peer)))
            (and (string-contains heard " sorry \"")
                 (string-suffix? "\")" heard))))))
    `("server" "|SERVER|" "\"Server\"" "\"\"" "||" "\"a\\nb\"" "\"a\\tb\""
      "\"\x1b[2J\"" "\"a\u202eb\"" "\" a\"" "\"a \"" "\"a\xa0b\""
      "\"a\\0b\"" ,(string-append "\"" (make-string 33 #\x) "\"")
      ,(make-string 33 #\y)))
   (test-assert "32 characters are a name"
     (enrolled (make-string 32 #\z)))))

(define (read-to-end peer)
  (let ((heard ""))
    (soon (lambda ()
            (set! heard (string-append heard (heard-so-far peer)))
            (eq? 'end (hear peer 'end 0))))
    heard))

;;; --- Messages ------------------------------------------------------------

;; As a client may write it, and as it is passed on.
(define data
  `(("\"Hi there\"" . "\"Hi there\"") ("()" . "()") ("42" . "42")
    ("hello" . "hello") ("|Two Words|" . "|Two Words|") ("|low|" . "low")
    ("Upper" . "|Upper|") ("||" . "||") ("-1.5" . "-1.5") ("1/2" . "1/2")
    ("#t" . "#t") ("#f" . "#f") ("#\\a" . "#\\a") ("#\\space" . "#\\space")
    ("#\\tab" . "#\\ht") ("#\\ht" . "#\\ht") ("#\\null" . "#\\null")
    ("#\\newline" . "#\\newline") ("'x" . "(quote x)")
    ("(quote x)" . "(quote x)") ("''x" . "(quote (quote x))")
    ("(a . b)" . "(a . b)") ("(a b . c)" . "(a b . c)")
    ("( a  (b c)\n)" . "(a (b c))") ("#(1 #(2) \"x\")" . "#(1 #(2) \"x\")")
    ("\"a\\x41;\\a\\0\"" . "\"aA\a\\0\"") ("\"a\\\n   b\"" . "\"a   b\"")
    ("\"q\\\"\\\\\\n\\r\\t\\b\"" . "\"q\\\"\\\\\\n\\r\\t\\b\"")
    ("\"\x1b[2J \u202e \xe9 \U01F600\"" . "\"\x1b[2J \u202e \xe9 \U01F600\"")))

(define (test-messages)
  (with-server
   (let* ((ann (enrolled "|Ann|")) (bob (enrolled "\"Bob\"" "|Ann|")))
     (define (from-ann-to name data)
       (say ann (format #f "(teacher ~a send-msg ~a)" name data)))
     (hear-list ann "|Ann|" '("\"Bob\"" "|Ann|"))
     (for-each
      (lambda (pair)
        (define expected (format #f "(|Ann| \"Bob\" receive-msg ~a)" (cdr pair)))
        (from-ann-to "bob" (car pair))
        (test-equal (format #f "~s is passed on as ~s" (car pair) (cdr pair))
          expected (hear bob expected)))
      data)
     (for-each
      (lambda (name)
        (define expected "(|Ann| \"Bob\" receive-msg 1)")
        (from-ann-to name "1")
        (test-equal (format #f "~a finds \"Bob\", who gets it in his spelling"
                            name)
          expected (hear bob expected)))
      '("bob" "\"bob\"" "|BOB|" "\"Bob\""))
     (for-each
      (lambda (name shown)
        (define expected (format #f "(server |Ann| receive-msg \"User not \
found: ~a\")" shown))
        (from-ann-to name "1")
        (test-equal (format #f "~a is nobody" name)
          expected (hear ann expected)))
      '("carl" "server" "\"Two Words\"" "||" "|Carl|")
      '("carl" "server" "Two Words" "" "Carl"))
     (from-ann-to "|Ann|" "\"me\"")
     (test-equal "one can write to oneself" "(|Ann| |Ann| receive-msg \"me\")"
                 (hear ann "(|Ann| |Ann| receive-msg \"me\")"))
     (for-each
      (lambda (data)
        (define expected "(server |Ann| receive-msg \"Message too long\")")
        (from-ann-to "bob" data)
        (test-equal "what is too long when passed on is said to be"
          expected (hear ann expected)))
      (list (string-append "(" (string-concatenate (make-list 20000 "'a ")) ")")
            (string-append "\"" (make-string (- 65536 27) #\x) "\"")))
     (test-assert "and Bob hears nothing of that"
       (knows-nothing-new? bob "\"Bob\""))
     (let ((long (make-string 60000 #\x)))
       (from-ann-to "bob" (format #f "~s" long))
       (test-assert "60,000 characters arrive"
         (let ((expected (format #f "(|Ann| \"Bob\" receive-msg ~s)" long)))
           (equal? expected (hear bob expected)))))
     (from-ann-to "bob" (format #f "~s" (make-string 65536 #\x)))
     (test-assert "a request of more than 64 KiB: hung up on"
       (deaf-until-end ann))
     (test-equal "and the others are told" "(server \"Bob\" client-list (\"Bob\"))"
       (hear-list bob "\"Bob\"" '("\"Bob\""))))))

;;; --- Who is here ---------------------------------------------------------

(define (test-lists)
  (with-server
   (let* ((ann (enrolled "ann"))
          (peers (map greeted '("bob" "carl" "dora"))))
     (for-each (lambda (peer name) (say peer (format #f "(~a server thanks ())" name)))
               peers '(bob carl dora))
     (soon (lambda () (= 4 (length (get-clients-list)))))
     (test-equal "three arrivals in one step make one list, newest first"
       (format #f "(server ann client-list ~a)" (get-clients-list))
       (hear-list ann "ann" (get-clients-list)))
     (test-eq "the first is the last there" 'ann (last (get-clients-list)))
     (test-assert "and nothing else" (knows-nothing-new? ann "ann"))
     (for-each (lambda (peer) (heard-so-far peer)) peers)
     (for-each hang-up (cdr peers))
     (test-equal "two departures in one step make one list"
       "(server ann client-list (bob ann))"
       (hear-list ann "ann" '("bob" "ann")))
     (test-assert "and nothing else" (knows-nothing-new? ann "ann")))))

(run-tests "server"
  (lambda ()
    (test-states)
    (test-not-requests)
    (test-tolerance)
    (test-names)
    (test-messages)
    (test-lists)))

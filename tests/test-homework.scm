;;; test-homework.scm --- what students do to the programs while they run
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; Server and client live in this process, in one REPL as it were.  Homework
;;; is a file that is loaded, as students write it; two more clients are
;;; plain sockets.

(use-modules (program-test) (im reactor) (ice-9 format) (srfi srfi-1)
             (srfi srfi-64))

;; In a compiled script these names of (im socket) are known only if they are
;; procedures, not macros that look like some.
(define modules '((im socket) (im reactor) (im request) (im limits) (im names)
                  (im text) (im repl) (im beginner)))

(define (test-procedures)
  (for-each
   (lambda (module)
     (module-for-each
      (lambda (name variable)
        (test-assert (format #f "~a of ~a isn't a macro" name module)
          (or (not (variable-bound? variable))
              (not (macro? (variable-ref variable))))))
      (resolve-interface module)))
   modules))

;;; --- Homework ------------------------------------------------------------

(define (homework . forms)
  "Load a file with FORMS."
  (let* ((port (mkstemp! (string-copy (in-vicinity (or (getenv "TMPDIR") "/tmp")
                                                   "homework-XXXXXX"))))
         (file (port-filename port)))
    (for-each (lambda (form) (write form port) (newline port)) forms)
    (close-port port)
    (dynamic-wind
      (lambda () #f)
      (lambda () (primitive-load file))
      (lambda () (delete-file file)))))

(define (load-programs)
  (load-from-path "im-server.scm")
  (load-from-path "im-client.scm"))

;; Defined by the programs; here so that nothing is unbound when this is read.
(load-programs)

;;; --- Everybody -----------------------------------------------------------

(define our-port #f)                      ; where the server listens

(define (printed-port line)
  (string->number (substring line (1+ (string-rindex line #\space))
                             (1- (string-length line)))))

(define bob #f)                         ; peers
(define carl #f)

;; What everybody has heard and seen until now is forgotten.
(define (quiet)
  (settle) (printed-so-far) (heard-so-far bob) (heard-so-far carl))

(define (said) (begin (settle) (printed-so-far)))

(define (come name)
  (let ((peer (call-peer our-port)))
    (say peer (format #f "(~a server hello ())(~:*~a server thanks ())" name))
    (soon (lambda () (find-client-socket name)))
    (settle)
    (heard-so-far peer)
    peer))

(define-syntax-rule (with-everybody body ...)
  "Evaluate BODY with everything as it was loaded, a server, its client ann and
the peers bob and carl."
  (dynamic-wind
    (lambda ()
      (load-programs)
      (set! logging #f)
      (set! whoiam 'ann)
      (set! our-port (printed-port
                      (printed-by (im-server-start #:address "127.0.0.1"))))
      (im-enroll "127.0.0.1" our-port)
      (set! bob (come 'bob))
      (set! carl (come 'carl))
      (quiet))
    (lambda () body ...)
    (lambda ()
      (load-programs)
      (im-server-close)
      (said)
      (heard-so-far bob)
      (close-connection)
      (settle))))

(define (test-said name expected thunk)
  (said)
  (thunk)
  (test-equal name expected (said)))

(define (conversation-works name)
  "Test that everybody can write to everybody."
  (quiet)
  (im 'bob '(hi bob))
  (test-equal (string-append name ": ann reaches bob")
    "(ann bob receive-msg (hi bob))" (hear bob "(ann bob receive-msg (hi bob))"))
  (say bob "(bob carl send-msg 1)")
  (test-equal (string-append name ": bob reaches carl")
    "(bob carl receive-msg 1)" (hear carl "(bob carl receive-msg 1)"))
  (test-said (string-append name ": carl reaches ann") "[carl] 2\n"
             (lambda () (say carl "(carl ann send-msg 2)")))
  (let ((dora (come 'dora)))
    (test-equal (string-append name ": dora can come")
      "(server bob client-list (dora carl bob ann))"
      (hear bob "(server bob client-list (dora carl bob ann))"))
    (say dora "(dora server logout ())")
    (test-equal (string-append name ": and go")
      "(server bob client-list (carl bob ann))"
      (hear bob "(server bob client-list (carl bob ann))"))
    (hang-up dora)))

;;; --- The client ----------------------------------------------------------

(define (test-client-homework)
  (with-everybody
   (homework '(define (received-msg from message)
                (display (list 'from from message)))
             '(define (update-client-list names) (display (list 'here names))))
   (test-said "received-msg redefined while connected" "(from bob Hi)"
              (lambda () (say bob "(bob ann send-msg \"Hi\")")))
   (test-said "update-client-list redefined while connected"
              "(here (bob ann))"
              (lambda () (say carl "(carl server logout ())")))
   (homework '(define (im-exit) (display "never") 'no))
   (test-equal "im-exit redefined" '(no "never")
     (let* ((result #f) (text (printed-by (set! result (im-exit)))))
       (list result text))))
  (with-everybody
   (homework '(define (received-msg from message)
                (if (equal? message "auto?") (im from "yes"))))
   (say bob "(bob ann send-msg \"auto?\")")
   (test-equal "a bot answers from its handler" "(ann bob receive-msg \"yes\")"
               (hear bob "(ann bob receive-msg \"yes\")"))
   (homework '(define (received-msg from message) (car message)))
   (test-assert "an error in received-msg is reported"
     (begin (said) (say bob "(bob ann send-msg 5)")
            (string-contains (said) "*** Error")))
   (homework '(define (received-msg from message) (display message)))
   (test-said "and the client goes on" "6"
              (lambda () (say bob "(bob ann send-msg 6)")))
   (homework '(define (received-msg from message)
                (if (equal? message "bye") (im-exit))))
   (say bob "(bob ann send-msg \"bye\")")
   (test-assert "im-exit works in a handler, and at once"
     (soon (lambda () (not (or socket-to-server (find-client-socket 'ann))))
           1)))
  (with-everybody
   (let ((before socket-to-server))
     (load-from-path "im-client.scm")
     (test-eq "loading the client again keeps its connection" before
              socket-to-server)
     (test-eq "and the name" 'ann whoiam)
     (test-eq "and who is here" 3 (length clients))
     (conversation-works "after loading the client again")))
  (with-everybody
   (set! whoiam 'mallory)
   (im 'bob 1)
   (test-equal "set! of whoiam while enrolled doesn't forge"
     "(ann bob receive-msg 1)" (hear bob "(ann bob receive-msg 1)"))
   (set! whoiam 'ann)
   (set! logging #t)
   (test-assert "set! of logging turns the log on"
     (begin (said) (say bob "(bob carl send-msg 1)")
            (string-contains (said) "bob -> carl")))))

;;; --- The server ----------------------------------------------------------

;; As solutions of the course have it: one cond, one more action.
(define longer-cond
  '(define (setup-client-request-handler name sock)
     (define port-from-client (socket-input sock))
     (define (handle-request)
       (let ((req (get-request port-from-client)))
         (if (not req)
             (remove-client name)
             (let ((dst (request-dst req))
                   (action (request-action req))
                   (data (request-data req)))
               (cond
                ((equal? action 'send-msg)
                 (let ((port-to-dst (find-port-to-client dst)))
                   (if port-to-dst
                       (if (not (send-request
                                 (make-request name dst 'receive-msg data)
                                 port-to-dst))
                           (remove-client dst))
                       (send-request
                        (make-request 'server name 'receive-msg "Nobody")
                        (find-port-to-client name)))))
                ((equal? action 'broadcast)
                 (for-each (lambda (who)
                             (if (not (equal? who name))
                                 (send-request
                                  (make-request name who 'receive-msg data)
                                  (find-port-to-client who))))
                           (get-clients-list)))
                ((equal? action 'logout) (remove-client name))
                (else
                 (format logging "What is ~A?~%" action)))
               (if (and (not (port-closed? port-from-client))
                        (char-ready? port-from-client))
                   (handle-request))))))
     (when-port-readable port-from-client handle-request)
     #t))

(define (broadcasts? name)
  (quiet)
  (say bob "(bob server broadcast \"one\")(bob server broadcast two)\
(bob carl send-msg 3)")
  (let ((expected "(bob carl receive-msg \"one\")(bob carl receive-msg two)\
(bob carl receive-msg 3)"))
    (test-equal name expected (hear carl expected)))
  (test-equal (string-append name ": the client hears it, too")
    "[bob] one\n[bob] two\n" (said)))

(define (test-server-homework)
  (with-everybody
   (homework '(define-action! 'broadcast
                (lambda (name request)
                  (for-each
                   (lambda (to)
                     (if (not (equal? to name))
                         (send-request
                          (make-request name to 'receive-msg
                                        (request-data request))
                          (find-port-to-client to))))
                   (get-clients-list)))))
   (broadcasts? "define-action! adds broadcast while clients are enrolled"))
  (with-everybody
   (homework longer-cond)
   (hang-up bob) (hang-up carl) (settle)
   (set! bob (come 'bob))
   (set! carl (come 'carl))
   (said)
   (broadcasts? "a longer cond for setup-client-request-handler")
   (conversation-works "with a longer cond")
   (quiet)
   (say bob "(bob server logout ())(bob carl send-msg late)")
   (test-equal "what comes after logout isn't done"
     "(server carl client-list (carl ann))"
     (hear carl "(server carl client-list (carl ann))")))
  (with-everybody
   (homework '(define (make-request src dst action data)
                (list src dst action (if (eq? action 'receive-msg)
                                         (list 'checked data)
                                         data))))
   (say bob "(bob carl send-msg 1)")
   (test-equal "make-request redefined while serving"
     "(bob carl receive-msg (checked 1))"
     (hear carl "(bob carl receive-msg (checked 1))")))
  (with-everybody
   (homework '(define (find-client-socket name) #f))
   (test-eq "find-client-socket redefined is the one find-port-to-client calls"
            #f (find-port-to-client 'bob)))
  (with-everybody
   (let ((before server-socket))
     (load-from-path "im-server.scm")
     (test-eq "loading the server again keeps its socket" before server-socket)
     (test-equal "and its clients" '(carl bob ann) (get-clients-list))
     (conversation-works "after loading the server again")))
  (with-everybody
   (test-eq "a table as in SICP 3.3.3" '*table* (car clients-table))
   (test-assert "an entry is a name and a socket"
     (port? (socket-output (value (cadr clients-table)))))
   (test-eq "add-client-to-table: #f where the name is there" #f
            (add-client-to-table "BOB" 'no-socket))
   (homework '(set! clients-table
                (cons '*table*
                      (reverse (cdr clients-table)))))
   (test-equal "set! of clients-table shows" '(ann bob carl) (get-clients-list))
   (say bob "(bob carl send-msg 1)")
   (test-equal "and those in it are reached" "(bob carl receive-msg 1)"
               (hear carl "(bob carl receive-msg 1)"))
   (remove-client 'carl)
   (test-equal "and leave" '(ann bob) (get-clients-list)))
  (with-everybody
   (homework '(define (get-ip-address-as-string) "1.2.3.4"))
   (im-server-close)
   (test-assert "get-ip-address-as-string redefined is what is printed"
     (string-contains (printed-by (im-server-start #:address "127.0.0.1"))
                      "Server IP address: 1.2.3.4,"))))

;;; --- Names students take -------------------------------------------------

;; A name of theirs, in passing; and one by one, so that it is seen which.
(define taken-names
  '(socket key value filter remove list? first last text name port entry
    after cancel flush ask tell connect welcome table message names count
    iota delete any every read-line format error nil))

(define (test-taken-names)
  (for-each
   (lambda (name)
     (with-everybody
      (let ((text (format #f "with ~a defined by a student" name))
            (ours (module-local-variable (current-module) name))
            (was (module-variable (current-module) name)))
        (dynamic-wind
          (lambda ()
            (if was (set! was (variable-ref was)))
            (module-define! (current-module) name 'mine))
          (lambda ()
            (test-assert text
              (catch #t
                (lambda ()
                  (heard-so-far bob)
                  (printed-so-far)
                  (im 'bob 1)
                  (say carl "(carl ann send-msg 2)(carl server x ())")
                  (let* ((dora (come 'dora))
                         (heard (begin (settle) (heard-so-far bob)))
                         (told (heard-so-far carl))
                         (text (said)))
                    (hang-up dora)
                    (settle)
                    (im-exit)
                    (im-server-close)
                    (settle)
                    (and (string-contains heard "(ann bob receive-msg 1)")
                         (string-contains told "Unrecognized")
                         (string-contains heard "(dora carl bob ann)")
                         (string-contains text "[carl] 2\n")
                         (not (string-contains (said) "***")))))
                (lambda (key . arguments) #f))))
          (lambda ()
            (if ours
                (module-define! (current-module) name was)
                (module-remove! (current-module) name)))))))
   taken-names))

(run-tests "homework"
  (lambda ()
    (test-procedures)
    (with-everybody (conversation-works "server and client in one process"))
    (test-client-homework)
    (test-server-homework)
    (test-taken-names)))

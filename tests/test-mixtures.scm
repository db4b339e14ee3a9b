;;; test-mixtures.scm --- old and new servers and clients understand each other
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; Each recorded session is acted out by processes: our server or the one in
;;; original/, with our clients, those there, or both.  After each step
;;; everybody has been shown what that server sent in the recorded session.
;;;
;;; Symbols that people typed to STk are read as STk read them, so that what
;;; is shown depends on the server alone.

(use-modules (ice-9 iconv)
             (ice-9 match)
             (ice-9 regex)
             (session-format)
             (session-process)
             (session-program)
             (session-subject)
             (session-suite)
             (session-variants)
             (srfi srfi-1)
             (srfi srfi-64)
             ((stk format) #:prefix stk:))

(read-enable 'r7rs-symbols)


;;; What clients show

;; A sight is the text of a list: (message FROM DATA), (here NAME ...).
(define show-sights
  '("(define (received-msg from message)
       (format #t \"~%<<~S>>~%\" (list 'message from message)))"
    "(define (update-client-list names)
       (format #t \"~%<<~S>>~%\" (cons 'here names)))"
    "(define (show-when-alone)
       ((@ (im reactor) wait-until) (lambda () (not port-to-server)))
       (format #t \"~%<<alone>>~%\"))"))

(define (sights process)
  "Return what PROCESS, a client, has shown, oldest first."
  (map (lambda (m) (match:substring m 1))
       (list-matches "<<([^\n]*)>>" (process-transcript process))))

(define (sent-until step connection session)
  "Return the data that the server of SESSION sends on CONNECTION up to STEP."
  (data-in
   (string-concatenate
    (filter-map (lambda (event)
                  (and (bytes? event)
                       (in-direction? event #\<)
                       (on-connection? event connection)
                       (<= (event-step event) step)
                       (event-payload event)))
                (session-events session)))))

(define (data-in bytes)
  "Return the data that BYTES are the print of."
  (call-with-input-string
      (bytevector->string (string->bytevector bytes "ISO-8859-1") "UTF-8")
    (lambda (port)
      (let loop ((data '()))
        (let ((datum (read port)))
          (if (eof-object? datum)
              (reverse data)
              (loop (cons datum data))))))))

(define (due-sights step connection session)
  "Return what the client of CONNECTION must have shown after STEP."
  (filter-map request->sight (sent-until step connection session)))

(define (request->sight request)
  "Return what a client shows when it gets REQUEST, or #f if nothing."
  (match request
    ((from _ 'receive-msg data)
     (stk:format #f "~S" (list 'message from data)))
    ((_ _ 'client-list names) (stk:format #f "~S" (cons 'here names)))
    ((_ _ (or 'goodbye 'sorry) _) "alone")
    ((_ _ 'welcome _) #f)))


;;; Acting a session out

(define (act-out session server clients)
  "Do all that people do in SESSION.  Return `shown', or what else the first
client shows that doesn't show what it should."
  (let loop ((acts (filter act? (session-events session))))
    (cond ((null? acts) 'shown)
          (else
           (do-act! (car acts) session server clients)
           (let ((step (event-step (car acts))))
             (or (any (lambda (connection)
                        (difference step connection session clients))
                      (connections session))
                 (loop (cdr acts))))))))

(define (connections session)
  (delete-duplicates (filter-map event-connection (session-events session))))

(define (do-act! event session server clients)
  "Do EVENT, an act of SESSION."
  (let ((connection (event-connection event))
        (act (event-payload event)))
    (if connection
        (act-on clients (act-kind act) connection
                (client-name (session-events session) connection)
                (act-text act) (server-port server))
        (close-server! server)))
  (for-each (lambda (connection)
              (if (newly-alone? (event-step event) connection session)
                  (type! (client-process clients connection)
                         "(show-when-alone)")))
            (connections session)))

(define (newly-alone? step connection session)
  "True iff in STEP of SESSION the server ends CONNECTION, whose client lives."
  (and (member "alone" (due-sights step connection session))
       (not (member "alone" (due-sights (- step 1) connection session)))
       (not (any (lambda (event)
                   (and (kill? event) (on-connection? event connection)))
                 (session-events session)))))

(define (difference step connection session clients)
  "Return #f if the client of CONNECTION comes to show what is due after STEP,
or is dead or yet to come; else its transcript."
  (let ((process (client-process clients connection))
        (due (due-sights step connection session)))
    (and process
         (not (wait-for process
                        (lambda () (equal? (sights process) due))))
         (format #f "~a, step ~a, connection ~a~%due: ~s~%shown: ~s~%~a"
                 (session-name session) step connection due (sights process)
                 (process-transcript process)))))

(define (play-mixture session server-program client-program-of)
  "Return what comes of SESSION, and how the programs end."
  (let* ((server (start-server server-program))
         (clients (start-clients
                   (lambda (name)
                     (apply with-lines (client-program-of name)
                            show-sights))))
         (result (act-out session server clients)))
    (list result
          (delete-duplicates (stop-clients! clients))
          (stop-server! server))))


;;; All mixtures

(define servers
  `(("our server" ,our-server "deviations.txt")
    ("an original server" ,original-server "deviations-original.txt")))

;; Each client's program follows from its name, and from whether symbols are
;; folded.
(define clients
  `(("our clients"
     ,(lambda (name fold?) (our-client-in-repl #:fold? fold?)))
    ("original clients"
     ,(lambda (name fold?) (original-client #:fold? fold?)))
    ("both clients"
     ,(lambda (name fold?)
        ((if (string=? name "alice") our-client-in-repl original-client)
         #:fold? fold?)))))

;; Where symbols were typed to STk, which folds them.
(define sessions
  '(("original.session" #t)
    ("original-symbols.session" #t)
    ("stklos.session" #f)
    ("stk-server-stklos-client.session" #f)))

(define (for-each-mixture test)
  "Call TEST with a session, a server and a client, each of them."
  (for-each
   (lambda (session)
     (for-each (lambda (server)
                 (for-each (lambda (client) (test session server client))
                           clients))
               servers))
   sessions))

(run-test-suite "mixtures"
  (lambda ()
    (for-each-mixture
     (match-lambda*
       (((file fold?) (server server-program deviations)
         (client client-program-of))
        (test-equal (format #f "~a with ~a, ~a" server client file)
          '(shown (0) 0)
          (play-mixture (deviate (recorded-session file)
                                 (recorded-deviations deviations) #\<)
                        (server-program)
                        (lambda (name)
                          (client-program-of name fold?)))))))))

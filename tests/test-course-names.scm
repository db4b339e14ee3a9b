;;; test-course-names.scm --- the programs have the names homework counts on
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; Homework loads a program, and redefines or calls what it defines.  Here
;;; each of these names is called as homework calls it: with these arguments
;;; it returns, prints and sends this.

(use-modules (program-test) (stk-test) (ice-9 format) (srfi srfi-1)
             (srfi srfi-64)
             ((im socket) #:select (make-client-socket)))

;;; --- Which names ---------------------------------------------------------

(define common
  '(make-request request-src request-dst request-action request-data
    send-request get-request))

(define client
  '(logging socket-to-server port-to-server port-from-server clients whoiam
    im-enroll setup-request-handler received-msg im update-client-list
    close-connection im-exit))

(define server
  '(logging clients-table key value server-socket add-client-to-table
    remove-client-from-table find-client-socket get-clients-list
    im-server-start im-server-close handshake register-client
    setup-client-request-handler find-port-to-client remove-client
    server-broadcast get-ip-address-as-string))

(define (loaded . forms)
  "Return a module in which the FORMS have been evaluated: programs loaded."
  (let ((module (fresh-user)))
    (save-module-excursion
     (lambda ()
       (set-current-module module)
       (for-each (lambda (form) (eval form module)) forms)))
    module))

(define (values-in module . names)
  (map (lambda (name) (module-ref module name)) names))

(define (test-definitions)
  (for-each
   (lambda (file names)
     (let ((module (loaded `(load ,file))))
       (test-equal (string-append file " defines them, as variables") '()
         (remove (lambda (name)
                   (let ((variable (module-local-variable module name)))
                     (and variable (not (macro? (variable-ref variable))))))
                 names))))
   '("im-common" "im-client" "im-server")
   (list common (append common client) (append common server)))
  (test-equal "both in one: the first one's logging stays" '(#t #f)
    (append-map (lambda (first second)
                  (values-in (loaded `(load ,first) `(load ,second))
                             'logging))
                '("im-server" "im-client") '("im-client" "im-server")))
  (test-equal "what was bound before any is loaded stays" '(mine ann)
    (values-in (loaded '(define logging 'mine) '(define whoiam 'ann)
                       '(load "im-client") '(load "im-server"))
               'logging 'whoiam))
  (test-equal "also when it was changed, and each is loaded again" '(mine ann)
    (values-in (loaded '(load "im-client") '(load "im-server")
                       '(set! logging 'mine) '(set! whoiam 'ann)
                       '(load "im-client") '(load "im-server")
                       '(load "im-common"))
               'logging 'whoiam)))

;; What is imported is copied: a program may set! it.
(define (test-imports)
  (let ((module (loaded '(load "im-server") '(load "im-client"))))
    (test-equal "imports are procedures or macros: a copy is as good" '()
      (append-map
       (lambda (interface)
         (if (memq 'im (module-name interface))
             (remove (lambda (name)
                       (procedure? (module-ref interface name)))
                     (remove (lambda (name)
                               (macro? (module-ref interface name)))
                             (module-map (lambda (name variable) name)
                                         interface)))
             '()))
       (module-uses module)))))

(define (test-anonymous)
  (define (hint user)
    (guile-says `(setenv "USER" ,user)
                '(module-set! the-root-module 'getpwuid
                              (lambda (id) (throw 'nobody)))
                '(load-from-path "im-client.scm")
                '(write whoiam)
                '(load-from-path "im-client.scm")))
  (test-equal "who is somebody is told nothing" "ann" (hint "ann"))
  (let ((hint (hint "")))
    (test-assert "who is nobody is anonymous, and told what to do"
      (and (string-contains hint "(set! whoiam 'your-name)")
           (string-contains hint "anonymous")))))

;;; --- Everybody -----------------------------------------------------------

(define-syntax-rule (load-programs)
  (begin (load-from-path "im-server.scm") (load-from-path "im-client.scm")))

(load-programs)

(the-server-listens-on! (lambda () (socket-port-number server-socket)))

(define-syntax-rule (with-server body ...)
  (dynamic-wind
    (lambda ()
      (load-programs)
      (set! logging #f)
      (im-server-start #:address "127.0.0.1"))
    (lambda () body ...)
    (lambda () (im-server-close) (settle))))

(define-syntax-rule (result-and-print expression)
  (let* ((result 'none)
         (text (printed-by (set! result expression) (settle))))
    (list result text)))

(define (visitor-socket)
  "Return (PEER . SOCKET): a peer that has called, and the server's socket for
it, accepted by hand."
  (when-socket-ready server-socket #f)
  (let ((peer (new-peer)))
    (cons peer (socket-accept-connection (socket-dup server-socket)))))

;;; --- Requests ------------------------------------------------------------

(define (test-requests)
  (let ((request (make-request 'ann "Bob" 'send-msg '(1 "x"))))
    (test-equal "a request is a list of four"
      '(ann "Bob" send-msg (1 "x")) request)
    (test-equal "and these are its parts" '(ann "Bob" send-msg (1 "x") (1 "x"))
      (list (request-src request) (request-dst request)
            (request-action request) (request-data request)
            (list-ref request 3)))
    (with-server
     (let* ((visitor (visitor-socket))
            (peer (car visitor)) (port (socket-output (cdr visitor)))
            (bytes "(ann \"Bob\" send-msg (1 \"x\"))"))
       (test-equal "send-request: it went out" '(#t "")
         (result-and-print (send-request request port)))
       (test-equal "that is" bytes (hear peer bytes))
       (write request port)
       (flush port)
       (test-equal "printing it is sending it" bytes (hear peer bytes))
       (set! logging #t)
       (let ((result (result-and-print
                      (send-request (make-request 'a 'b 'c car) port))))
         (test-assert "send-request: #f after printing why not"
           (and (not (first result))
                (string-contains (second result) "can't be sent"))))
       (say peer bytes)
       (test-equal "get-request: a request" request
                   (get-request (socket-input (cdr visitor))))
       (say peer "#<nonsense>")
       (let ((result (result-and-print
                      (get-request (socket-input (cdr visitor))))))
         (test-assert "get-request: #f after printing that it's bad input"
           (and (not (first result))
                (string-contains (second result) "bad input"))))
       (socket-shutdown (cdr visitor)))
     (let ((visitor (visitor-socket)))
       (hang-up (car visitor))
       (let ((result (result-and-print
                      (get-request (socket-input (cdr visitor))))))
         (test-assert "or that the other side has gone"
           (and (not (first result))
                (string-contains (second result) "closed the connection"))))
       (socket-shutdown (cdr visitor))
       (test-eq "send-request to who has gone: #f" #f
                (send-request request (socket-output (cdr visitor))))))))

;;; --- The server ----------------------------------------------------------

(define (test-table)
  (with-server
   (test-equal "nobody is here" '((*table*) () #f #f)
     (list clients-table (get-clients-list) (find-client-socket 'ann)
           (find-port-to-client 'ann)))
   (let ((ann (enrolled "ann")) (bob (enrolled "bob" "ann")))
     (define ann-socket (find-client-socket 'ann))
     (hear-list ann "ann" '("bob" "ann"))
     (test-equal "the newest first" '(bob ann) (get-clients-list))
     (test-equal "a table: names and sockets, key and value"
       (list '*table* '(bob ann) #t)
       (list (car clients-table) (map key (cdr clients-table))
             (eq? ann-socket (value (last clients-table)))))
     (test-eq "a client's port is its socket's" (socket-output ann-socket)
              (find-port-to-client 'ann))
     (test-eq "add-client-to-table: #f if the name is there" #f
              (add-client-to-table 'ann ann-socket))
     (server-broadcast 'receive-msg '(all of you))
     (test-equal "server-broadcast: to everybody"
       '("(server ann receive-msg (all of you))"
         "(server bob receive-msg (all of you))")
       (list (hear ann "(server ann receive-msg (all of you))")
             (hear bob "(server bob receive-msg (all of you))")))
     (remove-client-from-table 'ann)
     (test-equal "remove-client-from-table: shuts the socket, tells nobody"
       '(end #t #t (bob))
       (list (hear ann 'end) (socket-down? ann-socket)
             (knows-nothing-new? bob "bob") (get-clients-list)))
     (remove-client-from-table 'ann)
     (remove-client 'ann)
     (test-assert "who isn't there can't be removed; nobody minds"
       (knows-nothing-new? bob "bob")))))

(define (test-removing)
  (with-server
   (let ((ann (enrolled "ann")) (bob (enrolled "bob" "ann")))
     (hear-list ann "ann" '("bob" "ann"))
     (remove-client 'ann)
     (test-equal "remove-client: goodbye, and the others are told"
       '("(server ann goodbye ())" end "(server bob client-list (bob))")
       (list (hear ann "(server ann goodbye ())") (hear ann 'end)
             (hear-list bob "bob" '("bob")))))))

(define (test-coming-in)
  (with-server
   (let ((seen '()))
     (define original handshake)
     (set! handshake
       (lambda (sock)
         (set! seen (list (socket? sock) (eq? sock server-socket)
                          (socket-input sock)))
         (original sock)))
     (let ((ann (enrolled "ann")))
       (test-equal "handshake gets a copy of the listening socket to accept on"
         '(#t #f #f) seen)
       (test-equal "and lets the client in" '(ann) (get-clients-list)))))
  (with-server
   (let* ((visitor (visitor-socket)) (peer (car visitor)))
     (say peer "(zoe server hello ())(zoe server thanks ())")
     (get-request (socket-input (cdr visitor)))
     (get-request (socket-input (cdr visitor)))
     (register-client 'zoe (cdr visitor))
     (test-equal "register-client: everybody knows"
       "(server zoe client-list (zoe))" (hear-list peer "zoe" '("zoe")))
     (test-assert "and what the client asks for is done"
       (knows-nothing-new? peer "zoe"))))
  (with-server
   (let* ((visitor (visitor-socket)) (peer (car visitor)))
     (test-eq "add-client-to-table: #t" #t
              (add-client-to-table 'zoe (cdr visitor)))
     (setup-client-request-handler 'zoe (cdr visitor))
     (test-assert "setup-client-request-handler: requests are done"
       (knows-nothing-new? peer "zoe")))))

(define (test-server-results)
  (with-server
   (test-eq "started already: #f" #f (im-server-start)))
  (test-equal "closing returns okay, also when nothing runs" '(okay okay #f)
    (list (im-server-close) (im-server-close) server-socket))
  (test-equal "starting returns okay" '(okay okay)
    (list (im-server-start #:address "127.0.0.1") (im-server-close)))
  (with-server
   (test-equal "the address is a string, and what is printed" #t
     (string? (get-ip-address-as-string)))))

;;; --- The client ----------------------------------------------------------

(define (test-client)
  (with-server
   (set! whoiam 'ann)
   (test-equal "im-enroll: okay" 'okay
     (im-enroll "127.0.0.1" (socket-port-number server-socket)))
   (settle)
   (test-equal "then these are bound" '(#t #t #t (ann))
     (list (socket? socket-to-server) (port? port-to-server)
           (port? port-from-server) clients))
   (test-equal "received-msg prints" "[bob] Hi\n"
               (second (result-and-print (received-msg 'bob "Hi"))))
   (test-equal "update-client-list prints, and sets clients"
     '("bob has come.\n" (bob ann))
     (list (second (result-and-print (update-client-list '(bob ann))))
           clients))
   (test-equal "im: sends" "User not found: nobody"
     (begin (im 'nobody 1)
            (soon (lambda () (string-contains (peek-printed) "nobody")))
            (last-sentence (peek-printed))))
   (when-port-readable port-from-server #f)
   (setup-request-handler port-from-server)
   (server-broadcast 'receive-msg "again")
   (test-assert "setup-request-handler: what the server asks for is done"
     (soon (lambda () (string-contains (peek-printed) "[server] again"))))
   (test-equal "im-exit: okay" 'okay (im-exit))
   (test-equal "then they are #f" '(#f #f #f ())
     (list socket-to-server port-to-server port-from-server clients))
   (close-connection)
   (test-equal "nothing is left to exit from" 'okay (im-exit))))

(define printed-text "")

(define (peek-printed)
  (set! printed-text (string-append printed-text (printed-so-far)))
  printed-text)

(define (last-sentence text)
  (let ((start (string-contains text "User")))
    (string-trim-right (substring text (or start 0)))))

(run-tests "course names"
  (lambda ()
    (test-definitions)
    (test-imports)
    (test-anonymous)
    (test-requests)
    (test-table)
    (test-removing)
    (test-coming-in)
    (test-server-results)
    (test-client)))

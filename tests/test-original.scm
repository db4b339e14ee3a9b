;;; test-original.scm --- a program in the style of the original is as safe
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; The server and the client in original/ know nothing of the reactor: they
;;; block on `read', in a handler too.  In the course interpreter that blocks
;;; nobody else, and what they read is bounded.  Peers are plain sockets.

(use-modules (im-test) (im dispatch) (ice-9 format) (srfi srfi-64)
             ((stk) #:prefix stk:))

(define user #f)                        ; the module of the program

(define (load-original name)
  "Load the program NAME of original/ into a module of its own."
  (set! user (make-fresh-user-module))
  (module-use! user (resolve-interface '(stk)))
  (save-module-excursion
   (lambda ()
     (set-current-module user)
     (stk:load (canonicalize-path
                (search-path %load-path (string-append "original/" name)))))))

(define (value-of form)
  (eval form user))

(define (printed thunk)
  "Return what (THUNK) and handlers meanwhile print."
  (call-with-output-string
   (lambda (port)
     (parameterize ((current-output-port port)
                    (current-error-port port))
       (thunk)))))

;;; --- The server ------------------------------------------------------------

(define (start-server)
  (load-original "im-server.scm")
  (value-of '(set! logging #f))
  (value-of '(define (get-ip-address-as-string) "127.0.0.1"))
  (printed (lambda () (value-of '(im-server-start)))))

(define (new-peer)
  (call (value-of '(socket-port-number server-socket))))

(define (come name . others)
  "Return a peer enrolled as NAME, who has heard that OTHERS are here too."
  (let ((peer (new-peer)))
    (say peer (format #f "(~a server hello ())" name))
    (hear peer (format #f "(server ~a welcome ())" name))
    (say peer (format #f "(~a server thanks ())" name))
    (hear peer (format #f "(server ~a client-list ~a)" name
                       (cons name others)))
    peer))

(define (test-hears name peer text)
  (test-equal name text (hear peer text)))

(define (leave . peers)
  (for-each hang-up peers)
  (printed (lambda ()
             (soon (lambda () (null? (value-of '(get-clients-list)))))))
  (test-equal "who hangs up is gone" '() (value-of '(get-clients-list)))
  (value-of '(im-server-close)))

;; This directory is on the load path, and the library has a file of that name.
(define (test-beside)
  (load-original "im-server.scm")
  (test-assert "a file is looked for beside the one that loads it"
    (module-local-variable user 'request?)))

(define (test-half-a-hello)
  (start-server)
  (let* ((half (new-peer))
         (begun (begin (say half "(al") (steps)))
         (bob (come 'bob))
         (carl (come 'carl 'bob)))
    (say bob "(bob carl send-msg hi)")
    (test-hears "while one has said half a hello others come and talk" carl
                "(bob carl receive-msg hi)")
    (say half "ice server hello ())(alice server thanks ())")
    (test-hears "and then the other half counts" half
                "(server alice welcome ())(server alice client-list \
(alice carl bob))")
    (leave half bob carl)))

(define (test-half-a-message)
  (start-server)
  (let* ((ann (come 'ann))
         (half (come 'half 'ann)))
    ;; The first request is whole: the handler calls itself for the rest,
    ;; and waits inside that call.
    (say half "(half ann send-msg 1)(half ann send-m")
    (hear ann "(server ann client-list (half ann))")
    (test-hears "a handler calls itself while there is more" ann
                "(half ann receive-msg 1)")
    (steps)
    (let ((bob (come 'bob 'half 'ann)))
      (hear ann "(server ann client-list (bob half ann))")
      (say ann "(ann bob send-msg x)")
      (test-hears "and blocks nobody on half a request" bob
                  "(ann bob receive-msg x)")
      (say half "sg 2)(half ann send-msg 3)")
      (test-hears "all of its requests are done, in order" ann
                  "(half ann receive-msg 2)(half ann receive-msg 3)")
      (leave ann half bob))))

(define (nested depth)
  (string-append (make-string depth #\() (make-string depth #\))))

(define (message data)
  (string-append "(eve ann send-msg " data ")"))

;; A request is at most this many bytes; what is around its data; how deep.
(define request-bytes 65536)
(define wrapping (string-length (message "\"\"")))

(define bounds
  `(("64 KiB" ,(message (string-append
                         "\"" (make-string (- request-bytes wrapping) #\x)
                         "\"")) taken)
    ("more than 64 KiB" ,(message (string-append
                                   "\"" (make-string request-bytes #\x)))
     refused)
    ("64 levels" ,(message (nested 63)) taken)
    ("65 levels" ,(message (nested 64)) refused)
    ("what runs code" ,(message "#.(exit)") refused)
    ("a label" ,(message "#0=(a . #0#)") refused)
    ("a long number" ,(message (make-string 33 #\1)) refused)
    ("a parenthesis too many" ")" refused)))

(define (answer ann eve)
  "Return `taken' if ANN gets a message, `refused' if EVE's connection ends."
  (let ((heard-by-ann "") (ended #f))
    (soon (lambda ()
            (set! heard-by-ann (string-append heard-by-ann (heard ann)))
            (string-contains heard-by-ann "(server ann client-list (ann))")))
    (if (string-contains heard-by-ann "(eve ann receive-msg")
        'taken
        'refused)))

(define (test-bounds)
  (start-server)
  (let ((ann (come 'ann)))
    (for-each
     (lambda (row)
       (let ((eve (come 'eve 'ann)) (result #f))
         (hear ann "(server ann client-list (eve ann))")
         (printed (lambda ()
                    (say eve (cadr row))
                    (if (eq? 'taken (caddr row))
                        (say eve "(eve server logout ())"))
                    (set! result (answer ann eve))))
         (test-equal (string-append "a request of " (car row))
           (caddr row) result)
         (test-assert "and then its client is gone" (ended? eve))))
     bounds)
    (leave ann)))

(define not-requests
  '("word" "()" "(ann)" "(ann server hello)" "42" "#(1 2)" "(a . b)"
    "(ann server goodbye ())"))

(define (test-bad-hellos)
  (start-server)
  (steps)
  (let ((before (length (open-descriptors))))
    (for-each
     (lambda (text)
       (let ((peer (new-peer)))
         (printed (lambda ()
                    (say peer (string-append text " "))
                    (ended? peer)))
         (test-assert (string-append text " is no hello") (ended? peer))
         (hang-up peer)))
     not-requests)
    (test-assert "which leaves no descriptor behind"
      (soon (lambda () (<= (length (open-descriptors)) before)))))
  (leave))

(define (test-two-handshakes)
  (start-server)
  (let ((one (new-peer)) (two (new-peer)))
    (for-each (lambda (peer)
                (say peer "(ann server hello ())")
                (test-hears "a name is free until thanks" peer
                            "(server ann welcome ())"))
              (list one two))
    (say one "(ann server thanks ())")
    (test-hears "who thanks first has it" one "(server ann client-list (ann))")
    (say two "(ann server thanks ())")
    (test-assert "the other is let go" (ended? two))
    (leave one)))

(define (test-closing)
  (start-server)
  (let* ((ann (come 'ann))
         (port (value-of '(socket-port-number server-socket)))
         (farewell "(server ann receive-msg \"Server shutting down...\")\
(server ann goodbye ())"))
    (value-of '(im-server-close))
    (test-hears "a server that closes says farewell" ann farewell)
    (test-assert "and hangs up" (ended? ann))
    (test-error "and its port is closed" 'system-error (call port))))

(define (test-address)
  (load-original "im-server.scm")
  (let ((listener (listen-here)))
    (value-of `(set! well-known-port ,(port-of listener)))
    (test-equal "its address is what a connection says" "127.0.0.1"
                (value-of '(get-ip-address-as-string)))
    (close-port listener)
    (test-assert "which must come about"
      (says? (failure (value-of '(get-ip-address-as-string)))
             "Connection refused"))
    (value-of '(define (get-ip-address-as-string) "12.34.56.78"))
    (test-assert "unless that procedure is redefined"
      (string-prefix? "Server IP address: 12.34.56.78, server port: "
                      (printed (lambda () (value-of '(im-server-start))))))
    (value-of '(im-server-close))))

(define (test-collected-sockets)
  (start-server)
  (for-each (lambda (i) (hang-up (come 'ann)) (steps) (gc)) (iota 5))
  (let ((bob (come 'bob)))
    (test-assert "departed clients' sockets don't take the listener along"
      bob)
    (leave bob)))

;;; --- Server and client in one process --------------------------------------

(define (test-both)
  (start-server)
  (let ((port (value-of '(socket-port-number server-socket)))
        (server user))
    (load-original "im-client.scm")
    (let ((client user)
          (said (printed
                 (lambda ()
                   (value-of '(set! whoiam 'ann))
                   (value-of `(im-enroll "127.0.0.1" ,port))
                   (soon (lambda () (pair? (value-of 'clients))))
                   (value-of '(im 'ann "to myself"))
                   (steps)))))
      (test-equal "an original client enrolls in the process of its server"
        "\nEnrolled: (ann)\n\nMessage from ann: to myself\n" said)
      (set! user server)
      (test-equal "which knows it" '(ann) (value-of '(get-clients-list)))
      (set! user client)
      (value-of '(im-exit))
      (test-assert "and says goodbye to it"
        (soon (lambda () (not (value-of 'socket-to-server)))))
      (set! user server)
      (leave))))

(run-tests "original"
  `("beside" ,test-beside)
  `("half a hello" ,test-half-a-hello)
  `("half a message" ,test-half-a-message)
  `("bounds" ,test-bounds)
  `("bad hellos" ,test-bad-hellos)
  `("two handshakes" ,test-two-handshakes)
  `("closing" ,test-closing)
  `("address" ,test-address)
  `("collected sockets" ,test-collected-sockets)
  `("both" ,test-both))

;;; im-server.scm -- the server of the Instant Message program
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;;     (im-server-start)       prints where clients can reach it
;;;     (im-who)                who is on, and from where
;;;     (im-kick 'eve "why")    (im-mute 'eve)    (im-unmute 'eve)
;;;     (im-server-close)
;;;
;;; A client comes in by a handshake in three steps: it says hello, the
;;; server answers welcome, it says thanks.  From then on the server does
;;; what the client's requests ask for, mostly: pass a message on.

(use-modules (im program))
(run-compiled-if-unchanged)             ; ten times as fast, and means the same

(use-modules (im socket) (im reactor) (im limits) (im repl) (im beginner)
             ((im request)
              #:select (send-latest next-receiver pass-on-unread)))
(load-program "im-common.scm")

(define-once logging #t)                ; #t: tell what happens
(define-once log-messages #f)           ; #t: and what people say
(define-once server-socket #f)          ; where we listen; #f: we don't

;;; --- Who is here --------------------------------------------------------

;; (*table* (name . socket) ...), the newest client first.
(define-once clients-table (make-name-table))

;; The same, for those who have said hello but not yet thanks: two people
;; can't come in by one name at the same time.
(define-once reserved-names (make-name-table))

(define (key entry) (car entry))        ; for homework that walks the table
(define (value entry) (cdr entry))

(define (add-client-to-table name sock)
  "Return #t, or #f if somebody is called NAME."
  (table-add! clients-table name sock))

(define (remove-client-from-table name)
  "Shut the client's socket down, and tell nobody."
  (let ((sock (table-remove! clients-table name)))
    (if sock (socket-shutdown sock))))

(define (find-client-socket name)
  "Return the socket of the client called NAME, or #f."
  (let ((entry (table-entry clients-table name)))
    (and entry (cdr entry))))

(define (find-port-to-client name)
  "Return the port to print to for the client called NAME, or #f."
  (let ((sock (find-client-socket name)))
    (and sock (socket-output sock))))

(define (get-clients-list)
  "Return the names of all clients, the newest first."
  (table-names clients-table))

;;; --- Starting and closing -----------------------------------------------

(define* (im-server-start #:key (port 0) address)
  "Start to serve, at PORT (0: any that is free) and on ADDRESS (#f: on all
addresses of this computer).  Return okay, or #f after saying why not."
  (cond (server-socket
         (print-line "The server is running already.  ~a" (where-it-is))
         #f)
        (else
         (set! server-socket (try-to-listen port address))
         (and server-socket (serve)))))

(define (serve)
  (allow-many-connections!)
  (give-memory-back!)
  (when-socket-ready server-socket
                     (lambda () (handshake (socket-dup server-socket))))
  (print-line "~a" (where-it-is))
  'okay)

(define (where-it-is)
  (string-append "Server IP address: " (get-ip-address-as-string)
                 ", server port: "
                 (number->string (socket-port-number server-socket))))

(define (get-ip-address-as-string)
  "Return the address by which others reach the server."
  (let ((address (socket-local-address server-socket)))
    (if (equal? address "0.0.0.0") (network-address) address)))

(define (im-server-close)
  "Say farewell to all clients and stop serving.  Return okay."
  (server-broadcast 'receive-msg "Server shutting down...")
  (server-broadcast 'goodbye nil)
  (for-each remove-client-from-table (get-clients-list))
  (if server-socket (socket-shutdown server-socket))
  (set! server-socket #f)
  'okay)

(before-exit! 'im-server (lambda () (im-server-close)))

;;; --- The three-way handshake --------------------------------------------

(define (handshake sock)
  "Accept a client on SOCK, and let it in if it says hello and thanks in time."
  (socket-accept-connection sock #:tell log-seldom)
  (limit-connection! sock)
  (with-deadline (im-limit 'handshake-seconds)
                 (lambda () (socket-shutdown sock))
    (lambda () (answer-hello (get-request (socket-input sock)) sock))))

(define (answer-hello hello sock)
  (cond ((not (request-for? 'hello hello))
         (log-line "Handshake: that was no hello; we hang up.")
         (socket-shutdown sock))
        ((name-problem (request-src hello))
         => (lambda (reason) (say-sorry (request-src hello) reason sock)))
        ((name-taken? (request-src hello))
         (say-sorry (request-src hello) nil sock))
        (else (say-welcome (request-src hello) sock))))

(define (name-taken? name)
  (or (find-client-socket name) (table-entry reserved-names name)))

(define (say-sorry name reason sock)
  (log-line "Handshake: the server says sorry to ~a." name)
  (send-request (make-request 'server name 'sorry reason)
                (socket-output sock))
  (socket-shutdown sock))

(define (say-welcome name sock)
  (log-line "Handshake 1 of 3: ~a says hello." name)
  (table-add! reserved-names name sock)
  (send-request (make-request 'server name 'welcome nil)
                (socket-output sock))
  (log-line "Handshake 2 of 3: the server says welcome to ~a." name)
  (let ((thanks (get-request (socket-input sock))))
    (table-remove! reserved-names name)
    (cond ((request-for? 'thanks thanks)
           (log-line "Handshake 3 of 3: ~a says thanks, and is enrolled." name)
           (register-client name sock))
          (else
           (log-line "Handshake: ~a said no thanks; we hang up." name)
           (socket-shutdown sock)))))

(define (register-client name sock)
  "From now on SOCK's client is NAME, and everybody knows."
  (add-client-to-table name sock)
  (setup-client-request-handler name sock)
  (announce-clients))

;;; --- What clients ask for -----------------------------------------------

(define (setup-client-request-handler name sock)
  "Do what the client called NAME asks for, whenever it does."
  (let ((port (socket-input sock)))
    (when-port-readable port
                        (lambda ()
                          (or (relay-unread name port)
                              (serve-request name (get-request port)))))))

(define (serve-request name request)
  "Do what REQUEST asks for.  NAME is who enrolled with this connection; whom
the request claims to come from is not trusted."
  (if request
      ((or (action-procedure server-actions (request-action request))
           unknown-action)
       name request)
      (remove-client name)))

(define server-actions (make-action-table))

(define (define-action! action procedure)
  "When a client asks for ACTION, call (PROCEDURE name request)."
  (set-action! server-actions action procedure))

(define (unknown-action name request)
  (tell-client name (string-append "Unrecognized action: "
                            (datum->text (request-action request)))))

(define (deliver name request)
  "Pass on what NAME has to say, or tell NAME why not."
  (let ((entry (table-entry clients-table (request-dst request))))
    (cond ((muted? name)
           (tell-client name "Not delivered: you are muted."))
          (entry
           (pass-on name (car entry) (request-data request)
                    (socket-output (cdr entry))))
          (else
           (tell-client name
                        (string-append "User not found: "
                                       (datum->text
                                        (request-dst request))))))))

(define-action! 'send-msg deliver)

(define-action! 'logout
  (lambda (name request) (remove-client name)))

(define (pass-on from to data port)
  "Send DATA to PORT as a message from FROM to TO; tell FROM if it can't be."
  (if logging (log-message from to data))
  (let ((message (make-request from to 'receive-msg data)))
    (if (not (send-request message port))
        (tell-client from (or (send-problem message port)
                       (string-append "Not delivered to "
                                      (datum->text to)))))))

;; Nearly every request is a message, and nearly always nobody here wants to
;; know what it says: then it is passed on as it came.  When the log is on, or
;; one of the procedures that would see it is no longer ours, it is read.

(define our-serve-request serve-request)
(define our-deliver deliver)
(define our-pass-on pass-on)

(define (nobody-looks? name)
  (and (not logging)
       (eq? serve-request our-serve-request)
       (eq? (action-procedure server-actions 'send-msg) our-deliver)
       (eq? pass-on our-pass-on)
       (not (muted? name))))

(define (relay-unread name port)
  "Pass on the next request from PORT if it is a message for somebody here and
nobody looks.  True iff it was."
  (and (nobody-looks? name)
       (let* ((to (next-receiver port))
              (entry (and to (table-entry clients-table to))))
         (and entry
              (pass-on-unread port name (car entry)
                              (socket-output (cdr entry)))))))

(define (log-message from to data)
  (if log-messages
      (log-line "~a -> ~a: ~a" from to data)
      (log-line "~a -> ~a" from to)))

(define (tell-client name text)
  "Send TEXT to the client called NAME, as a message from the server."
  (let ((port (find-port-to-client name)))
    (if port
        (send-request (make-request 'server name 'receive-msg text) port))))

(define (remove-client name)
  "Say goodbye to the client called NAME and tell the others who is left."
  (let ((port (find-port-to-client name)))
    (cond (port
           (log-line "~a leaves." name)
           (send-request (make-request 'server name 'goodbye nil) port)
           (remove-client-from-table name)
           (announce-clients)))))

;;; --- What a teacher may do ------------------------------------------------

(define (im-who)
  "Print who is here, the newest first, and from where."
  (for-each (lambda (entry)
              (print-line "~a  ~a~a" (car entry)
                          (socket-host-address (cdr entry))
                          (if (muted? (car entry)) "  muted" "")))
            (cdr clients-table)))

(define* (im-kick name #:optional (why "You were sent out by the teacher."))
  "Send the client called NAME out, and tell it WHY.  Return okay, or #f after
saying that nobody is called so."
  (let ((entry (table-entry clients-table name)))
    (cond (entry
           (tell-client (car entry) why)
           (remove-client (car entry))
           'okay)
          (else
           (print-line "Nobody here is called ~a; (im-who) shows who is." name)
           #f))))

(define-once muted-names (make-name-table))

(define (muted? name)
  "True iff what NAME sends isn't delivered."
  (table-entry muted-names name))

(define (im-mute name)
  "Deliver nothing that NAME sends, whether here already or not; it is told so.
Return okay."
  (table-add! muted-names name #t)
  'okay)

(define (im-unmute name)
  "Deliver again what NAME sends.  Return okay."
  (table-remove! muted-names name)
  'okay)

;;; --- To everybody -------------------------------------------------------

(define (server-broadcast action data)
  "Send every client a request from the server."
  (for-each (lambda (entry)
              (send-request (make-request 'server (car entry) action data)
                            (socket-output (cdr entry))))
            (cdr clients-table)))

;; When many come or go at the same time, one list tells it all: it is sent
;; once, at the end of the reactor's step, and a newer list replaces one that
;; a client hasn't been sent yet.

(define (announce-clients)
  (at-step-end send-clients-list))

(define (send-clients-list)
  (send-latest 'server 'client-list (get-clients-list)
               (map (lambda (entry)
                      (cons (car entry) (socket-output (cdr entry))))
                    (cdr clients-table))))

(live-prompt!)

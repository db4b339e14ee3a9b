;;; (im request) -- one request: source, destination, action, data
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; A request is a list of four, and printing it is sending it.  Every
;;; request comes in through `get-request' and goes out through
;;; `send-request' or, where only the newest matters, `send-latest'.

(define-module (im request)
  #:use-module (im primitives)
  #:use-module (im dispatch)
  #:use-module (im ports)
  #:use-module (im text)
  #:use-module (im timeout)
  #:use-module (ice-9 ports internal)
  #:use-module (rnrs bytevectors)
  #:export (make-request request?
            request-src request-dst request-action request-data
            send-request get-request send-latest send-problem
            next-receiver pass-on-unread
            read-datum speak-xml!))

(define (make-request src dst action data)
  "Return a request: the list of SRC and DST, names (symbols or strings),
ACTION, a symbol, and DATA, any datum."
  (list src dst action data))

(define (request? object)
  "Return #t if OBJECT is a request."
  (and (list? object)
       (>= (length object) 4)
       (name? (car object))
       (name? (cadr object))
       (symbol? (caddr object))))

(define (name? object)
  (or (symbol? object) (string? object)))

(define (request-src request)
  "Return the name of who sends REQUEST."
  (car request))

(define (request-dst request)
  "Return the name of who REQUEST is for."
  (cadr request))

(define (request-action request)
  "Return what REQUEST asks for, a symbol."
  (caddr request))

(define (request-data request)
  "Return the data of REQUEST; () if there is none."
  (cadddr request))

;;; --- Sending ----------------------------------------------------------

(define (print-failure sentence)
  (print-line "~a" sentence))

(define* (send-request request port #:optional (tell print-failure))
  "Return #t if REQUEST is on its way to PORT, a socket's; #f after calling
TELL with a sentence that says why it is not (it prints it when omitted).
Doesn't wait.

On its way means: it goes out now or, in a handler, when all handlers have
run.  Whether it arrives nobody knows before the other side answers.  A
request has up to 64 KiB."
  (let ((sent (if (and (port? port) (not (port-closed? port)))
                  (%send-request request port)
                  'closed)))
    (cond ((eq? sent #t)
           (unless (in-step?)
             (%flush-stream! port))
           #t)
          (else
           (tell (string-append "Not sent: " (describe-failure sent port)))
           #f))))

(define (send-latest src action data receivers)
  "Send (SRC NAME ACTION DATA) to each of RECEIVERS, a list of (NAME . PORT),
after all else that waits for it.  While it is unsent, a later call replaces
it.  Return #t, or #f after saying what in DATA can't be sent.  Doesn't wait."
  (let ((sent (%send-latest src action data receivers)))
    (or (eq? sent #t)
        (begin
          (print-failure (string-append "Not sent: " (describe-failure sent)))
          #f))))

(define (send-problem request port)
  "Return a clause that says what in REQUEST can't be sent to PORT, an open
socket's: it is too long, or something in it can't be printed; #f if all can.
Sends nothing."
  (and=> (%send-problem request port)
         describe-failure))

;;; --- Relaying ---------------------------------------------------------

(define (next-receiver port)
  "Return who the next request from PORT, a socket's, is for, a symbol, if it is
a message, (SRC DST send-msg DATA), that can be passed on as it came; #f if it
must be read.  Takes nothing and doesn't wait."
  (%next-receiver port))

(define (pass-on-unread port from to receiver)
  "Return #t after taking the message that `next-receiver' has found on PORT and
sending it to RECEIVER, a socket's port, as (FROM TO receive-msg DATA); #f if
that can't be done without reading it, which is then to do.  Doesn't wait."
  (%pass-on-unread port from to receiver))

;;; --- Receiving --------------------------------------------------------

(define* (get-request port #:key timeout (tell print-failure))
  "Return the next request from PORT, a socket's, or #f after calling TELL with
a sentence that says why there is none (it prints it when omitted): the
connection has ended, or what came is no request.

Waits until it is complete; in a handler, others run meanwhile.  Raises
`timeout' when it isn't there within TIMEOUT seconds."
  (let ((got (within "get-request" timeout
                     (lambda () (receive port %get-request)))))
    (if (pair? got)
        got
        (begin
          (tell (failure-sentence got port))
          #f))))

(define* (read-datum port #:key timeout)
  "Return the next datum from PORT, a socket's, or the end-of-file object.  It
is `read' for the network: only plain data, of the size and depth that a
request may have.

Waits until it is complete; in a handler, others run meanwhile.  Raises
`timeout' when it isn't there within TIMEOUT seconds, and an error that says
`bad input' for anything else; the connection can then only be closed."
  (let ((got (within "read-datum" timeout
                     (lambda () (receive port %read-datum)))))
    (cond ((pair? got) (car got))
          ((memq got '(end-of-file broken)) the-eof-object)
          (else
           (%fail-stream! port)
           (scm-error 'misc-error "read-datum" "~A" (list (failure-sentence got port))
                      #f)))))

(define the-eof-object (read-char (open-input-string "")))

(define (receive port take)
  "Return what (TAKE PORT) takes, a pair, or the symbol that says why there will
be none.  Waits; a request that has begun has a time of its own."
  (let loop ((end #f))
    (let ((got (if (and (port? port) (not (port-closed? port)))
                   (take port)
                   'closed)))
      (cond ((eq? got 'unread)
             (untake-buffer! port)
             (loop end))
            ((memq got '(nothing incomplete))
             (let ((end (or end (request-end-of port got))))
               (if (wait-for-more port end)
                   (loop end)
                   'too-slow)))
            (else got)))))

(define (request-end-of port got)
  "Return when a request that has begun must be complete, or #f."
  (and (eq? got 'incomplete)
       (and=> (%request-timeout port)
              (lambda (seconds) (+ (now) seconds)))))

(define (wait-for-more port end)
  "Return #t when more has come, #f when it is END before."
  (call-with-timeout (and end (max 0 (- end (now))))
                     (lambda () (wait-for port 'read) #t)
                     (const #f)))

(define (failure-sentence status port)
  (string-append (peer-text port) (describe-failure status port)))

(define (peer-text port)
  (let ((peer (and (%source-open? port) (%stream-peer port))))
    (if peer
        (format #f "~a port ~a: " (car peer) (cdr peer))
        "")))

(define (untake-buffer! port)
  "Give back what PORT's own buffer holds: a peeked character, say."
  (let* ((buffer (port-read-buffer port))
         (start (port-buffer-cur buffer))
         (end (max start (port-buffer-end buffer)))
         (bytes (make-bytevector (- end start))))
    (bytevector-copy! (port-buffer-bytevector buffer) start
                      bytes 0 (- end start))
    (set-port-buffer-cur! buffer 0)
    (set-port-buffer-end! buffer 0)
    (%untake! port bytes)))

(define (speak-xml! port)
  "Speak the older, XML-like version of the protocol on PORT, a socket's, from
now on.  A server needs no telling: it knows by the first byte it gets."
  (%use-xml! port))

;;; --- Saying why not ---------------------------------------------------

(define failures
  '((closed . "the connection is closed")
    (finished . "the output of this socket was finished")
    (end-of-file . "the other side has closed the connection")
    (cut-off . "the connection ended in the middle of a request")
    (too-slow . "the rest of a request didn't come in time")
    (too-long . "Message too long")
    (too-deep . "it is nested too deeply, more than 64 levels")
    (bad-number . "it has a number that is too long or not a number")
    (bad-syntax . "bad input: that is no Scheme data we accept")
    (bad-utf8 . "bad input: it is not UTF-8 text")
    (not-a-request . "bad input: not a list (FROM TO ACTION DATA)")
    (not-in-xml . "the other side speaks the older XML version, which can't \
carry a line break or a closing tag")
    (unprintable . "it contains something that can't be sent, such as a \
procedure; lists, words, strings and numbers can")
    (no-memory . "there is not enough memory")))

(define* (describe-failure status #:optional port)
  "Return a clause that says what STATUS, a symbol from C, means; `broken' is
explained by what happened to PORT."
  (or (assq-ref failures status)
      (let ((errno (if (and port (not (port-closed? port)))
                       (%stream-errno port)
                       0)))
        (cond ((= errno ENOBUFS)
               "the other side doesn't read what is sent to it")
              ((zero? errno) "the connection is broken")
              (else (string-append "the connection is broken: "
                                   (strerror errno)))))))

;;; (im grade link) -- the counterpart's connections, and waiting
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; Guile's own sockets and no reactor: what is graded may be a copy of what
;;; would grade it.  One process grades one file, so what is watched is kept
;;; here.

(define-module (im grade link)
  #:use-module (im grade wire)
  #:use-module (ice-9 iconv)
  #:use-module (rnrs bytevectors)
  #:use-module (srfi srfi-1)
  #:use-module (srfi srfi-9)
  #:export (patience with-patience over watch! unwatch! pump wait-until wait-for-quiet
            listen-here port-of next-call! answer-calls! call
            bytes-received make-link link-arrivals link-ended? link-rest link-data
            set-link-data! on-bytes! on-arrival!
            say say-request hang-up!))

(define seconds-of-patience (make-parameter 10))

(define (patience)
  "Return how many seconds a student's program has for one thing."
  (seconds-of-patience))

(define (with-patience seconds thunk)
  "Call THUNK with a patience of SECONDS."
  (parameterize ((seconds-of-patience seconds))
    (thunk)))

(define (over why)
  "Stop grading: what follows can't be asked any more.  WHY is a sentence."
  (throw 'over why))

;;; --- Waiting --------------------------------------------------------------

(define watched '())                    ; (PORT . what to do when readable)

(define (watch! port thunk)
  "Call THUNK whenever PORT can be read while we wait."
  (set! watched (acons port thunk (alist-delete port watched eq?))))

(define (unwatch! port)
  "Watch PORT no more."
  (set! watched (alist-delete port watched eq?)))

(define (pump seconds)
  "Wait up to SECONDS until something can be read, and do what it asks for.
Return #t if there was something."
  (let* ((microseconds (inexact->exact (round (* 1000000 seconds))))
         (ready (readable (map car watched) (quotient microseconds 1000000)
                          (remainder microseconds 1000000))))
    (for-each (lambda (port)
                (let ((entry (assq port watched)))
                  (when entry ((cdr entry)))))
              ready)
    (pair? ready)))

(define (readable ports seconds microseconds)
  (catch 'system-error
    (lambda () (first (select ports '() '() seconds microseconds)))
    (lambda arguments
      (if (= EINTR (system-error-errno arguments)) '()
          (apply throw arguments)))))

(define (now)
  (/ (get-internal-real-time) internal-time-units-per-second))

(define* (wait-until holds? #:optional (seconds (patience)))
  "Return the first true value of (HOLDS?), or #f after SECONDS."
  (let ((end (+ (now) seconds)))
    (let loop ()
      (or (holds?)
          (and (< (now) end)
               (begin (pump (min 1/2 (max 0 (- end (now)))))
                      (loop)))))))

(define (wait-for-quiet seconds)
  "Return when nothing has come for SECONDS; at the latest, when patience ends."
  (let ((end (+ (now) (patience))))
    (let loop ()
      (when (and (pump seconds) (< (now) end))
        (loop)))))

;;; --- Connections ----------------------------------------------------------

(define-record-type <link>
  (new-link socket bytes position arrivals ended? on-bytes on-arrival data)
  link?
  (socket link-socket)
  (bytes link-bytes set-link-bytes!)          ; all that came
  (position link-position set-link-position!) ; where the next arrival begins
  (arrivals newest-first set-newest-first!)
  (ended? link-ended? set-link-ended?!)
  (on-bytes link-on-bytes on-bytes!)          ; (lambda (bytes or #f: ended))
  (on-arrival link-on-arrival on-arrival!)    ; (lambda (arrival))
  (data link-data set-link-data!))            ; what its owner keeps with it

(define most-bytes (* 1024 1024))       ; more is a flood

(define (make-link socket)
  "Return a link on the connected SOCKET, which gathers what arrives."
  (setvbuf socket 'none)
  (fcntl socket F_SETFL (logior O_NONBLOCK (fcntl socket F_GETFL)))
  (setsockopt socket IPPROTO_TCP TCP_NODELAY 1)
  (let ((link (new-link socket "" 0 '() #f (const #f) (const #f) #f)))
    (watch! socket (lambda () (gather! link)))
    link))

(define (link-arrivals link)
  "Return what arrived on LINK, the oldest first."
  (reverse (newest-first link)))

(define (link-rest link)
  "Return the bytes on LINK that make no whole arrival yet."
  (substring (link-bytes link) (link-position link)))

(define buffer (make-bytevector 65536))

(define received 0)

(define (bytes-received)
  "Return how many bytes all links together have received."
  received)

(define (gather! link)
  "Take in what has come on LINK."
  (let ((bytes (receive-bytes (link-socket link))))
    (cond ((not bytes) #f)
          ((string-null? bytes)
           (hang-up! link)
           ((link-on-bytes link) #f))
          (else
           (set! received (+ received (string-length bytes)))
           (set-link-bytes! link (string-append (link-bytes link) bytes))
           (when (> (string-length (link-bytes link)) most-bytes)
             (over "it sent more than a million bytes, without an end"))
           ((link-on-bytes link) bytes)
           (take-arrivals! link)))))

(define (receive-bytes socket)
  "Return what has come, \"\" at the end, #f if there is nothing."
  (catch 'system-error
    (lambda ()
      (let* ((count (recv! socket buffer)) (bytes (make-bytevector count)))
        (bytevector-copy! buffer 0 bytes 0 count)
        (bytevector->string bytes "ISO-8859-1")))
    (lambda arguments
      (if (memv (system-error-errno arguments) (list EAGAIN EINTR)) #f ""))))

(define (take-arrivals! link)
  (let ((arrival (take-arrival (link-bytes link) (link-position link))))
    (when arrival
      (set-link-position! link (arrival-end arrival))
      (set-newest-first! link (cons arrival (newest-first link)))
      ((link-on-arrival link) arrival)
      (take-arrivals! link))))

(define (hang-up! link)
  "End the connection."
  (unwatch! (link-socket link))
  (set-link-ended?! link #t)
  (false-if-exception (close-port (link-socket link))))

(define (say link bytes)
  "Send BYTES.  Who has gone misses them, which will show."
  (let loop ((left (string->bytevector bytes "ISO-8859-1")) (tries 1000))
    (unless (or (link-ended? link) (zero? (bytevector-length left))
                (zero? tries))
      (let ((sent (send-some (link-socket link) left)))
        (when (zero? sent)
          (select '() (list (link-socket link)) '() 0 20000))
        (loop (bytes-after left sent) (1- tries))))))

(define (send-some socket bytes)
  (catch 'system-error
    (lambda () (send socket bytes))
    (lambda arguments
      (if (memv (system-error-errno arguments) (list EAGAIN EINTR))
          0
          (bytevector-length bytes)))))

(define (bytes-after bytes count)
  (let ((rest (make-bytevector (- (bytevector-length bytes) count))))
    (bytevector-copy! bytes count rest 0 (bytevector-length rest))
    rest))

(define (say-request link src dst action data)
  "Send the request (SRC DST ACTION DATA), as the protocol prints it."
  (say link (request->bytes (list src dst action data))))

;;; --- Listening and calling ------------------------------------------------

(define (tcp-socket)
  (socket PF_INET (logior SOCK_STREAM SOCK_CLOEXEC) 0))

(define (listen-here)
  "Return a socket that listens on a port of this computer that is free."
  (let ((listener (tcp-socket)))
    (bind listener AF_INET INADDR_LOOPBACK 0)
    (listen listener 64)
    listener))

(define (port-of listener)
  "Return the number of the port where LISTENER listens."
  (sockaddr:port (getsockname listener)))

(define (accept-link listener)
  (let ((socket (car (accept listener))))
    (fcntl socket F_SETFD FD_CLOEXEC)
    (make-link socket)))

(define (answer-calls! listener serve)
  "Call (SERVE LINK) for each connection that LISTENER gets while we wait."
  (watch! listener (lambda () (serve (accept-link listener)))))

(define* (next-call! listener #:optional (seconds (patience)))
  "Return the link of who calls LISTENER next, or #f after SECONDS."
  (let ((caller #f))
    (answer-calls! listener (lambda (link)
                              (set! caller link)
                              (unwatch! listener)))
    (or (wait-until (lambda () caller) seconds)
        (begin (unwatch! listener) #f))))

(define (call port)
  "Return a link to PORT of this computer, or #f if nobody listens there."
  (let ((socket (tcp-socket)))
    (catch 'system-error
      (lambda ()
        (connect socket AF_INET INADDR_LOOPBACK port)
        (make-link socket))
      (lambda arguments (close-port socket) #f))))

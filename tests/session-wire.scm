;;; session-wire.scm --- connections, bytes and waiting
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; What the player needs of the system.  Bytes are strings of the characters
;;; 0 to 255.

(define-module (session-wire)
  #:use-module (ice-9 iconv)
  #:use-module (rnrs bytevectors)
  #:export (listen-on-loopback connect-to accept-from
            send-bytes end-output reset-connection receive-bytes
            whole byte-by-byte cut-in-two
            readable patience deadline seconds-until
            ignoring))

(define (ignoring errors thunk)
  "Return what THUNK returns, or #f if one of the system's ERRORS happens."
  (catch 'system-error
    thunk
    (lambda error
      (if (memv (system-error-errno error) errors)
          #f
          (apply throw error)))))


;;; Connections

(define (tcp-socket family)
  "Return a TCP socket of FAMILY that child processes don't inherit."
  (socket family (logior SOCK_STREAM SOCK_CLOEXEC) 0))

(define (prepare-socket! socket)
  "Return SOCKET, which now sends each piece at once and never blocks."
  (setsockopt socket IPPROTO_TCP TCP_NODELAY 1)
  (fcntl socket F_SETFD FD_CLOEXEC)
  (fcntl socket F_SETFL (logior O_NONBLOCK (fcntl socket F_GETFL)))
  socket)

(define (listen-on-loopback)
  "Return a socket that listens on a port the system chose."
  (let ((listener (tcp-socket AF_INET)))
    (bind listener AF_INET INADDR_LOOPBACK 0)
    (listen listener 16)
    listener))

(define (connect-to address)
  "Return a socket connected to ADDRESS."
  (let ((socket (tcp-socket (sockaddr:fam address))))
    (connect socket address)
    (prepare-socket! socket)))

(define (accept-from listener)
  "Return the socket of the connection that waits at LISTENER."
  (prepare-socket! (car (accept listener))))


;;; Bytes

(define (send-bytes bytes socket)
  "Send BYTES to SOCKET.  Who has gone away misses them, which will show."
  (ignoring (list EPIPE ECONNRESET ENOTCONN)
            (lambda ()
              (send-all (string->bytevector bytes "ISO-8859-1") socket))))

(define (send-all bytes socket)
  "Send BYTES, a bytevector, to SOCKET, and wait where it takes no more yet.
Give up when our patience ends."
  (let ((count (or (ignoring (list EAGAIN EINTR)
                             (lambda () (send socket bytes)))
                   0)))
    (when (and (< count (bytevector-length bytes))
               (pair? (cadr (select '() (list socket) '() (patience)))))
      (send-all (bytes-after count bytes) socket))))

(define (bytes-after count bytes)
  "Return BYTES, a bytevector, without the first COUNT."
  (let* ((size (- (bytevector-length bytes) count))
         (rest (make-bytevector size)))
    (bytevector-copy! bytes count rest 0 size)
    rest))

(define (end-output socket)
  "Send the end of file to SOCKET."
  (ignoring (list ENOTCONN)
            (lambda () (shutdown socket 1))))

(define (reset-connection socket)
  "Break the connection of SOCKET: its peer's next use of it is an error."
  (setsockopt socket SOL_SOCKET SO_LINGER '(1 . 0))
  (close-port socket))

(define buffer (make-bytevector 65536))

(define (receive-bytes socket)
  "Return the bytes that have come from SOCKET, none at the end of file; or
#f if nothing has come; or the number of the system's error."
  (catch 'system-error
    (lambda () (first-of-buffer (recv! socket buffer)))
    (lambda error
      (let ((errno (system-error-errno error)))
        (and (not (memv errno (list EAGAIN EINTR)))
             errno)))))

(define (first-of-buffer count)
  "Return the first COUNT bytes of the buffer."
  (let ((bytes (make-bytevector count)))
    (bytevector-copy! buffer 0 bytes 0 count)
    (bytevector->string bytes "ISO-8859-1")))


;;; Cuts: how a line is divided into writes

(define (whole bytes)
  "Return BYTES in one piece."
  (list bytes))

(define (byte-by-byte bytes)
  "Return BYTES in pieces of one byte."
  (map string (string->list bytes)))

(define (cut-in-two position)
  "Return a procedure that cuts bytes in two at POSITION."
  (lambda (bytes)
    (if (< 0 position (string-length bytes))
        (list (substring bytes 0 position) (substring bytes position))
        (list bytes))))


;;; Waiting

(define patience (make-parameter 30))   ; seconds without any progress

(define (deadline seconds)
  "Return the time SECONDS from now."
  (+ (get-internal-real-time)
     (* seconds internal-time-units-per-second)))

(define (seconds-until time)
  "Return the seconds from now to TIME, 0 if it has passed."
  (max 0 (/ (- time (get-internal-real-time)) internal-time-units-per-second)))

(define (readable ports seconds)
  "Return those of PORTS that can be read, waiting for one up to SECONDS."
  (let ((microseconds (inexact->exact (round (* seconds 1000000)))))
    (or (ignoring (list EINTR)
                  (lambda ()
                    (car (select ports '() '()
                                 (quotient microseconds 1000000)
                                 (remainder microseconds 1000000)))))
        '())))

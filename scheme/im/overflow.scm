;;; (im overflow) -- printing that never waits
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; Who starts a server may put its log into a pipe and then not read it: a
;;; pager, a terminal after Ctrl-S, a supervisor that hangs.  When 64 KiB are
;;; in the pipe, the kernel lets who prints the next line wait, and with it
;;; everybody.  Here a line that has no room is dropped; before the next one
;;; that has, it is said how many were.

(define-module (im overflow)
  #:use-module (im primitives)
  #:use-module (ice-9 binary-ports)
  #:use-module (rnrs bytevectors)
  #:use-module (srfi srfi-9)
  #:export (never-wait-to-print! overflowing-port))

;; A line that is longer, in bytes, is taken as more than one.
(define line-bytes 65536)

(define-record-type <outlet>
  (make-outlet port mark line size lost torn?)
  outlet?
  (port outlet-port)                          ; a file port
  (mark outlet-mark)                          ; (MARK TEXT) is printed for TEXT
  (line outlet-line set-outlet-line!)         ; its pieces, the last one first
  (size outlet-size set-outlet-size!)         ; of the line, in bytes
  (lost outlet-lost set-outlet-lost!)         ; lines
  (torn? outlet-torn? set-outlet-torn?!))     ; what was printed lacks its end

(define (never-wait-to-print!)
  "From now on drop what can't be printed at once on standard output or on the
error port, rather than wait for who reads it, or end because nobody does."
  (sigaction SIGPIPE SIG_IGN)
  (when (file-port? (current-output-port))
    (set-current-output-port (overflowing-port (current-output-port))))
  (when (file-port? (current-error-port))
    (let ((errors (overflowing-port (current-error-port))))
      (set-current-error-port errors)
      (current-warning-port errors))))

(define* (overflowing-port port #:optional (mark identity))
  "Return a port that prints on PORT, a file port, line by line, what has room
there without waiting.  Before the next line that has, it tells how many had
none, by what (MARK TEXT) returns for that TEXT.  Nobody else may print on PORT
any more."
  (force-output port)
  (let* ((outlet (make-outlet port mark '() 0 0 #f))
         (result (make-custom-binary-output-port
                  "overflowing" (line-taker outlet) #f #f #f)))
    (set-port-encoding! result (port-encoding port))
    (set-port-conversion-strategy! result (port-conversion-strategy port))
    (setvbuf result 'none)
    result))

;;; --- Lines ------------------------------------------------------------

(define (line-taker outlet)
  (lambda (bytes start count)
    "Take bytes up to the first line break; return how many."
    (let* ((break (line-break bytes start (+ start count)))
           (size (if break (- (1+ break) start) count)))
      (keep! outlet bytes start size)
      (when (or break (>= (outlet-size outlet) line-bytes))
        (print-kept! outlet))
      size)))

(define (line-break bytes start end)
  "Return the index of the first line break, or #f."
  (let loop ((index start))
    (cond ((= index end) #f)
          ((= (bytevector-u8-ref bytes index) 10) index)
          (else (loop (1+ index))))))

(define (keep! outlet bytes start size)
  (let ((piece (make-bytevector size)))
    (bytevector-copy! bytes start piece 0 size)
    (set-outlet-line! outlet (cons piece (outlet-line outlet)))
    (set-outlet-size! outlet (+ size (outlet-size outlet)))))

(define (print-kept! outlet)
  "Print the line that has been kept, or drop it."
  (let ((line (append-pieces (reverse (outlet-line outlet)))))
    (set-outlet-line! outlet '())
    (set-outlet-size! outlet 0)
    (unless (and (tell-of-loss! outlet)
                 (print-whole! outlet line))
      (set-outlet-lost! outlet (1+ (outlet-lost outlet))))))

(define (append-pieces pieces)
  (call-with-values open-bytevector-output-port
    (lambda (port get)
      (for-each (lambda (piece) (put-bytevector port piece)) pieces)
      (get))))

(define (tell-of-loss! outlet)
  "Return #t if nothing was lost, or that has been told now."
  (or (zero? (outlet-lost outlet))
      (let ((told? (print-whole! outlet (loss outlet))))
        (when told?
          (set-outlet-lost! outlet 0))
        told?)))

(define (loss outlet)
  (string->utf8
   (string-append (if (outlet-torn? outlet) "\n" "")
                  ((outlet-mark outlet)
                   (simple-format #f "(~A lines could not be written)"
                                  (outlet-lost outlet)))
                  "\n")))

;;; --- What has room ----------------------------------------------------

(define (print-whole! outlet bytes)
  "Return #t if all of BYTES could be printed."
  (let loop ((start 0))
    (if (= start (bytevector-length bytes))
        (begin
          (set-outlet-torn?! outlet #f)
          #t)
        (let ((count (%write-now (fileno (outlet-port outlet)) bytes start)))
          (cond ((positive? count) (loop (+ start count)))
                (else
                 (when (positive? start)
                   (set-outlet-torn?! outlet #t))
                 #f))))))

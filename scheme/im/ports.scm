;;; (im ports) -- Guile's own readers and printers on our ports
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; Guile's suspendable readers (`read', `read-line', `get-u8' …) call a
;;; waiter where they would block; ours lets others work.  Those it has in C
;;; would poll and hold everybody up; here are others for them, except for
;;; `read-line!' and `read-delimited!', which few use.  Its printers are
;;; written in C and can't be left in the middle: they print all they have
;;; into the queue, and what is called here instead of them waits afterwards
;;; while 64 KiB or more are on their way.

(define-module (im ports)
  #:use-module (im primitives)
  #:use-module (im dispatch)
  #:use-module (ice-9 binary-ports)
  #:use-module (ice-9 rdelim)
  #:use-module (ice-9 suspendable-ports)
  #:use-module (srfi srfi-1))

(define (replace! module name procedure)
  (let* ((module (resolve-module module))
         (original (module-ref module name))
         (replacement (procedure original)))
    (set-procedure-property! replacement 'name name)
    (set-procedure-property! replacement 'documentation
                             (procedure-documentation original))
    (module-set! module name replacement)))

;;; --- Reading ----------------------------------------------------------

(install-suspendable-ports!)

(current-read-waiter
 (let ((otherwise (current-read-waiter)))
   (lambda (port)
     (if (%stream-port? port)
         (wait-for port 'read)
         (otherwise port)))))

(define (replace-on-our-ports! module name make-reader)
  "Let NAME, whose first argument is a port, be what (MAKE-READER ORIGINAL)
returns where that is a socket's."
  (define (choose original)
    (define ours (make-reader original))
    (lambda arguments
      (if (and (pair? arguments) (%stream-port? (car arguments)))
          (apply ours arguments)
          (apply original arguments))))
  (replace! module name choose))

(define (text-of port count)
  "Return the next COUNT characters from PORT, fewer at its end."
  (let loop ((characters '()) (left count))
    (let ((character (if (zero? left) #f (read-char port))))
      (if (char? character)
          (loop (cons character characters) (1- left))
          (reverse-list->string characters)))))

;; Guile's own takes one character more than it returns.
(replace-on-our-ports! '(ice-9 rdelim) 'read-string
  (lambda (read-all)
    (case-lambda
      ((port) (read-all port))
      ((port count) (text-of port count)))))

(replace-on-our-ports! '(ice-9 binary-ports) 'get-string-n!
  (lambda (original)
    (lambda (port string start count)
      (let ((text (text-of port count)))
        (string-copy! string start text)
        (if (and (string-null? text) (positive? count))
            the-eof-object
            (string-length text))))))

(define the-eof-object (eof-object))

(define (received-count port)
  "Return how many bytes can be read from PORT without waiting: at least one,
after waiting for it; or #f at the end."
  (and (not (eof-object? (lookahead-u8 port)))
       (1+ (%stream-received port))))         ; one is in PORT's own buffer

;; On an unbuffered port Guile's own take one byte at a time.
(replace-on-our-ports! '(ice-9 binary-ports) 'get-bytevector-some
  (lambda (original)
    (lambda (port)
      (let ((count (received-count port)))
        (if count
            (get-bytevector-n port count)
            the-eof-object)))))

(replace-on-our-ports! '(ice-9 binary-ports) 'get-bytevector-some!
  (lambda (original)
    (lambda (port bytes start count)
      (let ((received (received-count port)))
        (if received
            (get-bytevector-n! port bytes start (min count received))
            the-eof-object)))))

(replace-on-our-ports! '(ice-9 binary-ports) 'get-bytevector-all
  (lambda (original)
    (lambda (port)
      (if (received-count port)
          (call-with-output-bytevector (lambda (out) (copy-all port out)))
          the-eof-object))))

(define (copy-all port out)
  (let ((bytes (get-bytevector-some port)))
    (unless (eof-object? bytes)
      (put-bytevector out bytes)
      (copy-all port out))))

;;; --- Printing ---------------------------------------------------------

(define (wait-while-full port)
  (when (and (%stream-port? port)
             (not (port-closed? port))
             (%stream-full? port))
    (wait-for port 'write)))

(define (port-among arguments)
  "Return the port that a printer with ARGUMENTS prints to."
  (or (find port? arguments) (current-output-port)))

(define (waiting printer)
  (lambda arguments
    (call-with-values (lambda () (apply printer arguments))
      (lambda results
        (wait-while-full (port-among arguments))
        (apply values results)))))

(for-each (lambda (place)
            (for-each (lambda (name) (replace! (car place) name waiting))
                      (cdr place)))
          '(((guile) display write newline write-char simple-format format)
            ((ice-9 textual-ports) put-char put-string)
            ((ice-9 binary-ports) put-u8 put-bytevector)))

;; To who prints to a socket, `force-output' means: send it.
(replace! '(guile) 'force-output
          (lambda (force-buffer)
            (lambda* (#:optional (port (current-output-port)))
              (force-buffer port)
              (when (and (%stream-port? port) (not (port-closed? port)))
                (%flush-stream! port)))))

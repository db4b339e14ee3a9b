;;; (im ports) -- Guile's own readers and printers on our ports
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; Guile's suspendable readers (`read', `read-line', `get-u8' …) call a
;;; waiter where they would block; ours lets others work.  Its printers are
;;; written in C and can't be left in the middle: they print all they have
;;; into the queue, and what is called here instead of them waits afterwards
;;; while 64 KiB or more are on their way.

(define-module (im ports)
  #:use-module (im primitives)
  #:use-module (im dispatch)
  #:use-module (ice-9 suspendable-ports)
  #:use-module (srfi srfi-1))

;;; --- Reading ----------------------------------------------------------

(install-suspendable-ports!)

(current-read-waiter
 (let ((otherwise (current-read-waiter)))
   (lambda (port)
     (if (%stream-port? port)
         (wait-for port 'read)
         (otherwise port)))))

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

(define (replace! module name procedure)
  (let* ((module (resolve-module module))
         (original (module-ref module name))
         (replacement (procedure original)))
    (set-procedure-property! replacement 'name name)
    (set-procedure-property! replacement 'documentation
                             (procedure-documentation original))
    (module-set! module name replacement)))

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

;;; test-fault-churn.scm --- connections come and go while the collector runs
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; Descriptors are used again at once, so bytes for one client must never
;;; come to the next that has its number; and nothing may be left behind.

(use-modules (program-test) (server-process) (im reactor) (im socket)
             (ice-9 format) (ice-9 rdelim) (ice-9 threads) (srfi srfi-1)
             (srfi srfi-64))
(load-from-path "im-server.scm")

(the-server-listens-on! (lambda () (socket-port-number server-socket)))
(define (start!) (im-server-start #:address "127.0.0.1"))

(define (threads)
  "Return how many threads this process has, or 1 where nobody tells."
  (let ((tasks "/proc/self/task"))
    (if (file-exists? tasks)
        (- (length (scandir tasks)) 2)
        1)))

(define scandir (@ (ice-9 ftw) scandir))

(define (heap-kilobytes)
  "Return how large the collector's heap is after collecting."
  (gc) (gc)
  (quotient (assq-ref (gc-stats) 'heap-size) 1024))

;;; --- Never to the wrong client ---------------------------------------------

(define endings (list hang-up reset half-close))

(define (visit n)
  "Let a client come, hear what is for it alone, and go in one of three ways
in the middle of its last request.  Return #t if it heard nothing else."
  (let* ((name (format #f "visitor-~a" n))
         (peer (greeted name))
         (wanted (format #f "(server ~a client-list (~a resident))\
(~a ~a receive-msg ~a)" name name name name n)))
    (say peer (format #f "(~a server thanks ())(~a ~a send-msg ~a)"
                      name name name n))
    ;; The list goes out last, with what the same step delivers before it.
    (let ((heard (hear-both peer name n)))
      (say peer (format #f "(~a resident send-msg ~a)(~a resident send-m"
                        name n name))
      (gc)
      ((list-ref endings (modulo n 3)) peer)
      heard)))

(define (hear-both peer name n)
  (let ((list-text (format #f "(server ~a client-list (~a resident))" name name))
        (message (format #f "(~a ~a receive-msg ~a)" name name n))
        (heard ""))
    (soon (lambda ()
            (set! heard (string-append heard (heard-so-far peer)))
            (>= (string-length heard)
                (+ (string-length list-text) (string-length message)))))
    (or (string=? heard (string-append list-text message))
        (string=? heard (string-append message list-text))
        heard)))

(define (test-churn)
  (define visits (scaled 100 2000))
  (start!)
  (let ((resident (enrolled "resident")) (heard "") (before #f))
    (define (gone?) (equal? (get-clients-list) '(resident)))
    (for-each (lambda (n)
                (visit n)
                (soon gone?))
              (iota 10))
    (heard-so-far resident)
    (set! before (open-descriptors))
    (test-equal (format #f "~a visitors hear what is theirs, and no more" visits)
      '()
      (remove (lambda (n)
                (let ((right? (visit n)))
                  (soon gone?)
                  (set! heard (string-append heard (heard-so-far resident)))
                  (eq? right? #t)))
              (iota visits)))
    (settle)
    (set! heard (string-append heard (heard-so-far resident)))
    (test-equal "who stays hears each of them once, in order" (iota visits)
      (messages-in heard))
    (test-assert "no descriptor is left behind"
      (soon (lambda () (gc) (<= (open-descriptors) before))))
    (im-server-close)
    (settle)))

(define (messages-in text)
  "Return the data of the messages to resident in TEXT, numbers."
  (let ((sign " resident receive-msg "))
    (let loop ((start 0) (found '()))
      (let ((at (string-contains text sign start)))
        (if at
            (let* ((from (+ at (string-length sign)))
                   (end (string-index text #\) from)))
              (loop end (cons (string->number (substring text from end))
                              found)))
            (reverse found))))))

;;; --- Starting and closing ----------------------------------------------------

(define (start-and-close n)
  (start!)
  (let ((peer (enrolled "ann")))
    (im-server-close)
    (deaf-until-end peer)
    (hang-up peer)))

(define (test-starts)
  (define times (scaled 200 1000))
  (for-each start-and-close (iota 100))
  (settle)
  (let ((descriptors (open-descriptors)) (running (threads))
        (heap (heap-kilobytes)))
    (for-each start-and-close (iota times))
    (test-assert (format #f "~a servers with a client: no descriptor is left"
                         times)
      (soon (lambda () (<= (open-descriptors) descriptors))))
    (test-eqv "no thread" running (threads))
    (test-assert "and no memory"
      (<= (- (heap-kilobytes) heap) 4096))
    (test-equal "nor a watch, a name, or a reservation" '(() () ())
      (list (get-clients-list) (cdr clients-table) (cdr reserved-names)))))

(run-tests "fault-churn"
  (lambda ()
    (test-churn)
    (test-starts)))

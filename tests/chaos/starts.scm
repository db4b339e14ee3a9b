;;; starts.scm -- a thousand servers, one after the other, leave nothing behind
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; Each has a client, who is let in.  Memory is measured over three rounds,
;;; and the middle growth counts: the collector's heap grows in steps, which
;;; may hide a leak once, or be taken for one.

(use-modules (program-test) (im reactor) (im socket)
             (ice-9 format) (ice-9 ftw) (ice-9 rdelim) (srfi srfi-64))
(load-from-path "im-server.scm")

(define starts 1000)
(define rounds 3)
(define most-kilobytes 256)             ; 256 bytes a start

(the-server-listens-on! (lambda () (socket-port-number server-socket)))

(define (start-and-close)
  (im-server-start #:address "127.0.0.1")
  (let ((peer (enrolled "ann")))
    (im-server-close)
    (deaf-until-end peer)
    (hang-up peer)))

(define (repeat count thunk)
  (do ((i 0 (1+ i))) ((= i count))
    (thunk)))

(define (kilobytes)
  "Return how much memory this process uses after a collection."
  (gc)
  (call-with-input-file "/proc/self/status"
    (lambda (port)
      (let loop ((line (read-line port)))
        (if (string-prefix? "VmRSS:" line)
            (string->number (car (string-tokenize line char-set:digit)))
            (loop (read-line port)))))))

(define (threads)
  (length (scandir "/proc/self/task")))

(define (measured-round)
  "Return by how many kilobytes a round of starts makes this process grow."
  (let ((before (kilobytes)))
    (repeat starts start-and-close)
    (settle)
    (printed-so-far)
    (- (kilobytes) before)))

(define (test-starts)
  (repeat starts start-and-close)       ; the heap finds its size
  (settle)
  (let* ((descriptors (open-descriptors))
         (tasks (threads))
         (growths (map (lambda (i) (measured-round)) (iota rounds))))
    (test-assert "starts leave no descriptor behind"
      (soon (lambda () (<= (open-descriptors) descriptors))))
    (test-equal "nor a thread" tasks (threads))
    (test-assert (format #f "nor memory: ~{~a~^, ~} KB more" growths)
      (< (cadr (sort growths <)) most-kilobytes))))

(run-tests "starts" test-starts)

;;; test-fault-peers.scm --- what one client does, the others don't feel
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; Floods, races and broken connections, one step of the protocol at a time.
;;; The server runs in this process, so what is counted is exact.

(use-modules (program-test) (server-process) (im reactor) (im socket)
             (ice-9 format) (srfi srfi-1) (srfi srfi-64))
(load-from-path "im-server.scm")

(the-server-listens-on! (lambda () (socket-port-number server-socket)))

(define-syntax-rule (with-server body ...)
  (dynamic-wind
    (lambda () (im-server-start #:address "127.0.0.1"))
    (lambda () body ...)
    (lambda () (im-server-close) (settle))))

(define (occurrences part text)
  (let loop ((start 0) (count 0))
    (let ((at (string-contains text part start)))
      (if at (loop (1+ at) (1+ count)) count))))

;;; --- An end at each step ---------------------------------------------------

;; What a client has said when it ends: each beginning of this.
(define whole
  "(ann server hello ())(ann server thanks ())(ann bob send-msg 1)\
(ann server logout ())")

(define (cuts)
  "Return where to cut: everywhere, or only around the parentheses."
  (filter (lambda (n)
            (or (long?) (zero? n)
                (memv (string-ref whole (1- n)) '(#\( #\)))))
          (iota (1+ (string-length whole)))))

(define (end-after! said how bob)
  "Let ann say SAID and end; return all that BOB hears of it."
  (let ((ann (new-peer)) (heard ""))
    (say ann said)
    (how ann)
    (soon (lambda ()
            (reactor-step #:timeout 0)
            (and (null? (cdr reserved-names))
                 (equal? (get-clients-list) '(bob)))))
    (settle)
    (set! heard (heard-so-far bob))
    (if (eq? how half-close) (hang-up ann))
    heard))

(define (right-to-hear? heard)
  "True iff HEARD has a list with ann only before one without her, at most one
each, and at most one message: a reset may overtake what was said before."
  (and (<= (occurrences "client-list (bob)" heard) 1)
       (<= (occurrences "client-list (ann bob)" heard)
           (occurrences "client-list (bob)" heard))
       (<= (occurrences "receive-msg 1" heard) 1)
       (or (string-null? heard)
           (string-suffix? "(server bob client-list (bob))" heard))))

(define (test-ends)
  (with-server
   (let ((bob (enrolled "bob")))
     (for-each
      (lambda (name how)
        (test-equal (format #f "who ~a at any step leaves one departure and \
one list" name)
          '()
          (remove (lambda (n)
                    (right-to-hear? (end-after! (string-take whole n) how bob)))
                  (cuts))))
      '("hangs up" "breaks off" "half-closes")
      (list hang-up reset half-close))
     (test-assert "and the rest go on" (knows-nothing-new? bob "bob")))))

;;; --- Writing to who is gone ------------------------------------------------

(define (test-writing-after-reset)
  (with-server
   (let ((bob (enrolled "bob")) (carl (enrolled "carl" "bob")))
     (hear-list bob "bob" '("carl" "bob"))
     ;; In one step: carl is broken, and written to before that is known.
     (say bob "(bob carl send-msg 1)(bob carl send-msg 2)")
     (reset carl)
     (for-each (lambda (n) (tell-client 'carl "are you there?")
                       (reactor-step #:timeout 0.002))
               (iota 5))
     (test-assert "writing after a reset is no signal, and one departure"
       (soon (lambda () (equal? (get-clients-list) '(bob)))))
     (settle)
     (test-eqv "told once" 1
       (occurrences "client-list (bob)" (heard-so-far bob)))
     (test-assert "the name is free as soon as the server knows"
       (knows-nothing-new? (enrolled "carl" "bob") "carl")))))

;;; --- Races -------------------------------------------------------------------

(define (race n)
  "Let three ask for one name at the same time; return how many came in, and to
how many the server said sorry."
  (let* ((name (format #f "racer-~a" n))
         (peers (list-tabulate 3 (lambda (i) (new-peer))))
         (answers (make-vector 3 "")))
    (for-each (lambda (text)
                (for-each (lambda (peer) (say peer (format #f text name)))
                          peers)
                (if (zero? (modulo n 3)) (settle)))
              (if (even? n)
                  '("(~a server hello ())" "(~a server thanks ())")
                  '("(~a server hello ())(~:*~a server thanks ())")))
    (soon (lambda ()
            (for-each (lambda (peer i)
                        (vector-set! answers i
                                     (string-append (vector-ref answers i)
                                                    (heard-so-far peer))))
                      peers (iota 3))
            (every (lambda (answer)
                     (or (string-contains answer " sorry ())")
                         (string-contains answer "client-list")))
                   (vector->list answers))))
    (for-each hang-up peers)
    (soon (lambda () (null? (get-clients-list))))
    (map (lambda (text)
           (count (lambda (answer) (string-contains answer text))
                  (vector->list answers)))
         '("client-list" " sorry ())"))))

(define (test-races)
  (define races (scaled 100 1000))
  (with-server
   (test-equal (format #f "in each of ~a races exactly one wins" races)
     #f (find (lambda (n) (not (equal? '(1 2) (race n)))) (iota races)))))

;;; --- A flood -----------------------------------------------------------------

(define (test-flood)
  (with-server
   (let* ((ann (enrolled "ann")) (bob (enrolled "bob" "ann"))
          (eve (enrolled "eve" "bob" "ann")))
     (hear-list ann "ann" '("bob" "ann"))
     (hear-list ann "ann" '("eve" "bob" "ann"))
     (hear-list bob "bob" '("eve" "bob" "ann"))
     (test-equal "in each of 20 turns of a flood, others have theirs" '()
       (remove (lambda (n) (ann-is-served? n eve ann bob)) (iota 20)))
     (test-assert "and the flood is served to its end"
       (soon (lambda () (= (* 20 flood-size) (served-since eve))))))))

(define flood-size 1500)
(define served 0)                       ; of all floods

(define (served-since eve)
  "Return how much of the floods EVE has had served so far."
  (set! served (+ served (occurrences "receive-msg" (heard-so-far eve))))
  served)

(define (ann-is-served? n eve ann bob)
  "True iff between what ANN says and what BOB hears, EVE, who floods, has no
more than three turns of 64 requests."
  (let ((message (format #f "(ann bob receive-msg ~a)" n)))
    (say eve (string-concatenate
              (make-list flood-size "(eve eve send-msg 5)")))
    (let ((before (served-since eve)))
      (say ann (format #f "(ann bob send-msg ~a)" n))
      (and (equal? message (hear bob message))
           (<= (- (served-since eve) before) (* 3 64))))))

;;; --- Many at once --------------------------------------------------------------

(define (test-arrivals)
  (with-server
   (let* ((bob (enrolled "bob"))
          (peers (list-tabulate 50 (lambda (n) (new-peer)))))
     (for-each (lambda (peer n)
                 (say peer (format #f "(p~a server hello ())(~:*p~a server \
thanks ())" n)))
               peers (iota 50))
     (soon (lambda () (= 51 (length (get-clients-list)))))
     (settle)
     (test-assert "50 who come at once are told of in a few lists"
       (<= 1 (occurrences "client-list" (heard-so-far bob)) 5)))))

(run-tests "fault-peers"
  (lambda ()
    (test-arrivals)
    (test-ends)
    (test-writing-after-reset)
    (test-races)
    (test-flood)))

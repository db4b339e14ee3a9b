;;; test-fault-walks.scm --- clients that do anything hear what they must
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; Five clients with three names between them do one random thing after the
;;; other.  A model of the protocol, a page long, says what each of them must
;;; hear, whom the server must know, and which names it must hold.

(use-modules (program-test) (server-process) (im reactor) (im socket)
             (ice-9 format) (ice-9 match) (srfi srfi-1) (srfi srfi-9)
             (srfi srfi-64))
(load-from-path "im-server.scm")

(the-server-listens-on! (lambda () (socket-port-number server-socket)))

(define seed (or (and=> (getenv "SEED") string->number)
                 (random 1000000000 (random-state-from-platform))))
(define chance (seed->random-state seed))
(define (any-of list) (list-ref list (random (length list) chance)))

;;; --- The model -----------------------------------------------------------

(define names '(ann bob carl))

(define-record-type <client>
  (make-client peer state name)
  client?
  (peer client-peer set-client-peer!)
  (state client-state set-client-state!)  ; out, stranger, greeted, enrolled
  (name client-name set-client-name!))

(define clients (list-tabulate 5 (lambda (i) (make-client #f 'out #f))))
(define here '())                         ; enrolled clients, newest first

(define (in-state state)
  (filter (lambda (client) (eq? (client-state client) state)) clients))

(define (owner name)
  "Return who is enrolled as NAME, or #f."
  (find (lambda (client) (eq? (client-name client) name)) here))

(define (taken? name)
  (any (lambda (client) (eq? (client-name client) name))
       (append here (in-state 'greeted))))

;; What follows from an act is a list of (CLIENT WHAT), WHAT being a text or
;; `end'.

(define (leaves! client . last-words)
  "CLIENT is gone, after LAST-WORDS; return what follows."
  (let ((enrolled? (eq? (client-state client) 'enrolled)))
    (set! here (delq client here))
    (set-client-state! client 'out)
    (append (map (lambda (words) (list client words)) last-words)
            (if enrolled? (lists) '()))))

(define (lists)
  (map (lambda (client)
         (list client
               (format #f "(server ~a client-list ~a)" (client-name client)
                       (map client-name here))))
       here))

(define (from-server client what)
  (format #f "(server ~a ~a)" (client-name client) what))

(define (asks! client action to)
  "CLIENT asks TO for ACTION; return what follows."
  (match (list (client-state client) action)
    (('stranger 'hello)
     (cond ((taken? (client-name client))
            (leaves! client (from-server client "sorry ()") 'end))
           (else
            (set-client-state! client 'greeted)
            (list (list client (from-server client "welcome ()"))))))
    (('greeted 'thanks)
     (set-client-state! client 'enrolled)
     (set! here (cons client here))
     (lists))
    (('enrolled 'logout) (leaves! client (from-server client "goodbye ()") 'end))
    (('enrolled 'send-msg)
     (if (owner to)
         (list (list (owner to) (format #f "(~a ~a receive-msg (x ~a))"
                                        (client-name client) to to)))
         (told client "User not found: ~a" to)))
    (('enrolled action) (told client "Unrecognized action: ~a" action))
    (else (leaves! client 'end))))

(define (told client template value)
  (list (list client
              (from-server client (format #f "receive-msg ~s"
                                          (format #f template value))))))

;;; --- Acts ----------------------------------------------------------------

(define actions
  '(hello welcome sorry thanks client-list send-msg send-msg send-msg
    receive-msg logout goodbye nonsense))

;; What each state leads on to, chosen more often: else nobody would get far.
(define usual '((stranger . hello) (greeted . thanks) (enrolled . send-msg)))

(define (act! client)
  "Let CLIENT do something.  Return what, and what must follow."
  (if (eq? (client-state client) 'out)
      (come! client)
      (match (random 12 chance)
        (0 (end! client hang-up 'hangs-up))
        (1 (end! client reset 'breaks-off))
        (2 (end! client half-close 'half-closes))
        (3 (end! client (lambda (peer) (say peer ")")) 'talks-nonsense))
        ((or 4 5 6 7)
         (speak! client (assq-ref usual (client-state client))))
        (_ (speak! client (any-of actions))))))

(define (come! client)
  (set-client-peer! client (new-peer))
  (set-client-state! client 'stranger)
  (set-client-name! client (any-of names))
  (list 'comes '()))

(define (speak! client action)
  "CLIENT asks for ACTION; by any name, once it has said its own."
  (let ((from (if (eq? (client-state client) 'stranger)
                  (client-name client)
                  (any-of names)))
        (to (any-of (cons* 'server 'nobody names))))
    (say (client-peer client)
         (format #f "(~a ~a ~a (x ~a))" from to action to))
    (list action (asks! client action to))))

(define (end! client how what)
  (how (client-peer client))
  (list what
        (if (memq what '(hangs-up breaks-off))
            (leaves! client)
            (apply leaves! client
                   (if (eq? (client-state client) 'enrolled)
                       (list (from-server client "goodbye ()") 'end)
                       '(end))))))

;;; --- The walk ------------------------------------------------------------

(define (heard-right? consequence)
  (match consequence
    ((client what) (equal? what (hear (client-peer client) what)))))

(define (server-agrees?)
  (soon (lambda ()
          (and (equal? (get-clients-list) (map client-name here))
               (= (length (cdr reserved-names))
                  (length (in-state 'greeted)))))))

(define (walk steps)
  "Return #t, or what went wrong at which step."
  (let loop ((step 0))
    (if (= step steps)
        #t
        (let* ((client (any-of clients))
               (before (client-state client)))
          (match (act! client)
            ((what consequences)
             (cond ((find (negate heard-right?) consequences)
                    => (lambda (wrong) (list step before what 'not-heard
                                             (cadr wrong))))
                   ((not (server-agrees?)) (list step before what 'disagree))
                   (else (loop (1+ step))))))))))

(define (test-walks)
  (define steps (scaled 1500 50000))
  (im-server-start #:address "127.0.0.1")
  (test-equal (format #f "~a random steps (SEED=~a): each hears what it must"
                      steps seed)
    #t (walk steps))
  (test-assert "and nothing else"
    (every (lambda (client)
             (knows-nothing-new? (client-peer client) (client-name client)))
           here))
  (im-server-close))

(run-tests "fault-walks" test-walks)

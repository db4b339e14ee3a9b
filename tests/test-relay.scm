;;; test-relay.scm --- a message passed on unread is the message passed on
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; The server goes the short way when nobody looks at messages, the long
;;; way when its log is on: the bytes are the same.

(use-modules (program-test) (im reactor) (im socket) (im request)
             (ice-9 format) (srfi srfi-1) (srfi srfi-64))
(load-from-path "im-server.scm")

(the-server-listens-on! (lambda () (socket-port-number server-socket)))

(define (log-on! on?)
  (set! logging on?))

;; The data of messages, as it is written; #t: it is passed on unread.
(define messages
  `(("\"Hi there\"" #t) ("\"\"" #t) ("\"ünïcödé λ\"" #t) ("\"(a) |b| 'c\"" #t)
    ("\"a\\nb\"" #f) ("\"quote \\\" in it\"" #f) ("\"tab\there\"" #f)
    ("\"back\\\\slash\"" #f) ("hello" #f) ("42" #f) ("(1 (2) \"three\")" #f)
    ("()" #f) ("'x" #f) ("#\\a" #f) ("|Bob|" #f)
    (,(format #f "~s" (make-string 60000 #\x)) #t)
    ;; Too long once it says who it is from and for.
    (,(format #f "~s" (make-string 65490 #\x)) #f)))

(define (unusual-requests)
  '("(ann  bob send-msg \"two spaces\")" "( ann bob send-msg \"one before\")"
    "(ann bob send-msg \"one behind\" )" "(\"ann\" bob send-msg \"a string\")"
    "(ann |bob| send-msg \"bars\")" "(ann bob send-msg \"five\" 5)"
    "(ann BOB send-msg \"capitals\")" "(ann bob send-msg)"
    "(eve bob send-msg \"forged\")" "(ann nobody send-msg \"not here\")"
    "(ann ann send-msg \"to myself\")" "(2x bob send-msg \"no symbol\")"
    "(ann bob |send-msg| \"barred\")" "(ann bob send-msg . (\"dot\"))"))

(define (answers-to request)
  "Return what two clients hear when the first says REQUEST and then asks for
something unknown; the first is gone if REQUEST was none."
  (let* ((ann (enrolled "ann")) (bob (enrolled "bob" "ann"))
         (heard-by-ann "") (heard-by-bob ""))
    (hear-list ann "ann" '("bob" "ann"))
    (say ann request)
    (say ann "(ann server the-end ())")
    (soon (lambda ()
            (set! heard-by-ann
                  (string-append heard-by-ann (heard-so-far ann)))
            (or (string-contains heard-by-ann "the-end")
                (not (find-client-socket 'ann)))))
    (settle)
    (set! heard-by-bob (heard-so-far bob))
    (hang-up ann)
    (hang-up bob)
    (soon (lambda () (null? (get-clients-list))))
    (list heard-by-ann heard-by-bob)))

(define (both-ways request)
  (map (lambda (on?)
         (log-on! on?)
         (answers-to request))
       '(#f #t)))

(define (test-same)
  (im-server-start #:address "127.0.0.1")
  (for-each
   (lambda (request)
     (let ((answers (both-ways request)))
       (test-equal (format #f "both ways are the same: ~a"
                           (substring request 0
                                      (min 60 (string-length request))))
         (second answers) (first answers))))
   (append (map (lambda (message)
                  (format #f "(ann bob send-msg ~a)" (first message)))
                messages)
           (unusual-requests)))
  (im-server-close))

;;; --- Which way -----------------------------------------------------------

(define (taken-unread? data)
  (let* ((listener (make-server-socket 0 #:address "127.0.0.1"))
         (peer (call-peer (socket-port-number listener)))
         (sock (socket-accept-connection (socket-dup listener)))
         (port (socket-input sock)))
    (say peer "(ann server hello ())")
    (get-request port)                  ; decides on the notation
    (say peer (format #f "(ann bob send-msg ~a)" data))
    (settle)
    (let ((found (next-receiver port)))
      (socket-shutdown sock)
      (socket-shutdown listener)
      (hang-up peer)
      (eq? found 'bob))))

(define (test-ways)
  (for-each
   (lambda (message)
     (unless (> (string-length (first message)) 65000)
       (test-equal (format #f "unread: ~a"
                           (substring (first message) 0
                                      (min 30 (string-length (first message)))))
         (second message) (taken-unread? (first message)))))
   messages))

;;; --- Who looks -----------------------------------------------------------

(define (says-through? procedure)
  "True iff bob hears what PROCEDURE, called meanwhile, makes of a message."
  (log-on! #f)
  (let ((bob-hears (second (answers-to "(ann bob send-msg \"hi\")"))))
    (procedure bob-hears)))

(define (test-redefined)
  (define shouted "(ann bob receive-msg \"HI\")")
  (define (shouts? heard)
    (and (string-contains heard shouted) #t))
  (define usual-pass-on pass-on)
  (define usual-serve-request serve-request)
  (im-server-start #:address "127.0.0.1")
  (set! pass-on
        (lambda (from to data port)
          (usual-pass-on from to (string-upcase data) port)))
  (test-assert "who redefines pass-on sees each message"
    (says-through? shouts?))
  (set! pass-on usual-pass-on)
  (define-action! 'send-msg
    (lambda (name request)
      (usual-pass-on name 'bob (string-upcase (request-data request))
                     (find-port-to-client 'bob))))
  (test-assert "who defines another action send-msg, too"
    (says-through? shouts?))
  (define-action! 'send-msg deliver)
  (set! serve-request
        (lambda (name request)
          (usual-serve-request
           name
           (and request
                (if (eq? (request-action request) 'send-msg)
                    (make-request name 'bob 'send-msg "HI")
                    request)))))
  (test-assert "who redefines serve-request, too" (says-through? shouts?))
  (set! serve-request usual-serve-request)
  (test-assert "and afterwards nobody looks"
    (says-through? (lambda (heard)
                     (string-contains heard "(ann bob receive-msg \"hi\")"))))
  (im-server-close))

(run-tests "relay"
  (lambda ()
    (test-same)
    (test-ways)
    (test-redefined)))

;;; (im grade rules) -- which request is legal when, and why
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; Each rule of doc/protocol.texi that a request can break has a row in a
;;; table.  A dialogue is what one client and its server have said so far, as
;;; a state; what either says next is judged by it.

(define-module (im grade rules)
  #:use-module (im grade wire)
  #:use-module (ice-9 match)
  #:use-module (srfi srfi-1)
  #:use-module (srfi srfi-9)
  #:export (rule-text make-dialogue dialogue-state dialogue-client
            judge-client! advance-client! judge-server! dialogue-violations
            violation-received violation-expected violation-rule))

(define rules
  '((four "Requests"
          "a request is a list of four: (SRC DST ACTION DATA)")
    (separate "Requests"
              "nothing separates two requests, no newline and no space")
    (print "Data" "each datum has one print, the canonical one")
    (data "Data" "only lists, strings, symbols, numbers and the like travel")
    (hello "Actions"
           "a client first says hello, and waits for the answer")
    (thanks "Actions"
            "the answer to welcome is thanks; then a client is enrolled")
    (sorry "Actions"
           "after sorry the server closes; no thanks, no messages")
    (source "Names"
            "SRC is the name that the client enrolled with")
    (server "Requests"
            "the server is called server; so says DST in what is asked of it")
    (nothing "Requests" "() stands for no data")
    (action "Actions"
            "these are the actions: hello thanks send-msg logout")
    (answer "Actions"
            "welcome or sorry is the answer to hello")
    (receiver "Requests"
              "DST is the name of the client that a request is sent to")
    (reaction "Actions"
              "what a server sends is welcome sorry client-list receive-msg \
goodbye; other actions only to a client that asked for such")
    (list "Actions"
          "client-list comes from server, with a list of names")
    (deliver "Actions"
             "send-msg asks the server to pass DATA on to DST, as receive-msg")
    (goodbye "Actions"
             "logout is answered with goodbye, and the server closes")
    (first-thing "Actions"
                 "what is no hello, or no thanks, ends the connection")
    (unknown-user "The server's own messages"
                  "a message for somebody who isn't here is answered \
\"User not found: DST\"")
    (unknown-action "The server's own messages"
                    "an action it doesn't know is answered \"Unrecognized \
action: ACTION\"")
    (shutdown "The server's own messages"
              "\"Server shutting down...\" to all, then goodbye")
    (pieces "Requests"
            "a request may come in any number of pieces, and several in one")
    (one-name "Names"
              "two clients can't have one name")
    (broken "Actions"
            "a connection that breaks is a logout")
    (newest "Actions"
            "client-list goes to every client after arrivals and departures, \
the newest name first")))

(define (rule-text rule)
  "Return RULE, a symbol of the table or a sentence, in words and with where it
stands."
  (match (assq rule rules)
    ((_ section text)
     (format #f "~a (manual, ~s)" text section))
    (#f rule)))

;;; --- Dialogues ------------------------------------------------------------

;; STATE: new, asked (hello was said), welcomed, in, leaving (logout was said),
;; or out.
(define-record-type <dialogue>
  (new-dialogue client actions state violations)
  dialogue?
  (client dialogue-client)
  (actions dialogue-actions)                  ; others are allowed: #t or #f
  (state dialogue-state set-dialogue-state!)
  (violations newest-first set-newest-first!))

(define* (make-dialogue client #:key more-actions?)
  "Return the dialogue of a client called CLIENT and its server.  With
MORE-ACTIONS? they have agreed on actions of their own."
  (new-dialogue client more-actions? 'new '()))

;; What came, the bytes; what was expected; the rule.
(define-record-type <violation>
  (make-violation received expected rule)
  violation?
  (received violation-received)
  (expected violation-expected)
  (rule violation-rule))

(define (dialogue-violations dialogue)
  "Return what was illegal, the oldest first."
  (reverse (newest-first dialogue)))

(define (note! dialogue arrival verdict)
  "VERDICT: #f, or what was expected and the rule."
  (match verdict
    (#f #f)
    ((expected rule)
     (set-newest-first! dialogue
                        (cons (make-violation (arrival-raw arrival)
                                              expected rule)
                              (newest-first dialogue))))))

(define (shape . request)
  (bytes->text (request->bytes request)))

(define (form-verdict arrival)
  (match (arrival-problem arrival)
    (#f #f)
    ('print (list (apply shape (arrival-request arrival)) 'print))
    ('separate '("nothing there" separate))
    (rule (list "(SRC DST ACTION DATA)" rule))))

;;; --- What a client says ---------------------------------------------------

(define (judge-client! dialogue arrival)
  "Note what is illegal about ARRIVAL, which the client said."
  (note! dialogue arrival
         (or (form-verdict arrival)
             (client-verdict dialogue (arrival-request arrival))))
  (advance-client! dialogue (arrival-request arrival)))

(define (advance-client! dialogue request)
  "The client said REQUEST, legal or not."
  (match request
    ((_ _ 'hello _) (move! dialogue 'new 'asked))
    ((_ _ 'thanks _) (move! dialogue 'welcomed 'in))
    ((_ _ 'logout _)
     (move! dialogue 'in 'leaving)
     (move! dialogue 'parting 'out))
    (_ #f)))

(define (move! dialogue from to)
  (when (eq? from (dialogue-state dialogue))
    (set-dialogue-state! dialogue to)))

(define (client-verdict dialogue request)
  (define me (dialogue-client dialogue))
  (define (exactly action rule)
    (and (not (equal? request (list me 'server action '())))
         (list (shape me 'server action '()) rule)))
  (case (dialogue-state dialogue)
    ((new) (exactly 'hello 'hello))
    ((asked) '("nothing before the server's answer" hello))
    ((welcomed) (exactly 'thanks 'thanks))
    ;; What it says may cross the server's goodbye.
    ((in parting)
     (enrolled-verdict me (dialogue-actions dialogue) request))
    ((leaving) '("nothing after logout" goodbye))
    (else '("nothing more" sorry))))

(define (enrolled-verdict me more-actions? request)
  (match request
    ((src dst action data)
     (cond ((not (equal? src me))
            (list (shape me dst action data) 'source))
           ((eq? action 'send-msg) #f)
           ((eq? action 'logout)
            (and (not (equal? request (list me 'server 'logout '())))
                 (list (shape me 'server 'logout '())
                       (if (eq? dst 'server) 'nothing 'server))))
           ((and more-actions? (not (memq action '(hello thanks)))) #f)
           (else (list (shape me dst 'send-msg data) 'action))))))

;;; --- What a server says ---------------------------------------------------

(define (judge-server! dialogue arrival)
  "Note what is illegal about ARRIVAL, which the server said."
  (note! dialogue arrival
         (or (form-verdict arrival)
             (server-verdict dialogue (arrival-request arrival))))
  (match (arrival-request arrival)
    ((_ _ 'welcome _) (move! dialogue 'asked 'welcomed))
    ((_ _ 'goodbye _)
     (set-dialogue-state! dialogue (if (eq? 'in (dialogue-state dialogue))
                                       'parting
                                       'out)))
    ((_ _ 'sorry _) (set-dialogue-state! dialogue 'out))
    (_ #f)))

(define (server-verdict dialogue request)
  (define you (dialogue-client dialogue))
  (match request
    ((src dst action data)
     (cond ((not (equal? dst you))
            (list (shape src you action data) 'receiver))
           ((memq (dialogue-state dialogue) '(parting out))
            (and (not (eq? action 'goodbye))
                 '("nothing but goodbye" goodbye)))
           ((eq? 'asked (dialogue-state dialogue))
            (and (not (member request `((server ,you welcome ())
                                        (server ,you sorry ,data))))
                 (list (shape 'server you 'welcome '()) 'answer)))
           ((memq (dialogue-state dialogue) '(new welcomed))
            '("nothing before the client speaks" answer))
           (else (reaction-verdict (dialogue-actions dialogue) request))))))

(define (reaction-verdict more-actions? request)
  (match request
    ((_ _ 'receive-msg _) #f)
    (('server _ 'client-list ((or (? symbol?) (? string?)) ...)) #f)
    ((_ dst 'client-list data)
     (list (shape 'server dst 'client-list '(name name)) 'list))
    (('server _ 'goodbye ()) #f)
    ((_ dst 'goodbye _) (list (shape 'server dst 'goodbye '()) 'nothing))
    ((src dst action data)
     (and (not (and more-actions? (not (memq action '(welcome sorry)))))
          (list (shape src dst 'receive-msg data) 'reaction)))))

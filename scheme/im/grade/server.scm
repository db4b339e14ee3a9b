;;; (im grade server) -- the counterpart's server, and what listens in
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; A student's client talks to its server through a relay, which passes each
;;; byte on and judges it.  So the server may be the student's own, or the
;;; one here, which only does what the protocol says.

(define-module (im grade server)
  #:use-module (im grade link)
  #:use-module (im grade rules)
  #:use-module (im grade wire)
  #:use-module (ice-9 match)
  #:use-module (srfi srfi-1)
  #:use-module (srfi srfi-9)
  #:export (start-server server-tells start-relay expect-client
            tapped-name tapped-dialogue said-by said-to tapped-ended?
            tapped-since! said-rest))

;;; --- The server -----------------------------------------------------------

(define members '())                    ; (NAME . link), the newest first

(define (start-server)
  "Start a server, and return the number of its port."
  (let ((listener (listen-here)))
    (answer-calls! listener serve)
    (port-of listener)))

(define (serve link)
  (on-arrival! link (lambda (arrival) (obey link (arrival-request arrival))))
  (on-bytes! link (lambda (bytes) (unless bytes (leave link)))))

(define (obey link request)
  (match request
    (#f (hang-up! link) (leave link))
    ((name _ 'hello _)
     (cond ((assoc name members)
            (say-request link 'server name 'sorry '())
            (hang-up! link))
           (else
            (set-link-data! link name)
            (say-request link 'server name 'welcome '()))))
    ((_ _ 'thanks _)
     (set! members (acons (link-data link) link members))
     (announce))
    ((_ dst 'send-msg data)
     (deliver (link-data link) dst data))
    ((_ _ 'logout _)
     (say-request link 'server (link-data link) 'goodbye '())
     (hang-up! link)
     (leave link))
    ((_ _ action _)
     (tell link (format #f "Unrecognized action: ~a" action)))))

(define (deliver from dst data)
  (match (assoc dst members)
    ((name . link) (say-request link from name 'receive-msg data))
    (#f (and=> (assoc-ref members from)
               (lambda (link) (tell link (format #f "User not found: ~a"
                                                 dst)))))))

(define (tell link text)
  (say-request link 'server (link-data link) 'receive-msg text))

(define (server-tells name text)
  "Let our server send TEXT to the client called NAME."
  (and=> (assoc-ref members name)
         (lambda (link) (tell link text))))

(define (leave link)
  (let ((before (length members)))
    (set! members (remove (lambda (member) (eq? link (cdr member))) members))
    (unless (= before (length members))
      (announce))))

(define (announce)
  (for-each (match-lambda
              ((name . link)
               (say-request link 'server name 'client-list
                            (map car members))))
            members))

;;; --- The relay ------------------------------------------------------------

;; A client that comes through the relay, and what was said.
(define-record-type <tapped>
  (make-tapped name dialogue near far)
  tapped?
  (name tapped-name)
  (dialogue tapped-dialogue)
  (near tapped-near)                    ; the link to the client
  (far tapped-far))                     ; the link to the server

(define* (start-relay server-port tapped-client
                      #:key more-actions?)
  "Return the port of a relay to SERVER-PORT.  (TAPPED-CLIENT TAPPED) is called
when a client has come, whose first request says what it is called."
  (let ((listener (listen-here)))
    (answer-calls! listener
                   (lambda (near)
                     (let ((far (call server-port)))
                       (if far
                           (relay near far more-actions? tapped-client)
                           (hang-up! near)))))
    (port-of listener)))

(define expected '())                   ; names of clients that are to come

(define (expect-client name)
  "The next client that comes is called NAME."
  (set! expected (append expected (list name))))

(define (next-name)
  (match expected
    ((name . rest) (set! expected rest) name)
    (() 'nobody)))

(define (relay near far more-actions? tapped-client)
  (let ((dialogue (make-dialogue (next-name) #:more-actions? more-actions?)))
    (pass-on near far)
    (pass-on far near)
    (on-arrival! near (lambda (arrival) (judge-client! dialogue arrival)))
    (on-arrival! far (lambda (arrival) (judge-server! dialogue arrival)))
    (tapped-client (make-tapped (dialogue-client dialogue) dialogue
                                near far))))

(define (pass-on from to)
  (on-bytes! from (lambda (bytes)
                    (if bytes
                        (say to bytes)
                        (hang-up! to)))))

(define (said-by tapped)
  "Return the requests that the client said, the oldest first."
  (filter-map arrival-request (link-arrivals (tapped-near tapped))))

(define (said-to tapped)
  "Return the requests that were said to the client, the oldest first."
  (filter-map arrival-request (link-arrivals (tapped-far tapped))))

(define (said-rest tapped)
  "Return what the client said last if it is no whole request, as bytes."
  (link-rest (tapped-near tapped)))

(define (tapped-ended? tapped)
  "Return true iff the client has hung up."
  (link-ended? (tapped-near tapped)))

(define (tapped-since! tapped thunk)
  "Call THUNK, and return what the client said meanwhile, requests."
  (let ((before (length (said-by tapped))))
    (thunk)
    (drop (said-by tapped) before)))

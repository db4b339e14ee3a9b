;;; original-server.scm --- a small server that does as the original one did
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;;     guile original-server.scm [--fault GROUP]
;;;
;;; It shows that the suite lets others than Guile-IM pass, and with --fault
;;; does something wrong that the cases of GROUP must notice.  It speaks the
;;; XML version as well, as Guile-IM does.  It trusts its clients, for it uses
;;; `read', so nobody should run it but the tests.

(use-modules (conformance original)
             (ice-9 iconv)
             (ice-9 match)
             (rnrs bytevectors)
             (srfi srfi-1)
             (srfi srfi-9)
             (srfi srfi-26))

(define fault
  (match (command-line) ((_ "--fault" group) group) (_ #f)))

(define (fault? group)
  "True iff we are to do wrong what the cases of GROUP are about."
  (equal? fault group))

;; STATE is new, greeted or enrolled; INPUT what has come of the next request,
;; characters 0 to 255.
(define-record-type <peer>
  (make-peer socket name state xml? input)
  peer?
  (socket peer-socket)
  (name peer-name set-peer-name!)
  (state peer-state set-peer-state!)
  (xml? peer-xml? set-peer-xml?!)
  (input peer-input set-peer-input!))

(define peers '())                      ; newest first

(define (enrolled)
  "Return the peers who are enrolled, the newest first."
  (filter (lambda (peer) (eq? 'enrolled (peer-state peer))) peers))

(define (peer-named name)
  "Return the enrolled peer called NAME, or #f."
  (find (lambda (peer) (equal? name (peer-name peer))) (enrolled)))


;;; Requests

(define (act-on! peer request)
  "Do what REQUEST of PEER asks for."
  (match request
    (((? name? source) (? name? destination) (? symbol? action) data . more)
     (if (and (fault? "wrong-requests") (pair? more))
         (forget! peer)
         (match (peer-state peer)
           ('new (answer-hello! peer source action))
           ('greeted (answer-thanks! peer action))
           ('enrolled (serve! peer source destination action data)))))
    (_ (leave! peer))))

(define (answer-hello! peer name action)
  (set-peer-name! peer name)
  (cond ((not (eq? action 'hello)) (forget! peer))
        ((peer-named name)
         (tell! peer 'sorry '())
         (forget! peer))
        (else
         (set-peer-state! peer 'greeted)
         (tell! peer 'welcome '()))))

(define (answer-thanks! peer action)
  (cond ((or (eq? action 'thanks) (fault? "states"))
         (set-peer-state! peer 'enrolled)
         (set! peers (cons peer (delq peer peers)))
         (tell-list!))
        (else (forget! peer))))

(define (serve! peer source destination action data)
  (case action
    ((send-msg) (deliver! peer source destination data))
    ((logout) (leave! peer))
    (else
     (tell! peer 'receive-msg
            (string-append "Unrecognized action: " (symbol->string action))
            #:to destination))))

(define (deliver! peer source destination data)
  (let ((receiver (peer-named destination)))
    (cond (receiver (tell! receiver 'receive-msg data #:from source))
          ((not (peer-xml? peer))
           (tell! peer 'receive-msg
                  (string-append "User not found: "
                                 (name->text destination)))))))

(define* (tell! peer action data #:key (from 'server) (to (peer-name peer)))
  "Send PEER a request for ACTION with DATA."
  (catch 'system-error
    (lambda ()
      (send (peer-socket peer)
            (string->bytevector
             (if (peer-xml? peer)
                 (show-xml from to action data (fault? "xml"))
                 (show-request from to action data
                               #:wrong-names? (fault? "names")
                               #:wrong-data? (fault? "data")))
             "UTF-8")))
    (const #f)))

(define (tell-list!)
  "Tell everybody who is here."
  (let ((names (map peer-name (enrolled))))
    (for-each (cut tell! <> 'client-list
                   (if (fault? "recorded") (reverse names) names))
              (enrolled))))

(define (leave! peer)
  "Let PEER go, and tell the others if it was enrolled."
  (let ((was-here? (eq? 'enrolled (peer-state peer))))
    (when (and was-here? (not (peer-xml? peer)))
      (tell! peer 'goodbye '()))
    (forget! peer)
    (when was-here?
      (tell-list!)
      (when (fault? "closings")
        (tell-list!)))))

(define (forget! peer)
  "Hang up on PEER."
  (set! peers (delq peer peers))
  (close-port (peer-socket peer)))

(define (close-server!)
  (for-each (lambda (peer)
              (unless (peer-xml? peer)
                (tell! peer 'receive-msg "Server shutting down..."))
              (tell! peer 'goodbye '()))
            (enrolled))
  (exit 0))


;;; Bytes

(define buffer (make-bytevector 65536))

(define (hear! peer)
  "Read what PEER has sent, and act on each request that is whole."
  (match (catch 'system-error
           (lambda () (recv! (peer-socket peer) buffer))
           (const 0))
    (0 (leave! peer))
    (count
     (set-peer-input! peer (string-append (peer-input peer)
                                          (first-of-buffer count)))
     (when (eq? 'new (peer-state peer))
       (set-peer-xml?! peer (string-prefix? "<" (peer-input peer))))
     (for-each (lambda (request)
                 (when (memq peer peers)
                   (act-on! peer request)))
               ((if (fault? "pipelining") reverse identity)
                (take-requests! peer)))
     (when (and (fault? "splits") (memq peer peers)
                (not (string-null? (peer-input peer))))
       (forget! peer)))))

(define (first-of-buffer count)
  (let ((bytes (make-bytevector count)))
    (bytevector-copy! buffer 0 bytes 0 count)
    (bytevector->string bytes "ISO-8859-1")))

(define (take-requests! peer)
  "Return the requests that PEER's input begins with, and leave the rest."
  (match ((if (peer-xml? peer) read-xml read-request) (peer-input peer))
    ((request . rest)
     (set-peer-input! peer rest)
     (cons request (take-requests! peer)))
    (#f '())))


;;; The main loop

(define listener (socket AF_INET SOCK_STREAM 0))

(define (accept!)
  (let ((socket (car (accept listener))))
    (setsockopt socket IPPROTO_TCP TCP_NODELAY 1)
    (set! peers (append peers (list (make-peer socket #f 'new #f ""))))))

(define (readable sockets)
  "Return which of SOCKETS can be read, after waiting a moment for one."
  (catch 'system-error                  ; a signal
    (lambda () (car (select sockets '() '() 1/20)))
    (const '())))

;; A signal's handler runs anywhere, in the middle of an arrival, too.
(define asked-to-close? #f)

(define (serve-forever)
  (when asked-to-close?
    (close-server!))
  (match (readable (cons listener (map peer-socket peers)))
    (ready
     (for-each (lambda (peer)
                 (when (and (memq peer peers) (memq (peer-socket peer) ready))
                   (hear! peer)))
               peers)
     (when (memq listener ready)
       (accept!))))
  (serve-forever))

(sigaction SIGPIPE SIG_IGN)
(sigaction SIGTERM (lambda (signal) (set! asked-to-close? #t)))
(bind listener AF_INET INADDR_LOOPBACK 0)
(listen listener 16)
(format #t "Server IP address: 127.0.0.1, server port: ~a~%"
        (sockaddr:port (getsockname listener)))
(force-output)
(serve-forever)

;;; session-link.scm --- compare what comes on a connection with the session
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; Compared are the bytes of each connection and direction, joined; where
;;; one write ends means nothing.  A difference throws `disagreement' and the
;;; report.

(define-module (session-link)
  #:use-module (session-format)
  #:use-module (session-score)
  #:use-module (srfi srfi-1)
  #:use-module (srfi srfi-9)
  #:use-module (srfi srfi-26)
  #:export (new-link link-connection link-socket link-ended? end-link!
            compare-bytes! compare-end! disagree disagree-missing shorten))

;; One connection: its socket and how far its bytes have been compared.
(define-record-type <link>
  (make-link connection socket cues begun ended?)
  link?
  (connection link-connection)
  (socket link-socket)
  (cues link-cues set-link-cues!)       ; what is still to come
  (begun link-begun set-link-begun!)    ; bytes of the first that have come
  (ended? link-ended? set-link-ended!))

(define (new-link score connection socket)
  "Return a link: CONNECTION of SCORE, which is SOCKET."
  (make-link connection socket (incoming score connection) "" #f))

(define (expected link)
  "Return the cue that LINK expects, or #f if nothing more may come."
  (and (pair? (link-cues link)) (car (link-cues link))))

(define (expected-event link)
  "Return the event that LINK expects, or #f."
  (and=> (expected link) cue-event))

(define (expect-next! link)
  "Let LINK no longer expect what it does, but what comes after it."
  (set-link-begun! link "")
  (set-link-cues! link (cdr (link-cues link))))

(define (end-link! link)
  "Remember that nothing more comes on LINK."
  (set-link-ended! link #t))

(define (come! link)
  "Remember that what LINK expects has come."
  (done! (expected link))
  (expect-next! link))

(define (compare-bytes! score link bytes)
  "Compare BYTES with what LINK expects."
  (let ((event (expected-event link)))
    (cond ((string-null? bytes) #f)
          ((or (not event) (end? event))
           (disagree-about link "extra bytes" (bytes->text bytes)))
          ((must-wait? score (expected link) #t)
           => (lambda (cause)
                (disagree-about link (too-early cause) (bytes->text bytes))))
          ((bytes? event)
           (compare-bytes! score link (compare-line! link event bytes))))))

(define (compare-line! link event bytes)
  "Compare BYTES with what is left of EVENT, which LINK expects.  Return those
that come after it.  (No choice of an event is the beginning of another.)"
  (let* ((come (string-append (link-begun link) bytes))
         (choices (filter (cut fits? <> come) (event-choices event)))
         (whole (find (cut string-prefix? <> come) choices)))
    (cond ((null? choices)
           (disagree-about link "other bytes" (bytes->text bytes)))
          (whole
           (come! link)
           (string-drop come (string-length whole)))
          (else
           (set-link-begun! link come)
           ""))))

(define (fits? expected come)
  "True iff one of the strings EXPECTED and COME begins with the other."
  (or (string-prefix? expected come)
      (string-prefix? come expected)))

(define (compare-end! score link)
  "Compare the end of file with what LINK expects."
  (end-link! link)
  (skip-optional! link)
  (let ((event (expected-event link)))
    (unless (and event (end? event))
      (disagree-about link "END too early" "END"))
    (and=> (must-wait? score (expected link) #t)
           (lambda (cause) (disagree-about link (too-early cause) "END")))
    (come! link)))

(define (skip-optional! link)
  "Let LINK no longer expect what may be missing."
  (when (and (expected link)
             (string-null? (link-begun link))
             (cue-optional? (expected link)))
    (expect-next! link)
    (skip-optional! link)))


;;; Reports

(define (disagree format-string . arguments)
  "Stop playing: the program under test doesn't do what the session shows."
  (throw 'disagreement (apply format #f format-string arguments)))

(define (disagree-about link what got)
  "Stop playing, as GOT isn't what LINK expects: there is WHAT."
  (disagree "~a: connection ~a, ~a~%  expected: ~a~%  got:      ~a"
            what (link-connection link)
            (place (expected-event link))
            (show-payload (expected-event link)
                          (string-length (link-begun link)))
            (shorten got)))

(define (disagree-missing score links)
  "Stop playing, as something SCORE shows came on none of LINKS."
  (let* ((cue (next-missing score))
         (event (and=> cue cue-event))
         (link (find (lambda (link) (eq? cue (expected link))) links)))
    (disagree "missing: connection ~a, ~a~%  expected: ~a"
              (and=> event event-connection)
              (place event)
              (show-payload event (if link
                                      (string-length (link-begun link))
                                      0)))))

(define (too-early cause)
  "Return the words for something that came before CAUSE, which led to it."
  (format #f "too early, before ~a, `~a'"
          (place cause) (show-payload cause 0)))

(define (place event)
  "Return in words where EVENT stands in the session."
  (cond ((not event) "after the last line")
        ((event-line event) => (lambda (line) (format #f "line ~a" line)))
        (else "a line that isn't recorded")))

(define (show-payload event offset)
  "Return what EVENT sends from OFFSET on, for a report."
  (cond ((not event) "nothing")
        ((bytes? event) (string-join (map (lambda (bytes)
                                            (show-bytes bytes offset))
                                          (event-choices event))
                                     " or "))
        ((act? event) (act-text (event-payload event)))
        (else (string-upcase (symbol->string (event-payload event))))))

(define (show-bytes bytes offset)
  "Return BYTES from OFFSET on, if there are so many, for a report."
  (shorten (bytes->text (string-drop bytes
                                     (min offset (string-length bytes))))))

(define (shorten text)
  "Return TEXT, its middle left out if it fills a screen."
  (let ((size (string-length text)))
    (if (< size 1000)
        text
        (string-append (string-take text 450)
                       (format #f " ... ~a characters ... " (- size 900))
                       (string-take-right text 450)))))

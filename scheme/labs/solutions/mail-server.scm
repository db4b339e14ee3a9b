;;; mail-server.scm -- exercise 6: an IM server that keeps mail
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;;     a client sends                     and gets
;;;     (ann bob mail (ID SUBJECT TEXT))   (server ann mail-kept ID)
;;;                                        (server ann mail-not-kept (ID WHY))
;;;     (bob server mail-headers ())       (server bob mail-headers
;;;                                          ((NUMBER FROM SUBJECT) ...))
;;;     (bob server next-letter NUMBER)    (server bob next-letter LETTER)
;;;     (bob server read-letter NUMBER)    (server bob letter LETTER)
;;;     (bob server delete-letter NUMBER)  (server bob letter-deleted NUMBER)
;;;
;;; LETTER is (NUMBER FROM SUBJECT TEXT), or () if there is none.  bob needn't
;;; be here when ann sends it, nor may the server live until he comes: what it
;;; has said to keep, it keeps.

(load "im-server.scm")
(load "mail-store.scm")

;; With these a list of headers, as a letter, fits in one request, which may
;; have 64 KiB: a character of a name or subject takes up to seven bytes.
(define most-letters 50)                ; in one mailbox
(define longest-subject 60)             ; characters
(define longest-text 8000)

;;; --- Sending ------------------------------------------------------------

(define-action! 'mail
  (lambda (name request)
    (let ((why (mail-problem name (request-dst request)
                             (request-data request))))
      (if why
          (answer name 'mail-not-kept (list (mail-id (request-data request))
                                            why))
          (keep-mail name (request-dst request) (request-data request))))))

(define (mail-id data) (if (pair? data) (car data) nil))
(define (mail-subject data) (cadr data))
(define (mail-text data) (caddr data))

(define (keep-mail from to data)
  "Keep a letter, and only then say so; the same one twice is one."
  (if (keep-letter! from (mail-id data) to (mail-subject data)
                    (mail-text data))
      (tell-client to (string-append "You have mail from " (datum->text from)
                                     ": (get-mail)")))
  (answer from 'mail-kept (mail-id data)))

(define (answer name action data)
  "Send NAME a request from the server, if NAME is here."
  (let ((port (find-port-to-client name)))
    (if port
        (send-request (make-request 'server name action data) port))))

(define (mail-problem from to data)
  "Return why the letter DATA can't be kept, a string; #f if it can."
  (cond ((not (letter? data)) "that is no letter")
        ((muted? from) "you are muted")
        ((name-problem to) (string-append "nobody can have that name: "
                                          (name-problem to)))
        ((> (string-length (mail-subject data)) longest-subject)
         "its subject is too long")
        ((> (string-length (mail-text data)) longest-text) "it is too long")
        ((>= (length (letters-for to)) most-letters)
         "that mailbox is full")
        (else #f)))

(define (letter? data)
  (and (list? data)
       (= (length data) 3)
       (exact-integer? (mail-id data))
       (string? (mail-subject data))
       (string? (mail-text data))))

;;; --- Reading and deleting -----------------------------------------------

;; Reading deletes nothing: an answer may be lost on its way, and with it the
;; only copy.

(define-action! 'mail-headers
  (lambda (name request)
    (answer name 'mail-headers (letters-for name))))

(define-action! 'next-letter
  (lambda (name request)
    (answer name 'next-letter
            (or (look-up letter-after name request) nil))))

(define-action! 'read-letter
  (lambda (name request)
    (answer name 'letter
            (or (look-up letter-numbered name request) nil))))

(define-action! 'delete-letter
  (lambda (name request)
    (answer name 'letter-deleted
            (if (look-up delete-letter! name request)
                (request-data request)
                nil))))

(define (look-up procedure name request)
  "Return what PROCEDURE finds for NAME and the number in REQUEST, or #f."
  (let ((number (request-data request)))
    (and (exact-integer? number)
         (< -1 number (expt 2 62))      ; as large as SQLite's numbers
         (procedure name number))))

;;; --- Who comes in is told -----------------------------------------------

(define register-without-mail register-client)

(define (register-client name sock)
  (register-without-mail name sock)
  (let ((number (length (letters-for name))))
    (if (> number 0)
        (tell-client name (string-append "Letters for you: "
                                         (number->string number)
                                         ".  (get-mail) shows them.")))))

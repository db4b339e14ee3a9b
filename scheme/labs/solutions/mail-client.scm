;;; mail-client.scm -- exercise 6: an IM client that sends and reads mail
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;;     (mail 'bob "See you at six?")             bob needn't be here
;;;     (mail 'bob "See you at six?" "Dinner")    with a subject
;;;     (get-mail)          all your letters
;;;     (mail-headers)      only numbers, senders and subjects
;;;     (read-mail 17)      one letter
;;;     (delete-mail 17)
;;;
;;; The server is mail-server.scm.

(load "im-client.scm")

;;; --- Sending ------------------------------------------------------------

;; As the server has it.
(define longest-subject 60)             ; characters
(define longest-text 8000)

;; A letter stays in the outbox until the server says that it keeps it.  If
;; the connection ends first, nobody knows whether the server has it.  So it
;; is sent again after the next enrolling, with the same id, by which the
;; server knows a letter that it has: none is lost, and none comes twice.
;; (The outbox itself is lost when this client ends: keep it in a file!)
(define-once outbox '())                ; requests, the oldest first

(define chance (random-state-from-platform))

(define (new-id)
  "Return a number that no other letter has: 62 random bits."
  (random (expt 2 62) chance))

(define* (mail to text #:optional (subject (beginning text)))
  "Send TEXT, a string, to TO, a name, with a SUBJECT, a string too."
  (if (may-mail? to text subject)
      (let ((letter (make-request whoiam to 'mail
                                  (list (new-id) subject text))))
        (set! outbox (append outbox (list letter)))
        (if (enrolled?)
            (send-request letter port-to-server)
            (print-line "It will be sent when you enroll."))))
  (if #f #f))

(define (beginning text)
  "Return the first words of TEXT, for letters without a subject."
  (if (string? text)
      (let ((line (car (message-lines text))))
        (if (> (string-length line) 40)
            (string-append (substring line 0 37) "...")
            line))
      ""))

(define (may-mail? to text subject)
  "True iff these make a letter; else say what is wrong."
  (cond ((not (and (or (symbol? to) (string? to))
                   (string? text)
                   (string? subject)))
         (print-line "mail takes a name and a string, like (mail 'bob \"Hi\").")
         #f)
        ((or (> (string-length text) longest-text)
             (> (string-length subject) longest-subject))
         (print-line "A letter has at most ~a characters, its subject ~a."
                     longest-text longest-subject)
         #f)
        (else #t)))

(define (letter-id letter) (car (request-data letter)))

(define (take-out! id)
  "Take the letter called ID out of the outbox.  Return it, or #f."
  (let ((letter (letter-called id outbox)))
    (set! outbox (delq letter outbox))
    letter))

(define (letter-called id letters)
  (cond ((null? letters) #f)
        ((equal? (letter-id (car letters)) id) (car letters))
        (else (letter-called id (cdr letters)))))

(define-reaction! 'mail-kept
  (lambda (request)
    (let ((letter (take-out! (request-data request))))
      (if letter
          (print-line "The server keeps your letter to ~a."
                      (request-dst letter))))))

(define-reaction! 'mail-not-kept
  (lambda (request)
    (let ((letter (take-out! (car (request-data request)))))
      (if letter
          (print-line "Your letter to ~a was not kept: ~a."
                      (request-dst letter) (cadr (request-data request)))))))

(define enroll-without-mail im-enroll)

(define (im-enroll . arguments)
  "The same as before; then what is in the outbox is sent."
  (let ((result (apply enroll-without-mail arguments)))
    (if result
        (for-each (lambda (letter) (send-request letter port-to-server))
                  outbox))
    result))

;;; --- Reading ------------------------------------------------------------

(define (ask-mail action number)
  "Ask the server for something about my mail; its answer is shown."
  (if (may-send? (list 'server number) whoiam (and (enrolled?) port-to-server))
      (send-request (make-request whoiam 'server action number)
                    port-to-server))
  (if #f #f))

(define (mail-headers) (ask-mail 'mail-headers nil))
(define (read-mail number) (ask-mail 'read-letter number))
(define (delete-mail number) (ask-mail 'delete-letter number))

;; One letter at a time: when it is here, ask for the one after it.
(define (get-mail) (ask-mail 'next-letter 0))

(define-reaction! 'next-letter
  (lambda (request)
    (let ((letter (request-data request)))
      (cond ((null? letter) (print-line "No more letters."))
            (else
             (show-letter letter)
             (ask-mail 'next-letter (car letter)))))))

(define-reaction! 'mail-headers
  (lambda (request)
    (if (null? (request-data request))
        (print-line "No letters."))
    (for-each show-header (request-data request))))

(define-reaction! 'letter
  (lambda (request)
    (if (null? (request-data request))
        (print-line "No such letter; (mail-headers) shows which there are.")
        (show-letter (request-data request)))))

(define-reaction! 'letter-deleted
  (lambda (request)
    (if (null? (request-data request))
        (print-line "No such letter; (mail-headers) shows which there are.")
        (print-line "Letter ~a is deleted." (request-data request)))))

(define (show-header letter)
  (print-line "Letter ~a from ~a: ~a"
              (car letter) (cadr letter) (caddr letter)))

(define (show-letter letter)
  (show-header letter)
  (for-each (lambda (line) (print-line "  | ~a" line))
            (message-lines (list-ref letter 3))))

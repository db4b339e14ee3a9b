;;; (im complaint) -- what an error says, to a person
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(define-module (im complaint)
  #:use-module ((im text) #:select (message-lines))
  #:use-module (ice-9 match)
  #:export (bad-argument error-sentence error-lines))

(define (bad-argument who message . arguments)
  "Raise `wrong-type-arg' in the name of WHO, a string: MESSAGE, with ~S for each
of ARGUMENTS, says what is wrong and what would be right."
  (scm-error 'wrong-type-arg who message arguments #f))

(define (error-sentence key arguments)
  "Return what an error with KEY and ARGUMENTS, as `throw' had them, says: a
clause, a string.  It may quote what came from the network."
  (match arguments
    ((_ (? string? message) (? list? parts) . _)
     (apply simple-format #f message parts))
    (_ (printed key arguments))))

(define (error-lines exception)
  "Return what EXCEPTION says, and which procedure says it, as a list of harmless
strings, at least one."
  (message-lines (printed (exception-kind exception)
                          (exception-args exception))))

(define (printed key arguments)
  (string-trim-right
   (call-with-output-string
     (lambda (port)
       ;; A message with a ~ too many makes `format' complain there.
       (parameterize ((current-error-port port))
         (print-exception port #f key arguments))))
   #\newline))

;;; log-client.scm --- homework: a client that keeps a log file
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; Messages are shown as before, and kept in the file IM_LOG.  (show-log)

(load "~cs61as/lib/im-client.scm")

(define log-file (or (getenv "IM_LOG") "im.log"))

(define (log-message from to message)
  (let ((port (open-file log-file "a")))
    (format port "~S~%" (list from to message))
    (flush port)
    (close-port port)))

(define show-msg received-msg)
(define send-msg im)

(define (received-msg from message)
  (log-message from whoiam message)
  (show-msg from message))

(define (im to message)
  (log-message whoiam to message)
  (send-msg to message))

(define (show-log)
  (call-with-input-file log-file
    (lambda (port)
      (define (show entry)
        (if (not (eof-object? entry))
            (begin (format #t "~A -> ~A: ~A~%"
                           (car entry) (cadr entry) (caddr entry))
                   (show (read port)))))
      (show (read port)))))

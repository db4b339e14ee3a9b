;;; correct-longer-cond.scm --- the handler of the original; letters as text
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(load "im-server.scm")
(load "im-client.scm")

(define (mail who text)
  (send-request (make-request whoiam 'server 'store (list who text))
                port-to-server))
(define (get-mail)
  (send-request (make-request whoiam 'server 'fetch nil) port-to-server))

(define (store from to text)
  (let ((port (open-file "store" "a")))
    (write (list to (format #f "~A writes: ~A" from text)) port)
    (newline port)
    (close-port port)))

(define (fetch name port)
  (let ((letter (read port)))
    (cond ((eof-object? letter) 'done)
          (else
           (if (equal? (car letter) name)
               (tell-client name (cadr letter)))
           (fetch name port)))))

(define (setup-client-request-handler name sock)
  (define port (socket-input sock))
  (when-port-readable
   port
   (lambda ()
     (let ((req (get-request port)))
       (cond ((not req) (remove-client name))
             ((equal? (request-action req) 'store)
              (store name (car (request-data req)) (cadr (request-data req))))
             ((equal? (request-action req) 'fetch)
              (if (file-exists? "store")
                  (call-with-input-file "store"
                    (lambda (file) (fetch name file)))))
             (else (serve-request name req)))))))

;;; web-server.scm -- the files of one directory, for any browser
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;;     guile web-server.scm [PORT [DIRECTORY [ADDRESS]]]
;;;
;;; HTTP is a conversation in lines: the client asks with a head (a request
;;; line, some headers, an empty line), the server answers with a head and
;;; the bytes of the file; then the client may ask again.  Guile's modules
;;; (web request) and (web response) know how heads are written.

(use-modules (im socket) (im reactor) (im text) (im lines) (im inside) (im lab)
             (ice-9 binary-ports) (rnrs bytevectors)
             (web http) (web request) (web response) (web uri))

(define types
  '(("html" text/html (charset . "utf-8"))
    ("txt" text/plain (charset . "utf-8"))
    ("css" text/css) ("js" text/javascript) ("json" application/json)
    ("png" image/png) ("jpg" image/jpeg) ("gif" image/gif)
    ("svg" image/svg+xml) ("pdf" application/pdf)))

(define (type-of name)
  (let ((ending (last-part name #\.)))
    (or (assoc-ref types (string-downcase ending))
        '(application/octet-stream))))

(define (last-part text separator)
  (car (reverse (string-split text separator))))

;;; --- One connection ---------------------------------------------------

(define (serve client directory)
  "Answer CLIENT's requests for files of DIRECTORY until it has no more."
  (let ((port (socket-input client)))
    (set-port-encoding! port "ISO-8859-1")
    (answer-all port directory)))

(define (answer-all port directory)
  (let ((head (call-with-timeout 20 (lambda () (read-head port '() 64))
                                 (lambda () #f))))
    (if (and head (answer head port directory))
        (answer-all port directory))))

(define (read-head port lines room)
  "Return the lines of a request's head as one string, or #f at the end."
  (let ((line (read-short-line port #:most 4096)))
    (cond ((eof-object? line) #f)
          ((zero? room) (error "too many headers"))
          ((and (string-null? line) (null? lines))      ; RFC 9112, 2.2
           (read-head port lines (- room 1)))
          ((string-null? line)
           (string-join (reverse (cons* "" "" lines)) "\r\n"))
          (else (read-head port (cons line lines) (- room 1))))))

;;; --- One request ------------------------------------------------------

(define (answer head port directory)
  "Send the answer to HEAD.  Return true if the client may ask again."
  (let ((request (parse-head head)))
    (cond ((not request) (say port 400 "Bad request" #f #t))
          ((memq (request-method request) '(GET HEAD))
           (send-file (name-in (request-uri request)) directory port
                      (keep-alive? request)
                      (eq? (request-method request) 'GET)))
          (else
           (say port 405 "Only GET and HEAD" (keep-alive? request) #t)))))

(define (parse-head head)
  "Return the request that HEAD is, or #f if it is none."
  (catch #t
    (lambda () (call-with-input-string head read-request))
    (lambda (key . rest) #f)))

(define (keep-alive? request)
  "Return #t if another request may follow.  What has a body is the last: we
don't read bodies."
  (and (equal? (request-version request) '(1 . 1))
       (not (memq 'close (request-connection request)))
       (memv (request-content-length request) '(#f 0))
       (null? (request-transfer-encoding request))))

(define (name-in uri)
  "Return the file name that URI asks for; %2e and the like are decoded."
  (catch #t
    (lambda ()
      (let ((parts (split-and-decode-uri-path (uri-path uri))))
        (if (null? parts) "index.html" (string-join parts "/"))))
    (lambda (key . rest) "")))

(define (send-file name directory port again? body?)
  (let ((file (catch #t
                (lambda () (open-inside directory name O_RDONLY))
                (lambda (key . rest) #f))))
    (cond (file
           (let ((size (stat:size (stat file))))
             (send-head port 200 (type-of name) size again?)
             (if body? (copy file port size))
             (close-port file)
             (print-line "200 ~a" name)
             again?))
          (else
           (print-line "404 ~a" name)
           (say port 404 "No such file" again? body?)))))

(define (say port code text again? body?)
  "Answer with CODE and TEXT.  Return AGAIN?."
  (send-head port code '(text/plain) (+ 1 (string-length text)) again?)
  (if body? (begin (display text port) (newline port)))
  again?)

(define (send-head port code type size again?)
  (write-response
   (build-response #:code code
                   #:headers `((content-type . ,type)
                               (content-length . ,size)
                               ,@(if (= code 405) '((allow GET HEAD)) '())
                               (connection ,(if again? 'keep-alive 'close))))
   port))

(define (copy file port size)
  "Send SIZE bytes of FILE.  `put-bytevector' waits while the client reads
slowly, but not for ever."
  (if (> size 0)
      (let ((bytes (get-bytevector-n file (min size 16384))))
        (call-with-timeout 20 (lambda () (put-bytevector port bytes)))
        (copy file port (- size (bytevector-length bytes))))))

;;; --- The server -------------------------------------------------------

(define (web-server port directory address)
  "Show the files of DIRECTORY to who connects to PORT at ADDRESS."
  (let ((server (make-server-socket port              ; socket, bind, listen
                                    #:address address)))
    (define (accept)
      (serve-client (socket-accept-connection (socket-dup server))
                    (lambda (client) (serve client directory))))
    (when-socket-ready server accept)
    (announce server)))

(start-lab web-server '((port 8080) (directory ".") (address "127.0.0.1")))

;;; test-xml.scm --- the older version carries what it can, and says what not
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(use-modules (im-test) (im socket) (im request)
             (ice-9 format) (ice-9 match) (srfi srfi-64))

(define-syntax-rule (with-pair (port peer) body ...)
  (match (connected-pair)
    ((socket . peer)
     (let ((port (socket-input socket)))
       (speak-xml! port)
       body ...
       (socket-shutdown socket)))))

(define* (get port #:optional (timeout 5))
  "Return the next request from PORT, or the sentence that says why not."
  (let ((why #f))
    (or (get-request port #:timeout timeout
                     #:tell (lambda (text) (set! why text)))
        why)))

(define (line command from to data)
  (format #f "<command>~a</command><from>~a</from><to>~a</to>\
<data>~a</data>\n" command from to data))

;;; --- What comes ----------------------------------------------------------

(define received
  `((("hello" "ann" "server" "") (ann server hello ()))
    (("send-msg" "ann" "bob" "") (ann bob send-msg ""))
    (("send-msg" "ann" "Bob Smith" "hi (you)")
     (ann "Bob Smith" send-msg "hi (you)"))
    (("sorry" "server" "ann" "taken") (server ann sorry "taken"))
    (("client-list" "server" "ann" "") (server ann client-list ()))
    (("client-list" "server" "ann" " ann bob")
     (server ann client-list (ann bob)))
    (("client-list" "server" "ann" "ann  Bob ")
     (server ann client-list (ann "Bob")))))

(define (test-receiving)
  (with-pair (port peer)
    (for-each
     (match-lambda
       ((fields request)
        (say peer (apply line fields))
        (test-equal (format #f "~s is a request" fields) request
                    (get port))))
     received)
    (say peer (line "" "ann" "bob" "no command"))
    (test-assert "a line without a command is none"
      (string-contains (get port) "bad input"))))

(define (test-endless-line)
  (with-pair (port peer)
    (limit! port 'request-bytes 1000)
    (say peer (make-string 1000 #\<))
    (test-assert "a line longer than the limit is refused"
      (string-contains (get port) "Message too long"))))

;;; --- What goes -----------------------------------------------------------

(define sent
  `(((ann server hello ()) ("hello" "ann" "server" ""))
    ((ann "Bob" send-msg "hi") ("send-msg" "ann" "Bob" "hi"))
    ((ann bob send-msg word) ("send-msg" "ann" "bob" "word"))
    ((ann bob send-msg (1 "two" three))
     ("send-msg" "ann" "bob" "(1 \"two\" three)"))
    ((server ann client-list (ann "Bob"))
     ("client-list" "server" "ann" " ann Bob"))))

(define not-sent
  `(("a line break" (ann bob send-msg "a\nb") "line break")
    ("a closing tag" (ann bob send-msg "</data>") "closing tag")
    ("a procedure" (ann bob send-msg ,car) "can't be sent")
    ("a list of clients with a number" (server ann client-list (ann 7))
     "can't be sent")
    ("64 KiB and more" (ann bob send-msg ,(make-string 66000 #\x))
     "too long")))

(define (test-sending)
  (with-pair (port peer)
    (for-each
     (match-lambda
       ((request fields)
        (let ((wanted (apply line fields)))
          (send-request request port)
          (test-equal (format #f "~s is a line" request) wanted
                      (hear peer wanted)))))
     sent)
    (for-each
     (match-lambda
       ((name request sentence)
        (let ((why ""))
          (test-equal (format #f "not sent: ~a" name) '(#f #t)
            (let ((sent (send-request request port
                                      (lambda (text) (set! why text)))))
              (list sent (and (string-contains why sentence) #t)))))))
     not-sent)
    (steps 3)
    (test-equal "and nothing of these on the wire" "" (heard peer))))

(run-tests "xml"
           `("what comes" ,test-receiving)
           `("an endless line" ,test-endless-line)
           `("what goes" ,test-sending))

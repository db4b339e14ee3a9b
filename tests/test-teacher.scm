;;; test-teacher.scm --- who runs a server sees who is on, and can step in
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(use-modules (program-test) (im reactor) (im socket) (im limits)
             (ice-9 format) (srfi srfi-1) (srfi srfi-64))
(load-from-path "im-server.scm")

(the-server-listens-on! (lambda () (socket-port-number server-socket)))

(define-syntax-rule (with-server body ...)
  (dynamic-wind
    (lambda () (im-server-start #:address "127.0.0.1"))
    (lambda () body ...)
    (lambda () (im-server-close) (settle))))

(define (hears? peer text)
  (equal? text (hear peer text)))

(define (test-who)
  (with-server
   (test-equal "nobody is on" "" (printed-by (im-who)))
   (let* ((ann (enrolled "ann")) (bob (enrolled "|Bob|" "ann")))
     (im-mute 'ann)
     (test-equal "who is on, and from where"
       "Bob  127.0.0.1\nann  127.0.0.1  muted\n" (printed-by (im-who)))
     (im-unmute 'ann))))

(define (test-kick)
  (with-server
   (let* ((ann (enrolled "ann")) (eve (enrolled "eve" "ann")))
     (hear-list ann "ann" '("eve" "ann"))
     (test-eq "kicking gives okay" 'okay (im-kick 'EVE "too loud"))
     (test-equal "who is kicked is told why"
       "(server eve receive-msg \"too loud\")(server eve goodbye ())"
       (hear eve
             "(server eve receive-msg \"too loud\")(server eve goodbye ())"))
     (test-eq "and hung up on" 'end (hear eve 'end))
     (test-assert "and the others that one is gone"
       (equal? (hear-list ann "ann" '("ann")) "(server ann client-list (ann))"))
     (test-equal "nobody is called so any more"
       '("Nobody here is called eve; (im-who) shows who is.\n" #f)
       (let* ((result 'none)
              (text (printed-by (set! result (im-kick 'eve)))))
         (list text result))))))

(define (test-mute)
  (with-server
   (let* ((ann (enrolled "ann")) (eve (enrolled "eve" "ann")))
     (hear-list ann "ann" '("eve" "ann"))
     (test-eq 'okay (im-mute "Eve"))
     (say eve "(eve ann send-msg 1)")
     (test-assert "who is muted is told so"
       (hears? eve "(server eve receive-msg \"Not delivered: you are muted.\")"))
     (say ann "(ann eve send-msg 2)")
     (test-assert "but hears others" (hears? eve "(ann eve receive-msg 2)"))
     (hang-up eve)
     (hear-list ann "ann" '("ann"))
     (let ((eve (enrolled "eve" "ann")))
       (hear-list ann "ann" '("eve" "ann"))
       (say eve "(eve ann send-msg 3)")
       (test-assert "coming again doesn't help"
         (hears? eve
                 "(server eve receive-msg \"Not delivered: you are muted.\")"))
       (test-eq 'okay (im-unmute 'eve))
       (say eve "(eve ann send-msg 4)")
       (test-assert "until one is unmuted: then all is delivered that was \
said later" (hears? ann "(eve ann receive-msg 4)"))))))

;;; --- The log -------------------------------------------------------------

(define (lines text)
  (remove string-null? (string-split text #\newline)))

(define (log-of messages)
  "Return what the log tells when ann sends bob MESSAGES, as they are written."
  (with-server
   (let* ((ann (enrolled "ann")) (bob (enrolled "bob" "ann")))
     (hear-list ann "ann" '("bob" "ann"))
     (lines (printed-by
             (say ann (string-concatenate
                       (map (lambda (message)
                              (format #f "(ann bob send-msg ~a)" message))
                            messages)))
             (knows-nothing-new? ann "ann"))))))

(define (test-log)
  (test-equal "the log tells who talks to whom, not what they say"
    '("ann -> bob" "ann -> bob") (log-of '("\"secret\"" "42")))
  (set! log-messages #t)
  (test-equal "unless asked for, and then each is one harmless line"
    '("ann -> bob: hi\\xa;bob -> ann: forged\\x1b;[2J ~a")
    (log-of '("\"hi\nbob -> ann: forged\x1b[2J ~a\"")))
  (set! log-messages #f)
  (im-limit 'log-lines 10)
  (let* ((begun (now))
         (shown (log-of (make-list 500 "1")))
         (rest (lines (printed-by (soon (const #f) 1.2)))))
    (test-assert "a flood fills no screen"
      (<= (length shown) (* 11 (+ 2 (- (now) begun)))))
    (test-assert "what was left out is counted"
      (any (lambda (line) (string-suffix? "more lines in this second)" line))
           (append shown rest))))
  (im-limit 'log-lines 100))

(define (now)
  (/ (get-internal-real-time) internal-time-units-per-second 1.0))

;;; --- Names that look like others ------------------------------------------

(define (test-names)
  (with-server
   (let ((peer (enrolled "ann")))
     (for-each
      (match-name peer)
      '(("\"a\\x200b;nn\"" "a name has no control characters and no special spaces")
        ("\"ann\\x3164;\"" "a name has no control characters and no special spaces")
        ("\"ann\\xa0;\"" "a name has no control characters and no special spaces")
        ("\"ann\\x202e;\"" "a name has no control characters and no special spaces")
        ("\"ann\\xad;\"" "a name has no control characters and no special spaces")
        ("\"\\x2800;\"" "a name has no control characters and no special spaces")
        ("\"[teacher] hi\"" "a name has no brackets and no >")
        ("\"ann -> bob\"" "a name has no brackets and no >")
        ("\"ann \"" "a name doesn't begin or end with a space")
        ("\"SERVER\"" "only the server is called server")
        ("||" "a name has at least one character"))))))

(define (match-name enrolled-peer)
  (lambda (row)
    (let ((peer (new-peer)))
      (say peer (format #f "(~a server hello ())" (car row)))
      (test-assert (format #f "~a is refused: ~a" (car row) (cadr row))
        (soon (lambda ()
                (string-suffix? (format #f " sorry ~s)" (cadr row))
                                (heard-so-far peer))))))))

(run-tests "teacher"
  (lambda ()
    (test-who)
    (test-kick)
    (test-mute)
    (test-log)
    (test-names)))

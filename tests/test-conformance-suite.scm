;;; test-conformance-suite.scm --- the cases are right, and notice what isn't
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; A server and a client that have nothing of Guile-IM pass every group, and
;;; fail one as soon as they do something wrong that it is about.  The rules
;;; that the cases name stand in doc/protocol.texi, and what is to be passed on
;;; is, to Guile's own reader, what was sent.

(use-modules (conformance cases)
             (conformance suite)
             (conformance target)
             (ice-9 iconv)
             (ice-9 match)
             (manual-text)
             (session-format)
             (session-player)
             (session-process)
             (session-subject)
             (session-suite)
             (session-variants)
             (session-wire)
             (srfi srfi-1)
             (srfi srfi-26)
             (srfi srfi-64))

(define top-source (or (getenv "abs_top_srcdir") "."))
(define top-build (or (getenv "abs_top_builddir") "./build"))

(define (original-command file fault)
  "Return the shell's command that runs FILE of conformance/ with FAULT."
  (format #f "'~a/pre-inst-env' guile -L '~a/tests' \
'~a/tests/conformance/~a'~a"
          top-build top-source top-source file
          (if fault (string-append " --fault " fault) "")))

(define (profile-of group)
  "Return the profile in which the small programs are tested with GROUP.  What
the original programs said in XML depends on how STk prints a socket."
  (if (string=? group "xml") "guile-im" "original"))

(define (first-failure group fault)
  "Return the first case of GROUP that the small programs fail with FAULT, or
#f."
  (setenv "SERVER_COMMAND" (original-command "original-server.scm" fault))
  (setenv "CLIENT_COMMAND" (original-command "original-client.scm" fault))
  (let ((target (if (member group client-groups) (own-clients) (own-server))))
    (run-until-failure group target (profile-of group))))

(define (test-faults)
  (for-each
   (lambda (group)
     (test-equal (string-append group ": passes without a fault") #f
                 (first-failure group #f))
     (test-assert (string-append group ": fails with its fault")
       (first-failure group group)))
   (append server-groups client-groups)))


;;; A server that somebody else has started

(define (server-place server)
  "Return HOST:PORT of SERVER."
  (format #f "127.0.0.1:~a" (server-port server)))

(define (enrolled-socket server)
  "Return a socket whose client is enrolled with SERVER."
  (let ((socket (connect-to (server-address server))))
    (for-each (lambda (action)
                (send-bytes (format #f "(guest server ~a ())" action) socket)
                (readable (list socket) (patience))
                (receive-bytes socket))
              '("hello" "thanks"))
    socket))

(define (test-running-server)
  (setenv "SERVER_COMMAND" (original-command "original-server.scm" #f))
  (let* ((server (start-server))
         (target (server-at (server-place server)))
         (count (length (group-cases "closings" target "original"))))
    (test-equal "a server that can't be told to close: not applicable"
      (make-tally (- count 2) 0 2)
      (run-group "closings" target "original" (const #t)))
    (test-equal "the recorded sessions, with another end"
      (make-tally 3 0 0)
      (run-group "recorded" target "original" (const #t)))
    (let ((guest (enrolled-socket server)))
      (test-assert "others are enrolled: says so"
        (parameterize ((patience 1/50))
          (match (catch #t
                   (lambda () (target-renew! target))
                   (lambda (key . arguments) (object->string arguments)))
            ((? string? text) (string-contains text "nobody else"))
            (_ #f))))
      (close-port guest))
    (test-equal "and it ends well" 0 (stop-server! server))))


;;; The cases themselves

(define (squeezed text)
  "Return TEXT with one space for each run of white space."
  (string-join (string-tokenize text) " "))

(define (test-rules)
  (define description
    (squeezed (chapter-text "protocol.texi")))
  (for-each
   (lambda (group)
     (test-equal (string-append group ": its rules stand in doc/protocol.texi")
       '()
       (remove (lambda (rule)
                 (and (not (string-null? rule))
                      (string-contains description rule)))
               (delete-duplicates
                (append-map (lambda (profile)
                              (map case-rule (all-cases group profile)))
                            '("guile-im" "original"))))))
   (append server-groups client-groups)))

(define (all-cases group profile)
  "Return the cases of GROUP for PROFILE."
  (group-cases group
               (if (member group client-groups) (own-clients) (own-server))
               profile))

;; What Guile takes for numbers, and one that it doesn't read.
(define (read-otherwise? case)
  (any (cut string-prefix? <> (case-name case)) '("+i " "-i " "1e-400 ")))

(define (test-data)
  (read-enable 'r7rs-symbols)
  (read-enable 'r6rs-hex-escapes)
  (for-each
   (lambda (case)
     (let ((sent (line-of case "(ann ann send-msg"))
           (passed-on (line-of case "(ann ann receive-msg")))
       (when (and sent passed-on)
         (test-equal (string-append "Guile reads the same: " (case-name case))
           (request-data sent) (request-data passed-on)))))
   (remove read-otherwise? (all-cases "data" "guile-im"))))

(define (line-of case beginning)
  "Return the bytes of the line of CASE with this BEGINNING, or #f."
  (find (cut string-prefix? beginning <>)
        (append-map event-choices (session-events (case-session case)))))

(define (request-data bytes)
  "Return the data, as Guile reads it, of the request in BYTES."
  (fourth (call-with-input-string
              (bytevector->string (string->bytevector bytes "ISO-8859-1")
                                  "UTF-8")
            read)))

(define (case-of . lines)
  "Return the session that LINES describe, in which nobody types anything."
  (map-events (lambda (event) (if (act? event) '() (list event)))
              (parse-session "a case" lines (cut string-contains <> " > "))))

(define (test-player)
  (define (plays client-lines server-lines)
    "Return the result of clients and a server playing these lines."
    (let* ((server (make-player #\< (apply case-of server-lines)
                                (make-subject)))
           (result (parameterize ((patience 1/50))
                     (play #\> (apply case-of client-lines)
                           (player->subject server)))))
      (close-player! server)
      result))
  (define choice '("1 OPEN" "1 > x" "1 < ab  OR  ba  OR  c" "1 < d"))
  (for-each
   (match-lambda
     ((come agrees?)
      (test-equal (format #f "a choice, ~s comes" come) agrees?
        (eq? agrees (plays choice `("1 OPEN" "1 > x" ,@come))))))
   '((("1 < abd") #t) (("1 < ba" "1 < d") #t) (("1 < b" "1 < ad") #t)
     (("1 < c" "1 < d") #t) (("1 < bb") #f) (("1 < d") #f) (("1 < a") #f)
     (("1 < abcd") #f)))
  (test-assert "nothing may be missing after SHUT"
    (string? (plays '("1 OPEN" "1 > SHUT" "1 < bye" "1 < END")
                    '("1 OPEN" "1 > END" "1 < END"))))
  (test-equal "all of it comes after SHUT" agrees
    (plays '("1 OPEN" "1 > SHUT" "1 < bye" "1 < END")
           '("1 OPEN" "1 > END" "1 < bye" "1 < END"))))

(run-test-suite "conformance-suite"
  (lambda ()
    (test-rules)
    (test-data)
    (test-player)
    (test-running-server)
    (test-faults)))

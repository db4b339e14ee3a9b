;;; (waits) -- how long people wait
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; These are times by the clock, of programs that have pipes for a keyboard
;;; and a screen.

(define-module (waits)
  #:use-module (ice-9 binary-ports)
  #:use-module (ice-9 format)
  #:use-module (ice-9 popen)
  #:use-module (ice-9 rdelim)
  #:use-module (rnrs bytevectors)
  #:use-module (servers)
  #:use-module (srfi srfi-9)
  #:export (prompt-ms line-ms longest-pause-ms))

(define (now-ms)
  (/ (get-internal-real-time) internal-time-units-per-second .001))

(define (guile . words)
  "Return the words of a command that runs Guile with WORDS."
  (cons* (built "pre-inst-env") "guile" "--no-auto-compile"
         (map (lambda (word) (format #f "~a" word)) words)))

;;; --- At the prompt ----------------------------------------------------

(define-record-type <person>
  (make-person screen keyboard pid)
  person?
  (screen person-screen)
  (keyboard person-keyboard)
  (pid person-pid))

(define (start-client . arguments)
  "Return a person at a client."
  (call-with-values
      (lambda ()
        (pipeline
         (list (apply guile "-c" "((@ (im main) main) (cdr (command-line)))"
                      "client" arguments))))
    (lambda (screen keyboard pids)
      (make-person screen keyboard (car pids)))))

(define (await person text)
  "Return when TEXT has appeared on PERSON's screen."
  (let loop ((seen ""))
    (unless (string-contains seen text)
      (loop (string-append seen (utf8->string (get-bytevector-some
                                               (person-screen person))))))))

(define (type person expression)
  (write expression (person-keyboard person))
  (newline (person-keyboard person))
  (force-output (person-keyboard person)))

(define (leave! person)
  (type person '(exit))
  (close-port (person-keyboard person))
  (waitpid (person-pid person))
  (close-port (person-screen person)))

(define prompt "(guile-user)> ")

(define (prompt-ms)
  "Return how long it takes from starting a client to its prompt."
  (let* ((begun (now-ms))
         (person (start-client)))
    (await person prompt)
    (let ((ended (now-ms)))
      (leave! person)
      (- ended begun))))

(define (line-ms port count)
  "Return the times from typing (im 'bob ...) on one screen to the line on the
other, for COUNT messages through the server at PORT."
  (let ((ann (start-client "--name" "ann" "127.0.0.1" port))
        (bob (start-client "--name" "bob" "127.0.0.1" port)))
    (await bob prompt)
    (await ann prompt)
    (let ((times (map (lambda (i) (message-ms ann bob i)) (iota count))))
      (for-each leave! (list ann bob))
      times)))

(define (message-ms ann bob number)
  (let ((text (format #f "line-~a-" number)) (begun (now-ms)))
    (type ann `(im 'bob ,text))
    (await bob text)
    (- (now-ms) begun)))

;;; --- The collector ----------------------------------------------------

;; Each collection stops the server, from its beginning to its end.
(define server-that-collects "
(define logging #f)
(load-from-path \"im-server.scm\")
(im-server-start #:address \"127.0.0.1\")
(format #t \"~a~%\" (socket-port-number server-socket))
(define (collection-ms)
  (let ((begun (get-internal-real-time)))
    (gc)
    (/ (- (get-internal-real-time) begun) 1e6)))
(define (when-there count do)
  (if (= (length (get-clients-list)) count)
      (do)
      (after .1 (lambda () (when-there count do)))))
(define (collect)
  (format #t \"~a~%\" (map (lambda (i) (collection-ms)) (iota 10)))
  (force-output)
  (when-there 0 exit))
(force-output)
(when-there (string->number (cadr (command-line))) collect)
(run-reactor)
")

(define (longest-pause-ms clients start-load)
  "Return the longest of ten collections in a server while so many CLIENTS are
connected.  (START-LOAD PORT) returns a pipe from a program that connects
them, and then says nothing for some seconds."
  (let ((server (apply open-pipe* OPEN_READ
                       (guile "-c" server-that-collects clients))))
    (read-line server)                        ; where it listens
    (let* ((load (start-load (read server)))
           (pauses (read server)))
      (close-pipe load)                       ; then the server ends, too
      (close-pipe server)
      (apply max pauses))))

;;; session-play.scm --- plays: a server, people at prompts, and what happens
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; A play is acted out by processes.  What happens in it is a list of
;;;
;;;     (WHO types TEXT)        PORT in it is the server's port
;;;     (WHO does TEXT)         the same, and it is done before what follows
;;;     (WHO sees TEXT COUNT)   comes to see it COUNT times, and no more until
;;;                             the end
;;;     (server dies)           killed with SIGKILL, and started again, on a
;;;                             port of another number
;;;
;;; where WHO is a name in the cast, or `server'.

(define-module (session-play)
  #:use-module (ice-9 match)
  #:use-module (session-process)
  #:use-module (session-program)
  #:use-module (session-subject)
  #:use-module (srfi srfi-1)
  #:use-module (srfi srfi-9)
  #:export (act-out))

(define-record-type <stage>
  (make-stage server-program server cast)
  stage?
  (server-program stage-server-program)
  (server stage-server set-stage-server!)
  (cast stage-cast))                    ; ((name . process) ...)

(define (act-out server-program people happenings)
  "Return (RESULT STATUSES STATUS): `well', or what didn't happen of
HAPPENINGS; the different exit statuses of PEOPLE, and that of the server, which
runs SERVER-PROGRAM.  PEOPLE is a list of (NAME PROGRAM), who enroll in this
order, or (NAME PROGRAM doesnt-enroll)."
  (let* ((server (start-server server-program))
         (cast (start-all people (server-port server)))
         (stage (make-stage server-program server cast))
         (result (or (any (lambda (happening) (failure happening stage))
                          happenings)
                     (any (lambda (happening)
                            (excess happening happenings stage))
                          happenings)
                     'well)))
    (list result
          (delete-duplicates (map dismiss! cast))
          (stop-server! (stage-server stage)))))


;;; Who takes part

;; Where everybody stands: a person's process and what they enroll with.
(define show-who-is-here
  "(define (update-client-list names)
     (format #t \"~%<<~S>>~%\" (cons 'here names)))")

(define (start-all people port)
  "Return who takes part: PEOPLE's names and processes, enrolled in order."
  (define programs
    (map (lambda (person) (with-lines (second person) show-who-is-here))
         people))
  (define cast
    (map (lambda (program person)
           (cons (first person)
                 (start-program program (symbol->string (first person)))))
         programs people))
  (for-each (lambda (program person member)
              (if (null? (cddr person))
                  (enroll! (car member) (cdr member)
                           (program-enroll-line program port))))
            programs people cast)
  cast)

(define (enroll! name process line)
  "Type LINE to PROCESS and wait until it shows that NAME is here."
  (type! process line)
  (wait-for process
            (lambda ()
              (positive? (times (format #f "<<(here ~a" name) process)))))

(define (dismiss! person)
  "Return the exit status of PERSON, after the end of their input."
  (close-port (process-input (cdr person)))
  (reap! (cdr person)))

(define (process-of who stage)
  (if (eq? who 'server)
      (server-process (stage-server stage))
      (assq-ref (stage-cast stage) who)))

(define (kill-server! stage)
  "Kill the server, and start another that runs the same."
  (let ((process (server-process (stage-server stage))))
    (signal! process SIGKILL)
    (reap! process)
    (set-stage-server! stage (start-server (stage-server-program stage)))))


;;; What happens

(define (failure happening stage)
  "Return #f if HAPPENING does happen on STAGE, else a report."
  (match happening
    (('server 'dies)
     (kill-server! stage)
     #f)
    ((who 'types text)
     (type-at who text stage)
     #f)
    ((who 'does text)
     (let ((done (times "<<done>>" (process-of who stage))))
       (type-at who text stage)
       (type-at who "(display \"<<done>>\")" stage)
       (failure `(,who sees "<<done>>" ,(+ done 1)) stage)))
    ((who 'sees text count)
     (let ((process (process-of who stage)))
       (and (not (wait-for process
                           (lambda () (<= count (times text process)))))
            (report happening process))))))

(define (type-at who text stage)
  (type! (process-of who stage)
         (with-port text (server-port (stage-server stage)))))

(define (excess happening happenings stage)
  "Return #f unless HAPPENING, at the end of HAPPENINGS, has happened too
often; else a report."
  (match happening
    ((who 'sees text _)
     (let ((process (process-of who stage)))
       (drain! process)
       (and (> (times text process) (most who text happenings))
            (report happening process))))
    (_ #f)))

(define (most who text happenings)
  "Return how often WHO sees TEXT at the end of HAPPENINGS."
  (apply max (filter-map (match-lambda
                           (((? (lambda (other) (eq? other who))) 'sees
                             (? (lambda (other) (equal? other text))) count)
                            count)
                           (_ #f))
                         happenings)))

(define (times text process)
  "Return how often PROCESS has printed TEXT."
  (let ((transcript (process-transcript process)))
    (let loop ((start 0) (count 0))
      (let ((found (string-contains transcript text start)))
        (if found
            (loop (+ found 1) (+ count 1))
            count)))))

(define (report happening process)
  (format #f "~s: seen ~a times~%~a" happening
          (times (third happening) process) (process-transcript process)))

(define (with-port text port)
  "Return TEXT with the number PORT for the word PORT."
  (let ((start (string-contains text "PORT")))
    (if start
        (string-replace text (number->string port) start (+ start 4))
        text)))

;;; (im grade seat) -- where a student's program sits down
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; What must happen in the new process before the student's prompt appears;
;;; and how processes are kept together, which only Linux can do well.

(define-module (im grade seat)
  #:use-module (im main)
  #:use-module (system foreign)
  #:export (sit-down adopt-orphans!))

(define most-memory (* 2 1024 1024 1024)) ; bytes; Guile's heap reserves much
(define most-file (* 64 1024 1024))     ; bytes in a file it writes

(define (sit-down directory)
  "Be a student's prompt in DIRECTORY, in a session of our own and within
limits.  Doesn't return."
  (setsid)
  (die-with-parent!)
  (chdir directory)
  (dup2 1 2)
  (setrlimit 'as most-memory most-memory)
  (setrlimit 'fsize most-file most-file)
  (setrlimit 'core 0 0)
  (main '("repl")))

;; <linux/prctl.h>
(define PR_SET_PDEATHSIG 1)
(define PR_SET_CHILD_SUBREAPER 36)

(define (prctl option value)
  "Do nothing where there is no such call."
  (false-if-exception
   ((pointer->procedure int (dynamic-func "prctl" (dynamic-link))
                        (list int unsigned-long))
    option value)))

(define (adopt-orphans!)
  "What a child of ours leaves behind becomes a child of ours."
  (prctl PR_SET_CHILD_SUBREAPER 1))

(define (die-with-parent!)
  (prctl PR_SET_PDEATHSIG SIGKILL))

;;; mutants.scm -- servers with a mistake, which a history must show
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; Usage: guile mutants.scm MUTANT
;;; Serve without a prompt as `guile-im server --headless' does, but for one
;;; message in a hundred as MUTANT says.

(load-from-path "im-server.scm")
(use-modules (im reactor) (ice-9 match))

(define mutant (cadr (command-line)))
(define logging #f)

(define count 0)
(define (hundredth?)
  (set! count (1+ count))
  (zero? (modulo count 100)))

(define pass-on-rightly pass-on)
(define tell-rightly tell-client)

(define (port-of-another name)
  "Return the port of a client who isn't called NAME."
  (let loop ((entries (cdr clients-table)))
    (if (eq? name (caar entries))
        (loop (cdr entries))
        (socket-output (cdar entries)))))

;; What `late' holds back: (FROM TO DATA), or #f.
(define held #f)

(define (pass-on-and-held from to data port)
  "Pass DATA on, and after it what was held back between the same two."
  (pass-on-rightly from to data port)
  (match held
    (((? (lambda (name) (eq? name from))) (? (lambda (name) (eq? name to)))
      earlier)
     (set! held #f)
     (pass-on-rightly from to earlier port))
    (_ #f)))

(define mutants
  `(("lose" . ,(const #t))
    ("double" . ,(lambda (from to data port)
                   (pass-on-rightly from to data port)
                   (pass-on-rightly from to data port)))
    ("late" . ,(lambda (from to data port)
                 (set! held (list from to data))))
    ("astray" . ,(lambda (from to data port)
                   (pass-on-rightly from to data (port-of-another to))))
    ("change" . ,(lambda (from to data port)
                   (pass-on-rightly from to (string-append data " ") port)))
    ("tell" . ,(lambda (from to data port)
                 (pass-on-rightly from to data port)
                 (tell-rightly from (format #f "User not found: ~a" to))))
    ("none" . ,pass-on-and-held)))

;; Those to oneself are spared: a client waits for them.
(define (sometimes wrongly rightly)
  (lambda (from to . rest)
    (apply (if (and (hundredth?) (not (eq? from to))) wrongly rightly)
           from to rest)))

(if (equal? mutant "silent")            ; says nothing of what is lost
    (set! tell-client (sometimes (const #t) tell-rightly))
    (set! pass-on (sometimes (assoc-ref mutants mutant) pass-on-and-held)))

(setvbuf (current-output-port) 'line)
(im-server-start #:address "127.0.0.1")
(run-reactor)

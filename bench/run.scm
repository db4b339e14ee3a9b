;;; run.scm -- measure servers, and keep what was measured
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; Usage: guile run.scm OUTPUT ROUNDS WHAT SERVER...
;;;
;;; WHAT is `all', one half of that, `throughput' or `rest', or `quick', which
;;; is little of everything.
;;; Writes to the file OUTPUT one JSON object a line: what bench/load
;;; reported, with the server, the round and the name of the cell.

(use-modules (ice-9 format) (ice-9 match) (ice-9 popen)
             (ice-9 textual-ports) (srfi srfi-1)
             (results) (servers) (targets) (waits))

(define load-program
  (string-append (getenv "abs_top_builddir") "/bench/load"))
(define pre-inst-env
  (string-append (getenv "abs_top_builddir") "/pre-inst-env"))

(define output #f)

(define (say template . arguments)
  (apply format (current-error-port) template arguments)
  (force-output (current-error-port)))

(define (keep! server round cell fields)
  "Write a line of results; FIELDS is text, `\"name\": value, ...}'."
  (format output "{\"server\": \"~a\", \"round\": ~a, \"cell\": \"~a\", ~a~%"
          server round cell fields)
  (force-output output))

(define (start-load . arguments)
  "Return a pipe from bench/load with ARGUMENTS."
  (apply open-pipe* OPEN_READ
         (pinned load-cpu
                 (map (lambda (word) (format #f "~a" word))
                      (cons* load-program "--json" arguments)))))

(define (run-load server round cell . arguments)
  "Load SERVER, which runs, as ARGUMENTS say, and keep what came out.  A wrong
delivery ends it all."
  (let* ((pipe (apply start-load
                      "--port" (running-port server)
                      "--pid" (running-pid server)
                      "--protocol" (server-protocol (running-name server))
                      arguments))
         (line (string-trim-both (get-string-all pipe))))
    (unless (zero? (close-pipe pipe))
      (say "~a, ~a: failed~%" (running-name server) cell)
      (exit 1))
    (keep! (running-name server) round cell (substring line 1))
    (say ".")))

;;; --- Throughput -------------------------------------------------------

;; All servers run at the same time, one of them busy, so that each cell is
;; measured for all within a second or two: what else the machine does then
;; is much the same for all.

(define (measure-cells round servers scale)
  (let start ((names servers) (running '()))
    (match names
      ((name . more)
       (with-server name
         (lambda (server) (start more (cons server running)))))
      (()
       (for-each (lambda (cell)
                   (for-each (lambda (server)
                               (measure-cell round cell server scale))
                             (reverse running)))
                 cells)))))

(define (measure-cell round cell server scale)
  (let ((reference (cell-reference cell (running-name server))))
    (when reference
      (run-load server round (cell-name cell)
                "--pairs" (cell-pairs cell) "--window" (cell-window cell)
                "--joining" (joining (running-name server))
                "--messages" (messages cell (* scale reference))))))

(define (messages cell scale)
  (inexact->exact
   (ceiling (max (* scale (cell-messages cell))
                 (* 2 (cell-pairs cell) (cell-window cell))))))

;; One lets nine wait to be accepted, and TCP makes the tenth wait a second;
;; another lets in whoever waits once a second.
(define (joining name)
  (case name
    ((ngircd) 8)
    ((inspircd) 1000)
    (else 32)))

;;; --- The other figures ------------------------------------------------

(define (measure-arrivals round name members)
  (with-server name
    (lambda (server)
      (run-load server round 'arrivals
                "--mode" "arrivals" "--members" members
                "--joining" 32))))

(define (measure-idle round name cell members quiet-seconds)
  (with-server name
    (lambda (server)
      (run-load server round cell
                "--mode" "idle" "--members" members
                "--joining" (if (eq? name 'ngircd) 8 1000)
                "--quiet" quiet-seconds))))

(define (children-seconds)
  (let ((now (times)))
    (/ (+ (tms:cutime now) (tms:cstime now))
       1.0 internal-time-units-per-second)))

(define (guile-seconds expression)
  "Return the CPU seconds that Guile takes for EXPRESSION, a string."
  (define count 10)
  (let ((before (children-seconds)))
    (for-each (lambda (i)
                (unless (zero? (apply system*
                                      (pinned server-cpu
                                              (list pre-inst-env "guile" "-c"
                                                    expression))))
                  (exit 1)))
              (iota count))
    (/ (- (children-seconds) before) count)))

(define (measure-loading round)
  (let ((bare (guile-seconds "1"))
        (loading (guile-seconds "(load-from-path \"im-client.scm\")")))
    (keep! 'guile-im round 'loading
           (format #f "\"bare_ms\": ~,1f, \"loading_ms\": ~,1f}"
                   (* 1000 bare) (* 1000 (- loading bare))))
    (say ".")))

;; Of the messages it's the median: the first runs what isn't compiled yet.
(define (measure-waits round)
  (define (load-quietly port)
    (start-load "--port" port "--protocol" "im" "--mode" "idle"
                "--members" 1000 "--quiet" 2))
  (with-server 'guile-im
    (lambda (server)
      (keep! 'guile-im round 'waits
             (format #f "\"pause_ms\": ~,1f, \"prompt_ms\": ~,1f, \
\"line_ms\": ~,2f}"
                     (longest-pause-ms 1000 load-quietly)
                     (prompt-ms)
                     (median (line-ms (running-port server) 30))))))
  (say "."))

;;; --- One round --------------------------------------------------------

;; A list for each arrival, by a thread each: that takes minutes.
(define (joins-in-time? name) (not (eq? name 'threads)))

;; Those that send lists: nobody else has so much to do for an arrival.
(define (lists-clients? name) (equal? (server-protocol name) "im"))

;; The yardstick keeps whatever buffers it ever needed.
(define (measure-rest round servers)
  (let ((servers (filter joins-in-time? servers)))
    (for-each (lambda (name) (measure-arrivals round name 1000))
              (filter lists-clients? servers))
    (for-each (lambda (name)
                (measure-idle round name 'memory 5016 1)
                (measure-idle round name 'idle 10016 5))
              (delq 'yardstick servers))
    (when (memq 'guile-im servers)
      (measure-loading round)
      (measure-waits round))))

(define (measure-quick servers)
  (measure-cells 1 servers .02)
  (for-each (lambda (name)
              (when (lists-clients? name)
                (measure-arrivals 1 name 200))
              (measure-idle 1 name 'memory 500 .2))
            (filter joins-in-time? servers)))

(define (measure-round round what servers)
  (say "round ~a " round)
  (match what
    ("quick" (measure-quick servers))
    ("throughput" (measure-cells round servers 1))
    ("rest" (measure-rest round servers))
    ("all" (measure-cells round servers 1)
           (measure-rest round servers)))
  (say "~%"))

(define (present servers)
  (filter (lambda (name)
            (or (installed? name)
                (begin (say "~a isn't installed: left out~%" name) #f)))
          servers))

;; A second signal must not keep us from ending the servers.
(define (handle-signals handler)
  (for-each (lambda (signal) (sigaction signal handler))
            (list SIGINT SIGTERM)))

(handle-signals (lambda (signal)
                  (handle-signals SIG_IGN)
                  (exit 130)))
(match (cdr (command-line))
  ((file rounds what . servers)
   (set! output (open-output-file file))
   (let ((servers (present (map string->symbol servers))))
     (for-each (lambda (round) (measure-round round what servers))
               (iota (string->number rounds) 1)))))

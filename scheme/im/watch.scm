;;; (im watch) -- who cares when a source becomes ready
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; C knows which sources are ready.  Here is a table of watches: one for each
;;; source that has a handler, or a task that waits for it.  C knows a watch
;;; by its slot in the table, so that no Scheme object hides in C's memory;
;;; and the table keeps a watched socket from the collector.

(define-module (im watch)
  #:use-module (im primitives)
  #:use-module (srfi srfi-1)
  #:use-module (srfi srfi-9)
  #:export (watch-source watch-reader watch-writer
            watch-waiters set-watch-waiters!
            watch-busy? set-watch-busy?! watch-listener? watch-interest
            make-waiter waiter-direction waiter-resume
            slot->watch source-watch ensure-watch forget-watch!
            take-closed-watches! anything-watched?
            waits? update-interest! drop-if-unused!
            handler set-handler!))

(define-record-type <watch>
  (make-watch source reader writer waiters busy? listener? interest)
  watch?
  (source watch-source)                       ; a port, or C's own object
  (reader watch-reader set-watch-reader!)     ; thunk | #f
  (writer watch-writer set-watch-writer!)     ; thunk | #f
  (waiters watch-waiters set-watch-waiters!)  ; list of <waiter>
  (busy? watch-busy? set-watch-busy?!)        ; its task hasn't finished
  (listener? watch-listener?)
  (interest watch-interest set-watch-interest!))  ; as C was told: 0 to 3

;; What waits for a source: DIRECTION is 'read or 'write, RESUME is called
;; with 'ready or 'closed.
(define-record-type <waiter>
  (make-waiter direction resume)
  waiter?
  (direction waiter-direction)
  (resume waiter-resume))

(define watches (make-vector 64 #f))          ; slot -> watch | #f
(define free-slots (iota 64))
(define watched 0)                            ; how many slots are taken

(define (slot->watch slot)
  (and slot (vector-ref watches slot)))

(define (source-watch source)
  "Return the watch of SOURCE, or #f."
  (slot->watch (%source-slot source)))

(define (free-slot! slot)
  (vector-set! watches slot #f)
  (set! free-slots (cons slot free-slots))
  (set! watched (1- watched)))

(define (take-closed-watches!)
  "Return the watches of ports that were closed behind our back, and free
their slots."
  (filter-map (lambda (slot)
                (let ((watch (vector-ref watches slot)))
                  (and watch
                       (not (%source-open? (watch-source watch)))
                       (begin (free-slot! slot) watch))))
              (iota (vector-length watches))))

(define (more-slots!)
  (let* ((size (vector-length watches))
         (larger (make-vector (* 2 size) #f)))
    (vector-move-left! watches 0 size larger 0)
    (set! watches larger)
    (set! free-slots (iota size size))))

(define* (ensure-watch source #:key listener?)
  "Return the watch of SOURCE, made now if it has none."
  (or (source-watch source)
      (let ((watch (make-watch source #f #f '() #f listener? 0)))
        (when (null? free-slots)
          (more-slots!))
        (%set-source-slot! source (car free-slots))
        (vector-set! watches (car free-slots) watch)
        (set! free-slots (cdr free-slots))
        (set! watched (1+ watched))
        watch)))

(define (waits? watch direction)
  (and (pair? (watch-waiters watch))
       (any-waits? watch direction)))

(define (any-waits? watch direction)
  (any (lambda (waiter) (eq? (waiter-direction waiter) direction))
       (watch-waiters watch)))

(define (update-interest! watch)
  "Let C queue WATCH's source for just what can be run when it is ready."
  (let ((wanted (+ (if (cares? watch 'read (watch-reader watch)) 1 0)
                   (if (cares? watch 'write (watch-writer watch)) 2 0))))
    (unless (eqv? wanted (watch-interest watch))
      (when (%source-open? (watch-source watch))
        (set-watch-interest! watch wanted)
        (%set-interest! (watch-source watch) wanted)))))

(define (cares? watch direction handler)
  (or (and handler (not (watch-busy? watch)))
      (waits? watch direction)))

(define (drop-if-unused! watch)
  (unless (or (watch-reader watch) (watch-writer watch) (watch-busy? watch)
              (pair? (watch-waiters watch)))
    (let ((slot (%source-slot (watch-source watch))))
      (when (and slot (eq? (vector-ref watches slot) watch))
        (%set-source-slot! (watch-source watch) -1)
        (free-slot! slot)))))

(define (handler source direction)
  "Return the handler of SOURCE for DIRECTION, 'read or 'write, or #f."
  (let ((watch (source-watch source)))
    (and watch
         (if (eq? direction 'read)
             (watch-reader watch)
             (watch-writer watch)))))

(define* (set-handler! source direction thunk #:key listener?)
  "Run THUNK whenever SOURCE is ready for DIRECTION, 'read or 'write, instead
of an earlier handler; #f: run nothing."
  (let ((watch (ensure-watch source #:listener? listener?)))
    (if (eq? direction 'read)
        (set-watch-reader! watch thunk)
        (set-watch-writer! watch thunk))
    (%look-again! source)
    (update-interest! watch)
    (drop-if-unused! watch)))

(define (forget-watch! source)
  "Remove the handlers of SOURCE, which is about to be closed.  Return its
watch, which may have waiters, or #f if it has none."
  (let ((watch (source-watch source)))
    (when watch
      (free-slot! (%source-slot source))
      (set-watch-interest! watch 0)
      (%set-interest! source 0)
      (%set-source-slot! source -1)
      (set-watch-reader! watch #f)
      (set-watch-writer! watch #f))
    watch))

(define (anything-watched?)
  "Return #t if any source has a handler or somebody waiting for it."
  (positive? watched))

;;; mail-store.scm -- exercise 6: where the mail server keeps letters
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; A letter must be on the disk before the server says that it keeps it, and
;;; then stay there whatever happens: the server killed, the power gone.  A
;;; list in memory can't; a file of our own would have to be written, synced,
;;; and repaired after half a line.  SQLite does just that, and well:
;;; an `insert' is there wholly or not at all, and when it returns, the disk
;;; has it.  We reach it through Guile-SQLite3, Debian's guile-sqlite3.
;;;
;;; The mail server knows no more of this file than the procedures
;;;
;;;     (keep-letter! sender id to subject text)     #t, or #f: had it
;;;     (letters-for name)                   ((number sender subject) ...)
;;;     (letter-after name number)           (number sender subject text) | #f
;;;     (letter-numbered name number)        the same
;;;     (delete-letter! name number)         #t, or #f: there is none
;;;
;;; so you can put another behind them (SICP 2.1.2).

(if (not (resolve-module '(sqlite3) #:ensure #f))
    (error "The mail server needs Guile-SQLite3, Debian's guile-sqlite3."))
(use-modules (sqlite3))

(define-once mail-file "mail.db")       ; set it before loading

(define (open-mail file)
  "Return the database in FILE, which is made if it isn't there."
  (let ((database (sqlite-open file)))
    ;; Wait for the disk, and for its directory, where the journal was.
    (sqlite-exec database "pragma synchronous = extra")
    (sqlite-exec database "create table if not exists letters
       (number integer primary key autoincrement, -- never given twice
        sender text, id text,                     -- who sent it, as which
        recipient text, from_name text, subject text, text text,
        deleted integer default 0,
        unique (sender, id))")
    database))

(define-once mail-database (open-mail mail-file))

(define (query sql . values)
  "Return the rows that SQL, a statement, finds, each a list.  VALUES stand for
its question marks; SQL is never made of what strangers say."
  (let ((statement (sqlite-prepare mail-database sql)))
    (apply sqlite-bind-arguments statement values)
    (let ((rows (sqlite-map vector->list statement)))
      (sqlite-finalize statement)
      rows)))

(define (first-row sql . values)
  (let ((rows (apply query sql values)))
    (and (pair? rows) (car rows))))

(define (changed?)
  "True iff the last statement has changed anything."
  (equal? (query "select changes()") '((1))))

(define (mailbox name)
  "Return the text that is the same for NAME in any spelling."
  (string-downcase (string-normalize-nfc (name->string name))))

(define (name->string name)
  (if (symbol? name) (symbol->string name) name))

;;; --- What the server needs ----------------------------------------------

;; A sender who heard no answer sends a letter again, with the same ID.
(define (keep-letter! sender id to subject text)
  "Return #t when the letter is on the disk; #f if it was there before, even if
it has been deleted since."
  (query "insert or ignore into letters
            (sender, id, recipient, from_name, subject, text)
            values (?, ?, ?, ?, ?, ?)"
         (mailbox sender) (number->string id)
         (mailbox to) (name->string sender) subject text)
  (changed?))

(define (letters-for name)
  (map with-name
       (query "select number, from_name, subject from letters
                 where recipient = ? and not deleted order by number"
              (mailbox name))))

(define (letter-after name number)
  (with-name
   (first-row "select number, from_name, subject, text from letters
                 where recipient = ? and number > ? and not deleted
                 order by number limit 1"
              (mailbox name) number)))

(define (letter-numbered name number)
  (with-name
   (first-row "select number, from_name, subject, text from letters
                 where recipient = ? and number = ? and not deleted"
              (mailbox name) number)))

(define (with-name row)
  "Return ROW with the sender as a name again."
  (and row
       (cons (car row) (cons (string->name (cadr row)) (cddr row)))))

;; Its sender and ID are kept: it may be sent again.
(define (delete-letter! name number)
  (query "update letters set deleted = 1, subject = '', text = ''
            where recipient = ? and number = ? and not deleted"
         (mailbox name) number)
  (changed?))

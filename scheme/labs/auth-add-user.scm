;;; auth-add-user.scm -- let one more user in, or change a password
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;;     guile auth-add-user.scm NAME [FILE]
;;;
;;; Asks for the password and keeps its hash.  The salt is another one each
;;; time, so that equal passwords have different hashes.

(use-modules (im lab) (ice-9 binary-ports) (ice-9 rdelim))

(define (auth-add-user name file)
  "Let FILE have a line for NAME with the hash of the password that is typed."
  (if (or (string-null? name) (string-any #\: name)
          (string-any char-set:iso-control name))
      (stop "bad name ~a: it has no colon in it" name))
  (let* ((line (string-append name ":" (crypt (ask-password) (new-salt))))
         (mask (umask #o077)))          ; nobody else may read the file
    (write-lines file (cons line (lines-but name file)))
    (umask mask)))

(define (new-salt)
  "Return `$6$', for SHA-512, and 16 characters that nobody can guess."
  (define letters
    "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
  (define (random-letter port)
    (string-ref letters (modulo (get-u8 port) 64)))
  (call-with-input-file "/dev/urandom"
    (lambda (port)
      (let next ((salt "$6$"))
        (if (= (string-length salt) 19)
            salt
            (next (string-append salt (string (random-letter port)))))))
    #:binary #t))

(define (lines-but name file)
  "Return the lines of FILE, except that of NAME."
  (define (lines-from port)
    (let ((line (read-line port)))
      (cond ((eof-object? line) '())
            ((string-prefix? (string-append name ":") line) (lines-from port))
            (else (cons line (lines-from port))))))
  (if (file-exists? file)
      (call-with-input-file file lines-from)
      '()))

(define (write-lines file lines)
  "Let FILE hold LINES: the old ones or the new, never half of them."
  (let ((unfinished (string-append file ".new")))
    (call-with-output-file unfinished
      (lambda (port)
        (for-each (lambda (line) (write-line line port)) lines)))
    (rename-file unfinished file)))

(start-lab auth-add-user '((name) (file "passwords.txt")))

;;; (im inside) -- the files of one directory, and no others
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; A name from the network may be "../../etc/passwd", or that of a link to
;;; it, of a device or of a pipe that nobody writes to.  A server that opens
;;; files for strangers opens them here.  Only names without a slash are
;;; taken, so nothing on the way to the file can be a link.

(define-module (im inside)
  #:export (open-inside))

(define (open-inside directory name flags)
  "Return a port to the file called NAME in DIRECTORY, two strings, opened with
FLAGS, a number: O_RDONLY, or (logior O_WRONLY O_CREAT) and the like.  Doesn't
wait.  Raises an error that says `not a plain file name' or `not a plain file',
or a system-error, like `No such file or directory'."
  (unless (plain-name? name)
    (refuse "not a plain file name: ~S" name))
  (let ((port (open (string-append directory "/" name)
                    (logior flags O_NOFOLLOW O_NONBLOCK O_CLOEXEC)
                    #o644)))
    (unless (eq? 'regular (stat:type (stat port)))
      (close-port port)
      (refuse "not a plain file: ~S" name))
    (set-port-encoding! port "ISO-8859-1")    ; bytes, whatever they mean
    port))

(define (plain-name? name)
  (not (or (string-null? name)
           (string-prefix? "." name)          ; "..", and what is hidden
           (string-any (lambda (char) (memv char '(#\/ #\nul))) name))))

(define (refuse message name)
  (scm-error 'misc-error "open-inside" message (list name) #f))

;;; hello-client.scm -- print a server's greeting
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;;     guile hello-client.scm [HOST [PORT]]

(use-modules (im lab) (im lines) (im socket) (im text))

(define (hello-client host port)
  "Print what the server at PORT on HOST says first."
  (print-line "Connecting to server...")
  (let ((server (make-client-socket host port)))        ; socket, connect
    (print-line "Waiting for reply...")
    (let ((reply (read-short-line (socket-input server)))) ; recv
      (socket-shutdown server)                          ; close
      (if (string? reply)
          (print-line "~a" reply)
          (stop "the server hung up without a reply")))))

(start-lab hello-client '((host "localhost") (port 6013)))

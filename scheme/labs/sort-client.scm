;;; sort-client.scm -- have a server sort a list
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;;     guile sort-client.scm [LIST [HOST [PORT]]]
;;;     guile sort-client.scm "(pear apple plum)"

(use-modules (im lab) (im request) (im socket) (im text))

(define (sort-client text host port)
  "Print the list in TEXT as the server at PORT on HOST has sorted it."
  (let ((server (make-client-socket host port)))        ; socket, connect
    (display text (socket-output server))               ; send
    (newline (socket-output server))
    (socket-finish-output server)
    (let ((answer (read-datum (socket-input server))))  ; recv
      (socket-shutdown server)                          ; close
      (if (eof-object? answer)
          (stop "the server hung up without an answer")
          (print-line "~a" answer)))))

(start-lab sort-client '((list "(3 1 2)") (host "localhost") (port 6016)))

;;; visitors-client.scm -- find out which visitor you are
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;;     guile visitors-client.scm [HOST [PORT]]

(use-modules (im lab) (im lines) (im names) (im socket) (im text))

(define (visitors-client host port)
  "Say who we are to the server at PORT on HOST, and print its answer."
  (let* ((server (connect host (port-number port)))
         (to-server (socket-output server)))
    (display (login-name) to-server)                    ; send
    (write-char #\nul to-server)
    (let ((answer (read-short-line (socket-input server)))) ; recv
      (socket-shutdown server)                          ; close
      (if (string? answer)
          (print-line "~a" answer)
          (stop "the server hung up without an answer")))))

(define (connect host port)
  "Return a socket connected to PORT on HOST."
  (catch #t
    (lambda () (host-addresses host))                   ; gethostbyname
    (lambda error (stop "invalid host: ~a" host)))
  (catch 'system-error
    (lambda () (make-client-socket host port))          ; socket, connect
    (lambda error (stop "connect failed"))))

(start-lab visitors-client '((host "localhost") (port "5193")))

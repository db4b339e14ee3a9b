;;; correct-longer-cond.scm --- the handler of the original, with one more clause
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(load "im-server.scm")
(load "im-client.scm")
(load "asks.scm")

(define (setup-client-request-handler name sock)
  (define port (socket-input sock))
  (define (to-all data)
    (for-each (lambda (entry)
                (if (not (equal? (key entry) name))
                    (send-request (make-request name (key entry)
                                                'receive-msg data)
                                  (socket-output (value entry)))))
              (cdr clients-table)))
  (define (handle-request)
    (let ((req (get-request port)))
      (if (not req)
          (remove-client name)
          (let ((action (request-action req)))
            (cond ((equal? action 'broadcast) (to-all (request-data req)))
                  (else (serve-request name req)))
            (if (and (not (port-closed? port)) (char-ready? port))
                (handle-request))))))
  (when-port-readable port handle-request))

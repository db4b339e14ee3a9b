;;; broadcast-server.scm --- homework: a server that knows broadcast
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; A client that sends (NAME server broadcast MESSAGE) writes to everybody
;;; else.

(load "im-server.scm")

(define (broadcast-from name message)
  (for-each (lambda (other)
              (if (not (equal? other name))
                  (if (not (send-request
                            (make-request name other 'receive-msg message)
                            (find-port-to-client other)))
                      (remove-client other))))
            (get-clients-list)))

(define (setup-client-request-handler name sock)
  (define port-from-client (socket-input sock))
  (define (handle-request)
    (let ((req (get-request port-from-client)))
      (if (not req)
          (remove-client name)
          (let ((dst (request-dst req))
                (action (request-action req))
                (data (request-data req)))
            (format logging "~A asks for ~A~%" name action)
            (cond
             ((equal? action 'send-msg)
              (let ((port-to-dst (find-port-to-client dst)))
                (if port-to-dst
                    (if (not (send-request
                              (make-request name dst 'receive-msg data)
                              port-to-dst))
                        (remove-client dst))
                    (send-request
                     (make-request 'server name 'receive-msg
                                   (format #f "User not found: ~A" dst))
                     (find-port-to-client name)))))
             ((equal? action 'broadcast)
              (broadcast-from name data))
             ((equal? action 'logout)
              (remove-client name))
             (else
              (send-request
               (make-request 'server name 'receive-msg
                             (format #f "Unrecognized action: ~A" action))
               (find-port-to-client name))))
            (if (and (not (port-closed? port-from-client))
                     (char-ready? port-from-client))
                (handle-request))))))
  (when-port-readable port-from-client handle-request)
  #t)

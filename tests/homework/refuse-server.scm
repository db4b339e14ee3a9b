;;; refuse-server.scm --- homework: a server that tells who is refused
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; A client that sends (NAME OTHER refuse MESSAGE) has refused a message from
;;; OTHER.  The server tells OTHER, in its own name, which nobody refuses.

(load "im-server.scm")

(define (tell-refused name other)
  (let ((port-to-other (find-port-to-client other)))
    (if port-to-other
        (send-request
         (make-request 'server other 'receive-msg
                       (format #f "~A refuses your messages" name))
         port-to-other))))

(define (setup-client-request-handler name sock)
  (define port-from-client (socket-input sock))
  (define (deliver name dst data)
    (let ((port-to-dst (find-port-to-client dst)))
      (cond ((not port-to-dst)
             (send-request (make-request 'server name 'receive-msg
                                         (se 'nobody 'is 'called dst))
                           (find-port-to-client name)))
            ((not (send-request (make-request name dst 'receive-msg data)
                                port-to-dst))
             (remove-client dst)))))
  (define (handle-request)
    (let ((req (get-request port-from-client)))
      (cond ((not req) (remove-client name))
            (else
             (let ((action (request-action req)))
               (cond ((eq? action 'send-msg)
                      (deliver name (request-dst req) (list-ref req 3)))
                     ((eq? action 'refuse)
                      (tell-refused name (request-dst req)))
                     ((eq? action 'logout)
                      (remove-client name))
                     (else
                      (format #t "~A asks for ~A~%" name action))))
             (if (and (not (port-closed? port-from-client))
                      (char-ready? port-from-client))
                 (handle-request))))))
  (when-port-readable port-from-client handle-request))

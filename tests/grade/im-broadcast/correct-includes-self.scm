;;; correct-includes-self.scm --- another name for the action, and the sender gets it too
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(load "im-server.scm")
(load "im-client.scm")

(define (im-broadcast text)
  (send-request (make-request whoiam 'server 'tell-all text) port-to-server))

(define-action! 'tell-all
  (lambda (name request)
    (define (tell others)
      (cond ((pair? others)
             (send-request (make-request name (car others) 'receive-msg
                                         (request-data request))
                           (find-port-to-client (car others)))
             (tell (cdr others)))))
    (tell (get-clients-list))))

;;; im-broadcast-server.scm -- exercise 2: a server that knows `broadcast'
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; A client that sends (ann server broadcast "Hi all") writes to everybody
;;; else.  What they get is an ordinary message from ann, so their clients
;;; need nothing new.

(load "im-server.scm")

(define-action! 'broadcast
  (lambda (name request)
    (if (muted? name)
        (tell-client name "Not delivered: you are muted.")
        (pass-on-to-others name (request-data request)))))

(define (pass-on-to-others from data)
  (for-each (lambda (to) (pass-on from to data (find-port-to-client to)))
            (names-but from (get-clients-list))))

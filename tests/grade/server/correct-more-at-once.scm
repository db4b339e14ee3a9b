;;; correct-more-at-once.scm --- serves while there is more, as the original
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(load "correct-list.scm")

(define (serve name sock)
  (let ((req (next sock)))
    (obey req name sock)
    (if (and req (socket-input sock) (char-ready? (socket-input sock)))
        (serve name sock))))

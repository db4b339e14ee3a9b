;;; refused.scm --- a client that knows whom it refuses
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(define refused '())
(define (im-refuse name) (set! refused (cons name refused)))
(define (im-accept name) (set! refused (delete name refused)))
(define show-msg received-msg)

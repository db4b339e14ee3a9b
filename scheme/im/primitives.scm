;;; (im primitives) -- the procedures written in C
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;; Each is a row of a table in src/scm-*.c.  Only the modules of (im …) use
;;; them; programs use what those make of them.

(define-module (im primitives))

(load-extension "guile-im" "scm_im_init")

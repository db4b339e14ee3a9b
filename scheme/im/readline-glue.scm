;;; (im readline-glue) -- what src/readline.c defines
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: GPL-3.0-or-later

(define-module (im readline-glue))

(load-extension "guile-im-readline" "scm_im_readline_init")

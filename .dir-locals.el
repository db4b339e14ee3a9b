;;; .dir-locals.el -- how Emacs indents here
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

((nil
  . ((fill-column . 79)
     (indent-tabs-mode . nil)
     (sentence-end-double-space . t)))
 (c-mode
  . ((c-file-style . "gnu")))
 (makefile-mode
  . ((indent-tabs-mode . t)))
 (sh-mode
  . ((sh-basic-offset . 2)
     (sh-indentation . 2))))

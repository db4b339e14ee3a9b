;;; test-conformance.scm --- our server and client do what the protocol says
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later

(setenv "VERBOSE" "1")
(load-from-path "conformance/run.scm")

;;; guix.scm -- the Guix package
;;;
;;; Copyright (C) 2026 The Guile-IM authors
;;; SPDX-License-Identifier: LGPL-3.0-or-later
;;;
;;;     guix shell -D -f guix.scm       what is needed to build it
;;;     guix package -f guix.scm        builds and installs it
;;;
;;; This was written by the book and not tried.

(use-modules (gnu packages autotools)
             (gnu packages check)
             (gnu packages guile)
             (gnu packages libevent)
             (gnu packages pkg-config)
             (gnu packages readline)
             (gnu packages texinfo)
             (gnu packages tmux)
             (guix build-system gnu)
             (guix gexp)
             (guix git-download)
             ((guix licenses) #:prefix license:)
             (guix packages))

(define here (dirname (current-filename)))

(package
  (name "guile-im")
  (version "0.9.0")
  (source (local-file here "guile-im-checkout"
                      #:recursive? #t
                      #:select? (or (git-predicate here) (const #t))))
  (build-system gnu-build-system)
  (arguments
   (list #:configure-flags (gexp (list "--with-systemdsystemunitdir=no"))
         #:phases
         (gexp
          (modify-phases %standard-phases
            (replace 'check
              (lambda* (#:key tests? #:allow-other-keys)
                (when tests?
                  (invoke "make" "check"
                          "TESTS=tests/core-stream tests/test-server.scm"))))))))
  (native-inputs
   (list autoconf automake cmocka guile-3.0 libtool pkg-config texinfo))
  (inputs (list guile-3.0 libuv readline tmux))
  (synopsis "Client/server programming from a live Guile prompt")
  (description
   "Guile-IM teaches client/server programming: start a server at one prompt
of GNU Guile, talk to it from others, then open the source and find out how it
works.  It brings back the Instant Message program of Berkeley's SICP courses,
byte for byte on the wire.  Messages arrive while you type, and what you have
typed stays where it is.")
  (home-page #f)
  (license (list license:lgpl3+ license:gpl3+)))

#!/bin/sh
# test-describe.sh -- ,describe tells of every name, and ,apropos finds it
#
# Copyright (C) 2026 The Guile-IM authors
# SPDX-License-Identifier: LGPL-3.0-or-later
#
# At a prompt, as a person would: procedures in Scheme and C, macros, and what
# the programs define.

set -u
pre=${abs_top_builddir:-$(pwd)/build}/pre-inst-env
HOME=$(mktemp -d) || exit 99
export HOME
trap 'rm -rf "$HOME"' EXIT
unset INSIDE_EMACS

cat > "$HOME/list.scm" <<'END'
(use-modules (srfi srfi-1) (ice-9 format) (ice-9 regex))

(define modules
  '((im datagram) (im diagnose) (im grade) (im hosts) (im inside) (im lab)
    (im limits) (im lines) (im log) (im names) (im primitives) (im program)
    (im reactor) (im repl) (im request) (im screen) (im show) (im socket)
    (im text) (stk) (stk control) (stk format) (stk load) (stk oop)
    (stk streams) (stk text) (stk words)))

(define programs
  '("im-enroll" "im" "im-exit" "im-server-start" "im-server-close"
    "im-who" "im-kick" "im-mute" "im-unmute" "im-limit" "im-limits"
    "im-show" "im-diagnose" "received-msg" "update-client-list"
    "make-request" "send-request" "get-request" "log-line"))

;; Guile's own, which (stk) passes on, are Guile's to describe.
(define (ours? name variable)
  (not (eq? variable (module-variable (resolve-module '(guile)) name))))

(define (names-of module)
  "Return the names of the procedures and macros that MODULE exports."
  (sort (filter-map identity
                    (module-map (lambda (name variable)
                                  (and (variable-bound? variable)
                                       (or (procedure? (variable-ref variable))
                                           (macro? (variable-ref variable)))
                                       (ours? name variable)
                                       (symbol->string name)))
                                (resolve-interface module)))
        string<?))

(define (say text)
  (format #t "(begin (display ~s) (newline))~%" text))

(define (ask module names)
  (say (format #f "@ ~a" module))
  (for-each (lambda (name)
              (say (string-append "= " name))
              (format #t ",describe ~a~%" name)
              (say (string-append "+ " name))
              (format #t ",apropos ~s~%"
                      (string-append "^" (regexp-quote name) "$")))
            names))

;; Each in a module of its own: some names are in several.
(for-each (lambda (module)
            (format #t "(define-module (describing ~{~a~^-~}) \
#:use-module ~s #:duplicates (last))~%" module module)
            (ask module (names-of module)))
          modules)
(format #t "(set-current-module (resolve-module '(guile-user)))
(load-from-path \"im-server.scm\") (load-from-path \"im-client.scm\")~%")
(ask 'programs programs)
END

"$pre" guile -q --no-auto-compile "$HOME/list.scm" > "$HOME/asked" || exit 1
{ echo "(use-modules (im repl)) (live-prompt!)"; cat "$HOME/asked"; } \
  | "$pre" guile -q --no-auto-compile > "$HOME/answers" 2>&1

# A line for each name whose description or whereabouts are missing.
awk '
  function judge () {
    if (kind == "") return
    count++
    if (kind == "=" && length (text) < 10) print "not described: " name
    if (kind == "+" && index (text, ": ") == 0) print "not found: " name
    if (text ~ /While executing meta-command/) print name ": " text
  }
  { sub (/^(scheme@\([^)]*\)> )+/, "") }
  /^[=+] / { judge (); kind = $1; name = module " " $2; text = ""; next }
  /^@ / { judge (); kind = ""; module = substr ($0, 3); next }
  { text = text $0 "\n" }
  END { judge (); print count > counted }' \
  counted="$HOME/count" "$HOME/answers" > "$HOME/missing"

count=$(cat "$HOME/count")
asked=$(grep -c '^,' "$HOME/asked")
if [ "$count" -ne "$asked" ] || [ "$asked" -lt 200 ]; then
  echo "FAIL: $asked questions, $count answers"
  tail -n 5 "$HOME/answers"
  exit 1
fi
if [ -s "$HOME/missing" ]; then
  echo "FAIL: each of $count questions is answered"
  cat "$HOME/missing"
  exit 1
fi
echo "PASS: each of $count questions is answered"

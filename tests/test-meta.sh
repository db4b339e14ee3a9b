#!/bin/sh
# test-meta.sh -- `,im' at the prompt of a server, of a client, of neither
#
# Copyright (C) 2026 The Guile-IM authors
# SPDX-License-Identifier: LGPL-3.0-or-later

set -u
pre=${abs_top_builddir:-$(pwd)/build}/pre-inst-env
HOME=$(mktemp -d) || exit 99
export HOME
trap 'rm -rf "$HOME"' EXIT
unset INSIDE_EMACS
failed=0

# answers COMMAND LOADING: what COMMAND prints at a prompt after LOADING.
answers () {
  printf '%s\n(display "@@\\n")\n%s\n' "$2" "$1" \
    | "$pre" guile -q --no-auto-compile 2>&1 | sed '1,/@@/d'
}

check () { # COMMAND LOADING EXPECTED
  if answers "$1" "$2" | grep -qF -e "$3"; then
    echo "PASS: $1 after $2: $3"
  else
    echo "FAIL: $1 after $2: no $3 in"
    answers "$1" "$2" | sed 's/^/  /'
    failed=1
  fi
}

server='(load-from-path "im-server.scm")'
client='(load-from-path "im-client.scm")'
full='(begin (load-from-path "im-server.scm") (set! logging #f) (im-server-start #:address "127.0.0.1") (use-modules (im socket) (im reactor)) (define eve (make-client-socket "127.0.0.1" (socket-port-number server-socket))) (define port (socket-output eve)) (display "(eve server hello ())(eve server thanks ())" port) (wait-until (lambda () (find-client-socket (quote eve)))))'

check ',im' "$client" ',im who '
check ',im nonsense' "$client" ',im who '
check ',im who' "$full" 'eve  127.0.0.1'
check ',im who' "(begin $client (set! clients '(ann bob)))" 'bob'
check ',im limits' "$server" 'nesting'
check ',im diagnose 127.0.0.1 "5"' "$client" 'FAILED: the port is no number'
check ',im diagnose' "$client" ',im diagnose IP PORT'
check ',im kick eve too-loud
(begin (use-modules (im request)) (map (lambda (n) (get-request port)) (list 1 2 3)))' \
  "$full" '(server eve receive-msg "too-loud")'
check ',im kick nobody' "$full" 'Nobody here is called nobody'
check ',im mute eve' "$client" 'load im-server.scm first'
check ',im log off' "$server" 'Nothing is told now.'
check ',im show' "$client" 'times    off  when each message came'
check ',im show times on' "$client" 'times    on '
check ',im show times' "$client" ',im who '
check ',im show times perhaps' "$client" ',im show times on, or off?'
check ',im show colour on' "$client" 'there are: (times bell colours)'
check ',help im' "$client" 'im [WHAT ...]'
check ',im' '(use-modules (stk))' ',im who '

# Whatever `,im' alone lists is there, and `,help im' lists the same.
for command in ',im' ',help im'; do
  answer=$(answers "$command" "$client")
  for word in who log show limits diagnose manual kick mute unmute; do
    case $answer in
      *",im $word "*) echo "PASS: $command lists $word" ;;
      *) echo "FAIL: $command doesn't list $word"; failed=1 ;;
    esac
  done
done
exit $failed

#!/bin/sh
# test-lab-discover.sh --- the discover lab tells and hears, on the loopback
#
# Copyright (C) 2026 The Guile-IM authors
# SPDX-License-Identifier: LGPL-3.0-or-later
#
# In a network of its own, where there is nothing but a loopback; the port of
# the announcements is always the same, and another test may use it.

if [ -z "${LAB_NETWORK:-}" ]; then
  if ! unshare --net --map-root-user true 2>/dev/null; then
    echo "SKIP: this system makes no networks for tests"
    exit 77
  fi
  LAB_NETWORK=own exec unshare --net --map-root-user sh -c \
    'ip link set lo up && exec sh "$0"' "$0"
fi

. "${abs_top_srcdir:-$(cd "$(dirname "$0")/.." && pwd)}/tests/lab-network.sh"

group=239.255.60.15
everybody=127.255.255.255

in_background server "$top_build/pre-inst-env" guile --no-auto-compile \
  "$top/scheme/labs/discover-server.scm" chess 4711
same "a stranger hears a server in the group" 'im-lab chess 4711' \
  "$("$peers/talk-udp" hear "$group" 6060)"
same "and in a broadcast" 'im-lab chess 4711' \
  "$("$peers/talk-udp" hear "$everybody" 6060)"
same "our client lists it, once" 'chess is at 127.0.0.1 port 4711/1 found/' \
  "$(lab discover-client 1.5 | tr '\n' /)"
kill "$process"

# Two clients at once hear strangers.
in_background one "$top_build/pre-inst-env" guile --no-auto-compile \
  "$top/scheme/labs/discover-client.scm" 60
in_background two "$top_build/pre-inst-env" guile --no-auto-compile \
  "$top/scheme/labs/discover-client.scm" 60
shout () { "$peers/talk-udp" shout "$1" 6060 "$2"; }
hears () {
  shout "$2" "$3"
  says "$1" "$4"
}
soon "a client hears a stranger in the group" \
  hears one "$group" 'im-lab go 1' 'go is at 127.0.0.1 port 1'
soon "or in a broadcast" \
  hears one "$everybody" 'im-lab shogi 2' 'shogi is at 127.0.0.1 port 2'
soon "so does a second client beside it" \
  hears two "$everybody" 'im-lab xiangqi 3' 'xiangqi is at 127.0.0.1 port 3'
for nonsense in '' 'im-lab' 'im-lab x y' 'im-lab x 99999' 'im-lab x 1 2' \
                'hello x 1'; do
  shout "$group" "$nonsense"
done
shout "$everybody" "$(printf 'im-lab \033[2J 4')"
# shellcheck disable=SC2016
soon "what could harm the terminal is shown harmless" says one '\x1b;[2J is at'
for number in 1 2 3 4 5 6 7 8 9 10 11; do
  for digit in 0 1 2 3 4 5 6 7 8 9; do
    shout "$group" "im-lab many $number$digit"
  done
done
full () { [ "$(grep -c ' is at ' "$work/one")" -ge 100 ]; }
soon "a flood of names is heard" full
same "up to a number" 100 "$(grep -c ' is at ' "$work/one")"
same "and nonsense is passed over" 0 "$(grep -cE '^x |Error' "$work/one")"

refuses "a port that is none" 'bad port number' lab discover-server x 70000
refuses "an address that isn't this computer's" 'bad interface' \
  lab discover-server x 1 192.0.2.1
refuses "no arguments" 'usage: discover-server NAME SERVICE-PORT [ADDRESS]' \
  lab discover-server
finish

#!/bin/sh
# test-lab-proxy.sh --- the proxy lab forwards what strangers say, or spoils it
#
# Copyright (C) 2026 The Guile-IM authors
# SPDX-License-Identifier: LGPL-3.0-or-later

. "${abs_top_srcdir:-$(cd "$(dirname "$0")/.." && pwd)}/tests/lab-network.sh"

start_peer echo "$peers/talk-tcp" echo
echo_port=$port
call () { "$peers/talk-tcp" call "$port"; }

start_lab faithful proxy-server 127.0.0.1 "$echo_port" 0
same "what a client sends comes back, and the end too" hello \
  "$(echo hello | call)"
has "one way is shown" '-> hello' "$(cat "$work/faithful")"
has "and the other" '<- hello' "$(cat "$work/faithful")"
has "with the end of each" '<- end' "$(cat "$work/faithful")"
printf '\033[2Jhello\a' | call > "$work/bytes"
# shellcheck disable=SC2016
has "what could harm the terminal is shown harmless" '-> \x1b;[2Jhello\x7;' \
  "$(cat "$work/faithful")"
same "and forwarded as it is" "$(printf '\033[2Jhello\a' | od -c)" \
  "$(od -c "$work/bytes")"
head -c 500000 /dev/urandom > "$work/large"
call < "$work/large" > "$work/large-back"
if cmp -s "$work/large" "$work/large-back"; then
  pass "half a million bytes come back as they were"
else
  fail "half a million bytes come back as they were"
fi

# Many at once, one of whom says nothing.
mkfifo "$work/silence"
"$peers/talk-tcp" call "$port" < "$work/silence" > "$work/silent" &
children="$children $!"
exec 7> "$work/silence"
same "others go on while one is silent" again "$(echo again | call)"
printf 'at last\n' >&7
soon "who can speak later" says silent 'at last'
exec 7>&-
printf 'gone' | "$peers/talk-tcp" vanish "$port"
same "and after one vanished" still "$(echo still | call)"

echo 'first word' > "$work/speech"
start_peer speaker "$peers/talk-tcp" tell "$work/speech"
start_lab speaking proxy-server 127.0.0.1 "$port" 0
same "a server may speak first" 'first word' "$(echo question | call)"
soon "and hears what the client says" says speaker question

start_lab losing proxy-server 127.0.0.1 "$echo_port" 0 lose 1
same "it can lose everything" "" "$(echo hello | call)"
has "and says so" '(lost)' "$(cat "$work/losing")"
start_lab cutting proxy-server 127.0.0.1 "$echo_port" 0 cut 8
same "it can let pass so many bytes" 1234567 "$(echo 1234567 | call)"
same "and cut what has more" "" "$(echo 12345678 | call)"
has "and says so, too" '(cut)' "$(cat "$work/cutting")"
start_lab delaying proxy-server 127.0.0.1 "$echo_port" 0 delay 0.1
same "it can delay" hello "$(echo hello | call)"

start_lab alone proxy-server 127.0.0.1 1 0
same "where no server is, the client is let go" "" "$(echo hello | call)"
soon "and it says why" says alone 'refused'
refuses "an unknown fault" "no such fault" \
  lab proxy-server 127.0.0.1 1 0 confuse
refuses "a port that is taken" "another socket has port $port" \
  lab proxy-server 127.0.0.1 1 "$port"
refuses "no arguments" "usage: proxy-server HOST TO-PORT" lab proxy-server
finish

#!/bin/sh
# test-lab-peer-to-peer.sh --- peers find each other, and then talk directly
#
# Copyright (C) 2026 The Guile-IM authors
# SPDX-License-Identifier: LGPL-3.0-or-later

. "${abs_top_srcdir:-$(cd "$(dirname "$0")/.." && pwd)}/tests/lab-network.sh"

ask () { printf '%b' "$1" | "$peers/talk-tcp" call "$port"; }

# peer NAME DESCRIPTOR: a peer of ours, whose lines come from the descriptor.
peer () {
  mkfifo "$work/$1.keys"
  "$top_build/pre-inst-env" guile --no-auto-compile \
    "$top/scheme/labs/peer-to-peer-client.scm" "$1" 127.0.0.1 "$port" \
    < "$work/$1.keys" > "$work/$1" 2>&1 &
  children="$children $!"
}

start_lab directory peer-to-peer-server 0
directory=$process directory_port=$port

# --- The directory, asked by strangers ------------------------------------

same "who is here is told where others are" \
  '(welcome ann)/(there ann "127.0.0.1" 4711)/(nowhere bob)/(names ann)/' \
  "$(ask '(here ann 4711)(where ann)(where bob)(who)' | tr '\n' /)"
soon "who leaves is struck off" says directory 'ann has left'
same "so the name is free again" '(welcome ann)' "$(ask '(here ann 4711)')"
for nonsense in '(here ann x)' '(here "ann" 1)' '(here ann 70000)' '(who)' 7 \
                '(here ann -1)'; do
  same "refused: $nonsense" '(sorry)' "$(ask "$nonsense")"
done
same "what isn't understood" '(welcome ann)/(what?)/' \
  "$(ask '(here ann 4711)(dance)' | tr '\n' /)"
printf '(here eve 1)(wh' | "$peers/talk-tcp" vanish "$port"

# --- Two peers of ours ----------------------------------------------------

peer bob; exec 6> "$work/bob.keys"
soon "a peer is on-line" says bob 'You are on-line as bob.'
peer ann; exec 7> "$work/ann.keys"
soon "and another" says ann 'You are on-line as ann.'
echo 'bob hello, bob' >&7
soon "one tells the other" says bob 'ann: hello, bob'
echo 'ann hello, ann' >&6
soon "who answers" says ann 'bob: hello, ann'
echo >&7
soon "an empty line asks who is there" says ann 'On-line: (ann bob)'
same "none of it passed through the directory" 0 \
  "$(grep -c hello "$work/directory")"
refuses "a name that is taken" 'somebody else has that name' \
  lab peer-to-peer-client bob 127.0.0.1 "$port"
echo 'nobody hello' >&7
soon "who isn't there can't be told" says ann 'Nobody is called'

# --- Strangers among them -------------------------------------------------

: > "$work/nothing"
start_peer carl "$peers/talk-tcp" tell "$work/nothing"
mkfifo "$work/carl.keys"
"$peers/talk-tcp" call "$directory_port" < "$work/carl.keys" \
  > "$work/carl.directory" &
children="$children $!"
exec 5> "$work/carl.keys"
printf '(here carl %s)(where bob)\n' "$port" >&5
soon "a stranger is on-line" says carl.directory '(there bob '
echo 'carl hello "you"' >&7
soon "a peer of ours tells it" says carl '(ann "hello \"you\"")'
port=$(sed -n 's/^(there bob "127.0.0.1" \([0-9]*\))$/\1/p' \
         "$work/carl.directory")
printf '(carl "hi\\a there")' | "$peers/talk-tcp" call "$port"
soon "and is told by it" says bob 'carl: hi\x7; there'
printf '(carl bob)' | "$peers/talk-tcp" call "$port"
printf '))))' | "$peers/talk-tcp" call "$port"
printf '(carl "half' | "$peers/talk-tcp" vanish "$port"

# --- Without the directory ------------------------------------------------

kill "$directory"
directory_ended () { ! kill -0 "$directory" 2>/dev/null; }
soon "the directory ends" directory_ended
echo 'bob still there?' >&7
soon "who know each other still talk" says bob 'ann: still there?'
refuses "without a directory nobody can begin" refused \
  lab peer-to-peer-client dora 127.0.0.1 "$directory_port"
exec 5>&- 6>&- 7>&-
finish

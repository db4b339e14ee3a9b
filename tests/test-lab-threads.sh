#!/bin/sh
# test-lab-threads.sh --- the threads lab echoes, in four ways
#
# Copyright (C) 2026 The Guile-IM authors
# SPDX-License-Identifier: LGPL-3.0-or-later

. "${abs_top_srcdir:-$(cd "$(dirname "$0")/.." && pwd)}/tests/lab-network.sh"

call () { "$peers/talk-tcp" call "$port"; }
head -c 1000000 /dev/urandom > "$work/large"
children_of () { find /proc/[0-9]*/stat -exec cat {} + 2>/dev/null \
                   | grep -c "^[0-9]* (.*) [A-Z] $1 "; }

for way in one handler thread process; do
  start_lab "$way" threads-server "$way" 0
  same "$way: a client in C is echoed" hello "$(echo hello | call)"
  call < "$work/large" > "$work/$way.large"
  if cmp -s "$work/large" "$work/$way.large"; then
    pass "$way: a million bytes are"
  else
    fail "$way: a million bytes are"
  fi
  printf gone | "$peers/talk-tcp" vanish "$port"
  same "$way: and others after one vanished" still "$(echo still | call)"
  has "$way: our client counts its echoes" '30 of 30 lines were echoed' \
    "$(lab threads-client "$port" 3 10)"

  # One is connected and silent: who else is served?
  mkfifo "$work/$way.keys"
  "$peers/talk-tcp" call "$port" < "$work/$way.keys" > "$work/$way.first" &
  children="$children $!"
  exec 7> "$work/$way.keys"
  printf 'first\n' >&7
  soon "$way: somebody is connected" says "$way.first" first
  : > "$work/$way.second"
  { echo second | call; } > "$work/$way.second" 7>&- &
  children="$children $!"
  if [ "$way" = one ]; then
    printf 'more\n' >&7
    soon "one: and served" says one.first more
    same "one: the next waits meanwhile" "" "$(cat "$work/one.second")"
    exec 7>&-
    soon "one: until the first has left" says one.second second
  else
    soon "$way: the next is served beside it" says "$way.second" second
    exec 7>&-
  fi
done

if [ -r "/proc/$process/stat" ]; then
  echo hello | call >/dev/null
  # The last may be on its way out.
  buried () {
    echo bye | call >/dev/null
    [ "$(children_of "$process")" -le 1 ]
  }
  soon "process: the dead are buried" buried
else
  skip "no /proc here, to count processes"
fi

start_peer echo "$peers/talk-tcp" echo
has "our client measures a server in C" '20 of 20 lines were echoed' \
  "$(lab threads-client "$port" 2 10)"
echo 'something else' > "$work/speech"
start_peer wrong "$peers/talk-tcp" tell "$work/speech"
has "and counts what is no echo" '0 of 20 lines were echoed' \
  "$(lab threads-client "$port" 2 10)"
refuses "no server" refused lab threads-client 1 1 1
refuses "a way that is none" 'no such way: five' lab threads-server five 0
for way in one thread; do
  refuses "$way: a port that is taken" "lready in use" \
    lab threads-server "$way" "$port"
done
finish

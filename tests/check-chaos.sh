#!/bin/sh
# check-chaos.sh -- the long form of test-chaos.sh, and what is left behind
#
# Copyright (C) 2026 The Guile-IM authors
# SPDX-License-Identifier: LGPL-3.0-or-later
#
# See "Chaos" in README.md.  CHAOS_SEED=N repeats a run.

set -u
. "${abs_top_srcdir:-$(dirname "$0")/..}/tests/chaos-round.sh"

messages=100000
fates=20
visits=10000
# In $visits connections the server may grow by less: 100 bytes for each.
most_kilobytes=1000

# --- What the server has ---------------------------------------------------

descriptors () {
  find "/proc/$server_pid/fd" -mindepth 1 | wc -l
}

figure () { # NAME, of /proc/PID/status
  sed -n "s/^$1:[^0-9]*\([0-9]*\).*/\1/p" "/proc/$server_pid/status"
}

# A stream that was closed holds its descriptor until the peer has hung up,
# which another process may see a little before the server.
descriptors_return_to () { # COUNT
  tries=100
  while [ "$(descriptors)" -gt "$1" ] && [ $tries -gt 0 ]; do
    tries=$((tries - 1))
    sleep 0.1
  done
  [ "$(descriptors)" -le "$1" ]
}

visit () {
  "$chaos/chaos-churn" "$server_port" $visits
}

# Before the three rounds the collector's heap finds its size.  The middle
# growth counts: the heap grows in steps, which may hide a leak once, or be
# taken for one.
nothing_is_left_behind () {
  start_server '' || return
  count=$(descriptors)
  visit || return
  tasks=$(figure Threads)
  growths=
  for round in 1 2 3; do
    before=$(figure VmRSS)
    visit || return
    growth=$(($(figure VmRSS) - before))
    echo "round $round of $visits connections: $growth KB more," \
      "$(descriptors) descriptors, $(figure Threads) threads"
    growths="$growths $growth"
  done
  middle=$(printf '%d\n' $growths | sort -n | sed -n 2p)
  descriptors_return_to "$count" && [ "$(figure Threads)" -eq "$tasks" ] \
    && [ "$middle" -lt $most_kilobytes ]
  left_status=$?
  stop_server && [ $left_status -eq 0 ]
}

thousand_starts () {
  "$build/pre-inst-env" guile --no-auto-compile -L "$source/tests" \
    "$source/tests/chaos/starts.scm"
}

# --- All of it ---------------------------------------------------------------

status=0
check () { # CLAIM COMMAND...
  what=$1
  shift
  if "$@"; then
    echo "PASS: $what"
  else
    echo "FAIL: $what"
    status=1
  fi
}

check "$messages messages" \
  chaos_round "$(chaos_seed)" 16 $messages $fates
if [ -r /proc/self/status ]; then
  check "$visits connections leave nothing behind" nothing_is_left_behind
  check "1,000 starts leave nothing behind" thousand_starts
else
  echo "What is left behind isn't measured: this system has no /proc."
fi
exit $status

# chaos-round.sh -- a server, a bad network, clients, and the judge
#
# Copyright (C) 2026 The Guile-IM authors
# SPDX-License-Identifier: LGPL-3.0-or-later
#
# Sourced by the tests that need it.

build=${abs_top_builddir:-$(pwd)/build}
source=${abs_top_srcdir:-$build/..}
chaos=$build/tests/chaos
scratch=$(mktemp -d) || exit 99
server_pid=
proxy_pid=
trap 'stop $proxy_pid $server_pid; rm -rf "$scratch"' EXIT

# The number $CHAOS_SEED, or one that nobody knows.
chaos_seed () {
  echo "${CHAOS_SEED:-$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')}"
}

# End processes of ours, and return the status of the last.
stop () {
  result=0
  for pid; do
    kill "$pid"
    wait "$pid"
    result=$?
  done
  return $result
}

# The number at the end of LINE.
number_in () {
  echo "${1##* }"
}

# Run a server as it is (MUTANT empty), or one with a mistake.  What it prints
# first ends with its port; if it dies instead, that is the end of the pipe.
start_server () { # MUTANT
  rm -f "$scratch/server.out"
  mkfifo "$scratch/server.out"
  if [ -z "$1" ]; then
    "$build/pre-inst-env" guile --no-auto-compile \
      -c '((@ (im main) main) (cdr (command-line)))' \
      server --headless --quiet --address 127.0.0.1 \
      > "$scratch/server.out" &
  else
    "$build/pre-inst-env" guile --no-auto-compile \
      "$source/tests/chaos/mutants.scm" "$1" > "$scratch/server.out" &
  fi
  server_pid=$!
  exec 3< "$scratch/server.out"
  read -r line <&3 && server_port=$(number_in "$line")
}

stop_server () {
  pid=$server_pid
  server_pid=
  stop "$pid"
}

# Fill proxy.log and clients.log.  About 60 bytes are a message, so most
# connections meet their fates before half of theirs.
chaos_traffic () { # SEED CLIENTS MESSAGES FATES
  rm -f "$scratch/proxy.out"
  mkfifo "$scratch/proxy.out"
  "$chaos/chaos-proxy" "$1" "$server_port" "$scratch/proxy.log" "$4" \
    $((30 * $3 / $2)) > "$scratch/proxy.out" 2> "$scratch/proxy.err" &
  proxy_pid=$!
  read -r proxy_port < "$scratch/proxy.out"
  "$chaos/chaos-load" "$1" "$proxy_port" "$server_port" "$2" "$3" \
    "$scratch/clients.log"
  load_status=$?
  pid=$proxy_pid
  proxy_pid=
  stop "$pid" && [ $load_status -eq 0 ]
  traffic_status=$?
  cat "$scratch/proxy.err"
  return $traffic_status
}

chaos_judged () {
  "$chaos/chaos-check" "$scratch/proxy.log" "$scratch/clients.log"
}

# True iff all goes well that should, and something that shouldn't is tried.
chaos_round () { # SEED CLIENTS MESSAGES FATES
  echo "seed $1: $2 clients, $3 messages"
  start_server '' || return
  chaos_traffic "$@" && chaos_judged \
    && ! grep -q ' 0 cut, 0 reset' "$scratch/proxy.err"
  round_status=$?
  stop_server && [ $round_status -eq 0 ]
}

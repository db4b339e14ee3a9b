# lab-helpers.sh -- start a lab, and talk to it with programs that aren't ours
#
# Copyright (C) 2026 The Guile-IM authors
# SPDX-License-Identifier: LGPL-3.0-or-later
#
# A test sources this file.

set -u

build=${abs_top_builddir:-$(pwd)/build}
source=${abs_top_srcdir:-$(cd "$(dirname "$0")/.." && pwd)}
labs=$source/scheme/labs
guile="$build/pre-inst-env guile --no-auto-compile"
test_name=$(basename "$0" .sh)
LC_ALL=C.UTF-8; export LC_ALL

work=$(mktemp -d) || exit 99
HOME=$work; export HOME
children=
clean_up () {
  for child in $children; do
    kill "$child" 2>/dev/null
  done
  cd / && rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 130' HUP INT TERM

passed=0 failed=0
check () {                              # CLAIM EXPECTED ACTUAL
  if [ "$2" = "$3" ]; then
    passed=$((passed + 1)); echo "PASS: $1"
  else
    failed=$((failed + 1)); echo "FAIL: $1"
    printf '%s\n' "  expected: $2" "  actual:   $3"
  fi
}

# check_match CLAIM PATTERN ACTUAL: PATTERN, as in `case', matches.
check_match () {
  # shellcheck disable=SC2254
  case $3 in
    $2) check "$1" "$3" "$3" ;;
    *) check "$1" "$2" "$3" ;;
  esac
}

finish () {
  echo "$test_name: $passed passed, $failed failed"
  [ "$failed" -eq 0 ]
  exit
}

# eventually COMMAND...: wait until it is true; fail after ten seconds.
eventually () {
  end=$(($(date +%s) + 10))
  until "$@"; do
    [ "$(date +%s)" -le "$end" ] || return 1
    sleep 0.02
  done
}

# --- Labs ----------------------------------------------------------------

run_lab () { name=$1; shift; $guile "$labs/$name.scm" "$@"; }

# The same instead of this shell, so that killing it is killing the lab.
be_lab () { name=$1; shift; exec $guile "$labs/$name.scm" "$@"; }

# start_lab NAME ARGUMENT...: in the background.  Then $lab is its process,
# $port the one it listens on, $work/NAME.out and .err what it prints.
start_lab () {
  started=$1
  : > "$work/$1.err"
  be_lab "$@" > "$work/$1.out" 2> "$work/$1.err" </dev/null &
  lab=$!
  children="$children $lab"
  eventually grep -q '^Listening on ' "$work/$1.err" || {
    echo "NOT OK: $1 did not start:"; cat "$work/$1.err"; exit 1
  }
  port=$(sed -n 's/^Listening on .* port \([0-9]*\)\.$/\1/p' "$work/$1.err")
}

stop_lab () { kill "$lab"; wait "$lab" 2>/dev/null; }

# --- Programs that aren't ours -------------------------------------------

# Clients and servers in C are always there.
clients=C servers=C
if command -v python3 >/dev/null; then
  clients="$clients python" servers="$servers python"
else
  echo "python3 is not installed: no clients and servers in Python"
fi
if nc -h 2>&1 | grep -q '^.*-N'; then
  clients="$clients nc"
else
  echo "netcat-openbsd is not installed: nc is no client"
fi

# visit CLIENT [finish]: send standard input to $port, print the answer.
visit () {
  case $1 in
    C) "$build/tests/peers/tcp-client" "$port" ${2:+"$2"} ;;
    python) python3 "$source/tests/peers/tcp_client.py" "$port" ${2:+"$2"} ;;
    nc) nc ${2:+-N} 127.0.0.1 "$port" ;;
  esac
}

# start_server SERVER END ANSWER: see tests/peers/tcp-server.c; ANSWER is for
# printf.  Then $port is where it listens.
start_server () {
  printf '%b' "$3" > "$work/answer"
  : > "$work/received"
  case $1 in
    C) exec "$build/tests/peers/tcp-server" "$2" ;;
    python) exec python3 "$source/tests/peers/tcp_server.py" "$2" ;;
  esac < "$work/answer" > "$work/received" &
  server=$!
  children="$children $server"
  eventually test -s "$work/received"
  port=$(head -n 1 "$work/received")
}

# check_received CLAIM TEXT: the server has received TEXT, with @ for NUL and
# ^ for a carriage return.
check_received () {
  wait "$server"
  check "$1" "$2" "$(sed 1d "$work/received" | tr '\0\r' '@^')"
}

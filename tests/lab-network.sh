# lab-network.sh -- start labs and strangers, and compare what they say
#
# Copyright (C) 2026 The Guile-IM authors
# SPDX-License-Identifier: LGPL-3.0-or-later
#
# A test sources this file.  What it starts is ended with it.

set -u

top=${abs_top_srcdir:-$(cd "$(dirname "$0")/.." && pwd)}
top_build=${abs_top_builddir:-$top/build}
peers=$top_build/tests/peers
test_name=$(basename "$0" .sh)
LC_ALL=C.UTF-8; export LC_ALL
work=$(mktemp -d) || exit 99
passed=0 failed=0
children=

clean_up () {
  status=$?
  for child in $children; do
    kill "$child" 2>/dev/null
  done
  cd / && rm -rf "$work"
  exit "$status"
}
trap clean_up EXIT
trap 'exit 143' HUP INT TERM

# The lab NAME, in the foreground.
lab () {
  lab_file=$top/scheme/labs/$1.scm; shift
  "$top_build/pre-inst-env" guile --no-auto-compile "$lab_file" "$@"
}

# Try the rest of the arguments until they are true, for 20 seconds.
eventually () {
  deadline=$(($(date +%s) + 20))
  until "$@"; do
    [ "$(date +%s)" -le "$deadline" ] || return 1
    sleep 0.05
  done
}

# in_background LOG COMMAND...: its process is $process, its words go to LOG.
in_background () {
  log=$work/$1; shift
  "$@" >"$log" 2>&1 </dev/null &
  process=$!
  children="$children $process"
}

# start_lab LOG NAME ARGUMENT...: start a server, and learn its $port.
start_lab () {
  log_name=$1 lab_name=$2; shift 2
  in_background "$log_name" "$top_build/pre-inst-env" guile \
    --no-auto-compile "$top/scheme/labs/$lab_name.scm" "$@"
  eventually grep -qs '^Listening on ' "$log" || {
    echo "NOT OK: $lab_name did not start:"; cat "$log"; exit 1
  }
  port=$(sed -n 's/^Listening on .* port \([0-9]*\)\.$/\1/p' "$log")
}

# start_peer LOG COMMAND...: the same for one of ours in C.
start_peer () {
  log_name=$1; shift
  in_background "$log_name" "$@"
  eventually test -s "$log"
  port=$(head -n 1 "$log")
}

says () { grep -qs -F -e "$2" "$work/$1"; }

pass () { passed=$((passed + 1)); printf 'ok: %s\n' "$1"; }
fail () { failed=$((failed + 1)); printf 'NOT OK: %s\n' "$1"; }

# same CLAIM EXPECTED ACTUAL
same () {
  if [ "$2" = "$3" ]; then
    pass "$1"
  else
    fail "$1"
    printf '  expected: %s\n  got:      %s\n' "$2" "$3"
  fi
}

# has CLAIM PART WHOLE
has () {
  case $3 in
    *"$2"*) pass "$1" ;;
    *) fail "$1"; printf '  no "%s" in: %s\n' "$2" "$3" ;;
  esac
}

# soon CLAIM COMMAND...
soon () {
  claim=$1; shift
  if eventually "$@"; then pass "$claim"; else fail "$claim: $*"; fi
}

# refuses CLAIM PART COMMAND...: it fails, and says PART.
refuses () {
  claim=$1 part=$2; shift 2
  said=$("$@" 2>&1 </dev/null) && said="(status 0) $said"
  case $said in '(status 0)'*) fail "$claim: $said"; return ;; esac
  has "$claim" "$part" "$said"
}

skip () { echo "skipped: $1"; }

finish () {
  echo "$test_name: $passed passed, $failed failed"
  [ "$failed" -eq 0 ]
  exit
}

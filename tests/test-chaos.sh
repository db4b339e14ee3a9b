#!/bin/sh
# test-chaos.sh -- a bad network loses, doubles and mixes up no message
#
# Copyright (C) 2026 The Guile-IM authors
# SPDX-License-Identifier: LGPL-3.0-or-later
#
# See "Chaos" in README.md.  With CHAOS_SEED=N the second round is that one.

set -u
. "${abs_top_srcdir:-$(dirname "$0")/..}/tests/chaos-round.sh"
passed=0
failed=0

claim () { # CLAIM COMMAND...
  what=$1
  shift
  if "$@"; then
    echo "PASS: $what"
    passed=$((passed + 1))
  else
    echo "FAIL: $what"
    failed=$((failed + 1))
  fi
}

judge_mutant () { # MUTANT SEED
  start_server "$1" || return
  chaos_traffic "$2" 8 2000 6 > "$scratch/load.out"
  chaos_judged > "$scratch/judged"
  stop_server
}

# The judge must see that a server makes the mistake MUTANT, and that one that
# makes none does not.  What a mistake hits depends on timing, too: it may be
# a message that the network loses anyway, so there are three tries to see it.
mutant_is_seen () { # MUTANT WORDS
  if [ "$1" = none ]; then
    judge_mutant none 1
    ! grep PROBLEM "$scratch/judged"
    return
  fi
  for seed in 1 2 3; do
    judge_mutant "$1" "$seed"
    grep "PROBLEM.*$2" "$scratch/judged" | head -n 1 | grep . && return
  done
  return 1
}

claim "seed 1" chaos_round 1 12 4000 8
claim "a random seed" chaos_round "$(chaos_seed)" 12 4000 8
while read -r mutant words; do
  claim "a server that is wrong is found out: $mutant" \
    mutant_is_seen "$mutant" "$words"
done <<'END'
none
lose lost amid others
double doubled
late out of order
astray for the wrong client
change changed
tell told that
silent and the sender was told
END

echo "chaos: $passed passed, $failed failed"
[ $failed -eq 0 ]

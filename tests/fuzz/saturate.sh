#!/bin/sh
# saturate.sh -- run each target until it finds no new edges
#
# Copyright (C) 2026 The Guile-IM authors
# SPDX-License-Identifier: LGPL-3.0-or-later
#
# Called by `make fuzz-long'.  Runs a target in rounds until so many inputs
# in a row (FUZZ_QUIET, by default 10^7) have reached no new edge, and puts
# what it takes to reach them into the corpus.

# shellcheck source=helpers.sh
. "$top_srcdir/tests/fuzz/helpers.sh"

quiet_enough=${FUZZ_QUIET:-10000000}
round=1000000
[ "$quiet_enough" -ge "$round" ] || round=$quiet_enough

# Run one more round; set tried, edges_before and edges.
run_round () # TARGET CORPUS LOG
{
  # shellcheck disable=SC2086
  nice -n 19 "$work/fuzz-$1" $options -runs="$round" \
    -print_final_stats=1 -artifact_prefix="$work/$1-" "$2" > "$3" 2>&1 \
    || { show_failure "$3"; return 1; }
  tried=$(executions "$3")
  edges_before=$(sed -n 's/^#.*INITED cov: \([0-9]*\).*/\1/p' "$3")
  edges=$(figure cov "$3")
}

# Take inputs into the corpus for the edges that it doesn't reach.
merge () # TARGET FOUND
{
  "$work/fuzz-$1" -merge=1 -use_counters=0 "$fuzz/corpus/$1" "$2" \
    > "$work/$1-merge.log" 2>&1
}

saturate () # TARGET
{
  found=$work/found-$1
  log=$work/$1-long.log
  total=0 quiet=0
  build "$top_srcdir" "$1" "$work/fuzz-$1" || return 1
  mkdir -p "$found"
  cp "$fuzz/corpus/$1/"* "$found"
  while [ "$quiet" -lt "$quiet_enough" ]; do
    run_round "$1" "$found" "$log" || return 1
    total=$((total + tried))
    if [ "$edges" -gt "$edges_before" ]; then
      quiet=0
    else
      quiet=$((quiet + tried))
    fi
    echo "$1: $total inputs, $edges edges, none new in the last $quiet"
  done
  merge "$1" "$found"
  echo "$1: saturated; $total inputs, $edges edges," \
    "$(find "$found" -type f | wc -l) inputs found," \
    "$(find "$fuzz/corpus/$1" -type f | wc -l) of them in the corpus"
}

for target in ${FUZZ_TARGET:-$FUZZ_TARGETS}; do
  saturate "$target" || exit 1
done

#!/bin/sh
# fuzz.sh -- replay the corpus, then look for new inputs for a while
#
# Copyright (C) 2026 The Guile-IM authors
# SPDX-License-Identifier: LGPL-3.0-or-later
#
# Called by `make fuzz': FUZZ_SECONDS is the time for all targets together.
# Each input of the corpus and each target counts as one; ends with
# `N passed, N failed'.

# shellcheck source=helpers.sh
. "$top_srcdir/tests/fuzz/helpers.sh"

passed=0
failed=0

# Show TARGET its corpus, then what comes to its mind in SECONDS.
fuzz () # TARGET SECONDS
{
  program=$work/fuzz-$1 found=$work/found-$1 log=$work/$1.log
  build "$top_srcdir" "$1" "$program" || return 1
  mkdir -p "$found"
  if ! "$program" "$fuzz/corpus/$1"/* > "$log" 2>&1; then
    show_failure "$log"
    return 1
  fi
  inputs=$(grep -c '^Executed ' "$log")
  passed=$((passed + inputs))
  # What is found stays out of the repository; fuzz-long minimises it.
  # shellcheck disable=SC2086
  if ! nice -n 19 "$program" $options -max_total_time="$2" \
    -print_final_stats=1 -artifact_prefix="$work/$1-" \
    "$found" "$fuzz/corpus/$1" > "$log" 2>&1; then
    show_failure "$log"
    return 1
  fi
  echo "$1: $inputs inputs of the corpus," \
    "$(executions "$log") new ones tried in $2 s, cov: $(figure cov "$log")"
}

share=0
for target in $FUZZ_TARGETS; do
  share=$((share + 1))
done
share=$((${FUZZ_SECONDS:-120} / share))
[ "$share" -gt 0 ] || share=1           # libFuzzer takes 0 for no limit
for target in ${FUZZ_TARGET:-$FUZZ_TARGETS}; do
  if fuzz "$target" "$share"; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    echo "$target: FAILED; the input is $work/$target-*"
  fi
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]

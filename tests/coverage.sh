#!/bin/sh
# coverage.sh -- how much of the C code the test suite runs
#
# Copyright (C) 2026 The Guile-IM authors
# SPDX-License-Identifier: LGPL-3.0-or-later
#
# Builds all once more in a directory of its own, runs the whole test suite
# there, and prints for each file how many of its lines, branches and
# functions were run.  Fails where a part has less than it should, and for
# each line that no test runs and coverage-reasons.txt doesn't explain.
#
# Usage: make coverage

source=$(cd "${abs_top_srcdir:?"use: make coverage"}" && pwd) || exit 99
build=${abs_top_builddir:?}/coverage
GCOV=${GCOV:-gcov}

if ! command -v "$GCOV" > /dev/null; then
  echo "coverage: skipped, for there is no $GCOV"
  exit 77
fi

# --- Running the tests -----------------------------------------------------

mkdir -p "$build" && cd "$build" || exit 99
if [ ! -f Makefile ]; then
  "$source/configure" --quiet CFLAGS='-g -O0 --coverage' || exit 99
fi
find . -name '*.gcda' -exec rm -f {} +
make -s -j2 all || exit 99
# What is built with the sanitizers as well is other code.
tests=$(make -s print-tests-once) || exit 99
make -k -j2 check TESTS="$tests" TEST_TIMEOUT="timeout -k 5 600" \
  > check.log 2>&1
status=$?
grep -E '^(FAIL|ERROR|# (TOTAL|PASS|SKIP|FAIL):)' check.log

# --- Counting --------------------------------------------------------------

# The objects of the core are those of its convenience library.
for data in src/.libs/*.gcda; do
  "$GCOV" --branch-counts --branch-probabilities --stdout --object-directory \
    src/.libs "$data" 2>> gcov.log
done > counts.txt
core=$(make -s print-core-sources) || exit 99

awk -f "$source/tests/coverage.awk" core="$core" top="$source/" \
  "$source/tests/coverage-reasons.txt" counts.txt || status=1

[ $status -eq 0 ] || echo "coverage: FAILED"
exit $status

#!/bin/sh
# check-valgrind.sh -- the tests of the core without an error or a leak
#
# Copyright (C) 2026 The Guile-IM authors
# SPDX-License-Identifier: LGPL-3.0-or-later
#
# Valgrind sees what the sanitizers don't: memory that is read before it was
# written, also by way of libuv and the kernel.
#
# Usage: make check-valgrind

cd "${abs_top_builddir:?"use: make check-valgrind"}" || exit 99

if ! command -v valgrind > /dev/null; then
  echo "check-valgrind: skipped, for there is no valgrind"
  exit 77
fi

# For the tests of limits, which valgrind has of its own.
UNDER_VALGRIND=yes
export UNDER_VALGRIND

status=0
for test in $(make -s print-core-tests); do
  log=$test.valgrind.log
  if valgrind --log-file="$log" --error-exitcode=99 --leak-check=full \
       --errors-for-leak-kinds=definite,indirect,possible --track-fds=yes \
       --suppressions="$abs_top_srcdir/tests/valgrind.supp" \
       "$test" > "$test.output.log" 2>&1; then
    verdict=PASS
  else
    verdict=FAIL
    tail -n 20 "$test.output.log" "$log"
  fi
  # A reactor lives as long as its process, and it has no sockets.
  if grep -A 1 'Open AF_INET' "$log"; then
    verdict=FAIL
  fi
  [ $verdict = PASS ] || status=1
  printf '%s: %s:%s\n' $verdict "$test" \
    "$(sed -n 's/^==[0-9]*== \(ERROR SUMMARY: [0-9]* errors\).*/ \1/p' "$log")"
done
exit $status

#!/bin/sh
# check-asan.sh -- the tests that run Guile, with the sanitizers in our C code
#
# Copyright (C) 2026 The Guile-IM authors
# SPDX-License-Identifier: LGPL-3.0-or-later
#
# Builds all once more in a directory of its own, with AddressSanitizer and
# UndefinedBehaviorSanitizer, and runs the tests in Scheme and shell there.
# A report fails the check, whatever became of the test.
#
# Guile itself isn't built so: its collector reads what it likes of the
# stack.  Leaks aren't looked for, for what it holds isn't seen; and what a
# function left on the stack must stay there, where the collector looks.
#
# Usage: make check-asan

source=${abs_top_srcdir:?"use: make check-asan"}
build=${abs_top_builddir:?}/asan
reports=$build/reports
sanitize='-fsanitize=address,undefined -fno-sanitize-recover=all'
options="log_path=$reports/report"
ASAN_OPTIONS=$options:detect_leaks=0:detect_stack_use_after_return=0
# The shell and its commands run with them too, and mawk compares memory
# behind its own.
ASAN_OPTIONS=$ASAN_OPTIONS:strict_memcmp=0
UBSAN_OPTIONS=$options:print_stacktrace=1
export ASAN_OPTIONS UBSAN_OPTIONS

# Guile isn't linked with these, and they must be there before our extension.
compiler=${CC:-gcc}
asan=$($compiler -print-file-name=libasan.so)
ubsan=$($compiler -print-file-name=libubsan.so)
if [ ! -e "$asan" ] || [ ! -e "$ubsan" ]; then
  echo "check-asan: skipped, for $compiler has no libasan.so and libubsan.so"
  exit 77
fi

mkdir -p "$build" "$reports" && cd "$build" || exit 99
rm -f "$reports"/report.*
if [ ! -f Makefile ]; then
  "$source/configure" --quiet CC="$compiler" \
    CFLAGS="-g -O1 -fno-omit-frame-pointer $sanitize" || exit 99
fi
# For ./pre-inst-env: neither make nor the compiler needs them.
IM_PRELOAD="$asan:$ubsan"
export IM_PRELOAD
make -s -j2 all || exit 99
make -k -j2 check TESTS="$(make -s print-guile-tests)" \
  TEST_TIMEOUT='timeout -k 5 600' > check.log 2>&1
status=$?
grep -E '^(FAIL|ERROR|# (TOTAL|PASS|SKIP|FAIL):)' check.log

for report in "$reports"/report.*; do
  if [ -e "$report" ]; then
    echo "check-asan: $report"
    head -n 40 "$report"
    status=1
  fi
done
[ $status -eq 0 ] || echo "check-asan: FAILED"
exit $status

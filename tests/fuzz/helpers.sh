# helpers.sh -- what fuzz.sh, saturate.sh and planted.sh share
#
# Copyright (C) 2026 The Guile-IM authors
# SPDX-License-Identifier: LGPL-3.0-or-later
#
# Sourced.  `make' says in FUZZ_CC, FUZZ_SOURCES and FUZZ_TARGETS which
# compiler, product files and targets there are, in top_srcdir where.

fuzz=$top_srcdir/tests/fuzz
work=$PWD/tests/fuzz/scratch
# Where a block was made is told when the input is shown again.
asan="quarantine_size_mb=8:malloc_context_size=0"
export ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}$asan"
export UBSAN_OPTIONS="${UBSAN_OPTIONS:+$UBSAN_OPTIONS:}print_stacktrace=1"

# Inputs are as long as the limits of depth and digits need, no longer; so
# who takes ten seconds for one hangs.
options="-dict=$fuzz/words.dict -max_len=512 -timeout=10"

if [ -z "$FUZZ_CC" ]; then
  cat >&2 <<'END'
make fuzz needs a compiler that knows -fsanitize=fuzzer, and configure found
none.  Debian has it in the packages clang and libclang-rt-14-dev (of the
version that clang has).  Install them and run configure again, with
FUZZ_CC=COMPILER if it has an uncommon name.
END
  exit 1
fi

# Build TARGET from the sources below TOP as PROGRAM.  What the product
# compares with is a hint to the fuzzer; to be told the same by the reference
# and the builder would cost half of all time.
build () # TOP TARGET PROGRAM
{
  top=$1 target=$2 program=$3
  objects=$program-objects
  mkdir -p "$objects"
  set --
  for source in $FUZZ_SOURCES "tests/fuzz/target-$target.c"; do
    case $source in
      src/*) hints=-fsanitize-coverage=trace-cmp ;;
      *) hints=-fno-sanitize-coverage=trace-cmp ;;
    esac
    object=$objects/$(basename "$source" .c).o
    compile -c -o "$object" "$hints" "$top/$source" || return 1
    set -- "$@" "$object"
  done
  compile -o "$program" "$@" -lm
}

compile ()
{
  # UV_CFLAGS is a list of words.
  # shellcheck disable=SC2086
  $FUZZ_CC -g -O2 -std=gnu11 -Wall -Wextra $UV_CFLAGS \
    -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all \
    -fno-omit-frame-pointer -idirafter "$top/src" -iquote "$fuzz" \
    -I "$fuzz/guile" "$@"
}

# Print the number behind LABEL in the last line of LOG that has it.
figure () # LABEL LOG
{
  sed -n "s/^#[0-9].* $1: \([0-9]*\).*/\1/p" "$2" | tail -n 1
}

# Print how many inputs LOG says were tried.
executions () # LOG
{
  sed -n 's/^stat::number_of_executed_units: *//p' "$1"
}

# Show what LOG says of a failure.
show_failure () # LOG
{
  grep -v '^#[0-9]' "$1" | grep -v '^INFO: \|^NEW_FUNC' | head -n 60
}

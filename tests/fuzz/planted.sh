#!/bin/sh
# planted.sh -- each target finds mistakes that were planted for it
#
# Copyright (C) 2026 The Guile-IM authors
# SPDX-License-Identifier: LGPL-3.0-or-later
#
# Called by `make fuzz-planted'.  Each mistake is one change to a copy of
# the product's source.  The target starts with an empty corpus and has
# FUZZ_SECONDS to find it.

# shellcheck source=helpers.sh
. "$top_srcdir/tests/fuzz/helpers.sh"

# TARGET FILE WHAT IS WRONG | SED COMMAND
mistakes='
frame frame.c an escape between bars leads into a string|s/frame->state - 1/IN_STRING/
frame frame.c 65 levels may be open|s/depth >= limit_of/depth > limit_of/
frame frame.c the last byte of a cut atom is looked at again|/^scan_atom/,/^}/s/= frame->scanned;/= frame->scanned - 1;/
frame frame.c a string that is cut goes nowhere|/at == stop/,/return/s/frame->scanned = at;//
frame frame.c a number is one character too long|s/characters >= limit_of/characters > limit_of/
parse datum-read.c a backslash at the end is followed by one byte more|s/if (++at == end)/if (++at > end)/
parse datum-read.c the depth has no limit|s/if (reader->depth >= limit_of (LIMIT_NESTING))/if (false)/
parse datum-text.c the first surrogate is let through|s/0xd800 \&\&/0xd801 \&\&/
parse datum-symbol.c a symbol that ends with a colon is bare|s/ || name.size - 1. == .:.//
parse datum-atom.c one divided by zero is a number|s/scm_is_eq (divisor, SCM_INUM0)/false/
print datum-write.c a quotation mark in a string is not escaped|s/\[.".\] = .".,//
print datum-write.c the limit is one byte too large|s/count > rest)/count > rest + 1)/
print datum-symbol.c a bar in a symbol is not escaped|s/\*name == .|. || //
print datum-write.c an empty list may be one level too deep|s/depth >= limit_of/depth > limit_of/
dialect xml.c a carriage return is written|s/\&\& memchr (field.bytes, .\\r., field.size) == NULL//
dialect xml.c what follows a message is passed over|s/return rest.size == 0 ? 0 : -EINVAL/return 0/
dialect stream.c a line break beyond the limit is seen or not|s/full ? stream->request_limit : queued/queued/
dialect dialect-xml.c names are split at colons, not at spaces|s/memchr (rest->bytes, . ., rest->size)/memchr (rest->bytes, 58, rest->size)/
'

passed=0
failed=0

# Find what CHANGE to FILE makes wrong; print after how many inputs.
find_mistake () # TARGET FILE CHANGE
{
  copy=$work/planted log=$work/planted.log
  rm -rf "$copy"
  mkdir -p "$copy/tests" "$copy/corpus"
  cp -R "$top_srcdir/src" "$copy"
  # A release is unpacked with its files read-only.
  chmod -R u+w "$copy"
  ln -s "$(cd "$fuzz" && pwd)" "$copy/tests/fuzz"
  sed "$3" "$top_srcdir/src/$2" > "$copy/src/$2"
  if cmp -s "$top_srcdir/src/$2" "$copy/src/$2"; then
    echo "the change doesn't change src/$2"
    return 1
  fi
  build "$copy" "$1" "$copy/program" || return 1
  start=$(date +%s)
  # shellcheck disable=SC2086
  if nice -n 19 "$copy/program" $options -seed=1 -print_final_stats=1 \
    -max_total_time="${FUZZ_SECONDS:-300}" -artifact_prefix="$copy/" \
    "$copy/corpus" > "$log" 2>&1; then
    echo "not found in $(executions "$log") inputs"
    return 1
  fi
  echo "found by input $(executions "$log")," \
    "$(($(date +%s) - start)) s: $(why "$log")"
}

# How the target came to notice.
why () # LOG
{
  sed -n 's/.*this does not hold: //p; s/^SUMMARY: \([^(]*\) .*/\1/p' "$1" \
    | head -n 1
}

while IFS='|' read -r what change; do
  [ -n "$what" ] || continue
  target=${what%% *}
  what=${what#* }
  file=${what%% *}
  case " ${FUZZ_TARGET:-$FUZZ_TARGETS} " in
    *" $target "*) ;;
    *) continue ;;
  esac
  if result=$(find_mistake "$target" "$file" "$change"); then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    result="FAILED: $result"
  fi
  echo "$target: ${what#* }: $result"
done <<EOT
$mistakes
EOT
rm -rf "$work/planted"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]

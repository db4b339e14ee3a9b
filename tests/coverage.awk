# coverage.awk -- a table of what was run, and what wasn't and why
#
# Copyright (C) 2026 The Guile-IM authors
# SPDX-License-Identifier: LGPL-3.0-or-later
#
# Reads coverage-reasons.txt and then what gcov --stdout says of all objects:
# a header's lines are in many.  `core' are the files of the core, `top' is
# the directory of the source.  Fails if something must be done.

# The file of reasons, first: a line of code, indented lines why.
FILENAME ~ /coverage-reasons\.txt$/ {
  if (/^src\//) {
    at = index($0, ": ")
    quote = substr($0, 1, at - 1) SUBSEP trim(substr($0, at + 2))
    reason[quote] = ""
  } else if (/^ +[^ ]/ && quote != "")
    reason[quote] = reason[quote] (reason[quote] == "" ? "" : " ") trim($0)
  next
}

# What gcov says.
/^ *-: *0:Source:/ {
  file = $0
  sub(/^ *-: *0:Source:/, "", file)
  if (index(file, top) == 1) file = substr(file, length(top) + 1)
  counted = file ~ /^src\//
  line = 0
  next
}
!counted { next }
/^function / { functions[file, $2] += $4; next }
/^branch / {
  branches[file, line, $2] += $4 == "executed" ? 0 : $4
  next
}
/^(call|unconditional) / { next }
{
  split($0, field, ":")
  count = field[1]; line = field[2] + 0
  gsub(/[ *]/, "", count)
  if (count == "-" || line == 0) next
  lines[file, line] += count ~ /^[#=%]/ ? 0 : count
  text[file, line] = trim(substr($0, length(field[1] field[2]) + 3))
}

function trim (string) {
  gsub(/^[ \t]+|[ \t]+$/, "", string)
  return string
}
function percent (part, whole) {
  return whole == 0 ? 100 : int(1000 * part / whole) / 10
}
function row (name) {
  return sprintf("%-26s %5d %6.1f %% %6d %6.1f %% %5d %6.1f %%", name,
    total[name, "l"], percent(hit[name, "l"], total[name, "l"]),
    total[name, "b"], percent(hit[name, "b"], total[name, "b"]),
    total[name, "f"], percent(hit[name, "f"], total[name, "f"]))
}
function note (file, kind, was_run) {
  part = index(" " core " ", " " file " ") ? "core" : "binding"
  total[file, kind]++; total[part, kind]++
  if (was_run) { hit[file, kind]++; hit[part, kind]++ }
  seen[file] = part
}
function demand (part, kind, name, least) {
  if (percent(hit[part, kind], total[part, kind]) < least) {
    printf "too little: %s of the %s, less than %s %%\n", name, part, least
    bad = 1
  }
}

END {
  for (key in lines) { split(key, k, SUBSEP); note(k[1], "l", lines[key]) }
  for (key in branches) {
    split(key, k, SUBSEP); note(k[1], "b", branches[key])
  }
  for (key in functions) {
    split(key, k, SUBSEP); note(k[1], "f", functions[key])
  }
  printf "%-26s %5s %8s %6s %8s %5s %8s\n", "file",
    "lines", "run", "branch", "taken", "func.", "called"
  split("core binding", parts, " ")
  for (p = 1; p <= 2; p++) {
    fflush()
    for (file in seen)
      if (seen[file] == parts[p]) print row(file) | "sort"
    close("sort")
    print row(parts[p])
  }

  for (key in lines)
    if (lines[key] == 0) {
      split(key, k, SUBSEP)
      quote = k[1] SUBSEP text[key]
      if (quote in reason) {
        used[quote] = 1
        printf "%s:%d: %s\n    %s\n", k[1], k[2], text[key], reason[quote]
      } else {
        printf "no reason: %s:%d: %s\n", k[1], k[2], text[key]
        bad = 1
      }
    }
  for (quote in reason) {
    split(quote, k, SUBSEP)
    if (!(quote in used)) {
      printf "stale reason: %s: %s\n", k[1], k[2]
      bad = 1
    } else if (reason[quote] == "") {
      printf "empty reason: %s: %s\n", k[1], k[2]
      bad = 1
    }
  }
  demand("core", "l", "lines", 100)
  demand("core", "b", "branches", 95)
  demand("binding", "l", "lines", 95)
  exit bad
}

#!/bin/sh
# test-layers.sh --- each layer uses only those below it
#
# Copyright (C) 2026 The Guile-IM authors
# SPDX-License-Identifier: LGPL-3.0-or-later
#
# What an object file leaves undefined tells which layer it belongs to, and
# what a module imports, which modules it knows.

source=${abs_top_srcdir:-$(cd "$(dirname "$0")/.." && pwd)}
build=${abs_top_builddir:-$source/build}
NM=${NM:-nm}
failed=0

check () # CLAIM VIOLATIONS
{
  if [ -z "$2" ]; then
    echo "PASS: $1"
  else
    echo "FAIL: $1"
    echo "$2" | sed 's/^/  /'
    failed=1
  fi
}

# --- Object files ----------------------------------------------------------

# Print "OBJECT: SYMBOL" for each symbol of libguile's that an object needs;
# (macOS puts an underscore before each name).
symbols ()
{
  for object in "$build"/src/.libs/*.o "$build"/src/*.o; do
    [ -f "$object" ] || continue
    $NM -u "$object" \
    | awk -v object="$(basename "$object" .o)" \
          '{ name = $NF; sub(/^_/, "", name) }
           name ~ /^scm_/ { sub(/^.*_l?a-/, "", object)
                            print object ": " name }'
  done | sort -u
}

objects=$(ls "$build"/src/.libs/*.o "$build"/src/*.o 2>/dev/null)
if [ -z "$objects" ]; then
  echo "SKIP: no object files in $build/src"
  exit 77
fi
used=$(symbols)

# The core is what the library is made of that is linked without Guile.
core=$(sed -n '/^core_sources/,/^$/p' "$source/Makefile.am" \
       | tr ' ' '\n' | sed -n 's,^src/\(.*\)\.c$,\1,p')
check "there is a core" \
  "$(for name in buffer frame reactor stream listener; do
       echo "$core" | grep -qx "$name" || echo "$name is not in it"
     done)"
check "no file of the core includes libguile.h, or who does" \
  "$(cd "$source/src" && for name in $core; do
       grep -n 'libguile\.h' $name.[ch]
       grep -n "#include \"\($(grep -l 'libguile\.h' *.h | tr '\n' '|' \
                                | sed 's/|$//; s/|/\\|/g')\)\"" $name.[ch]
     done 2>/dev/null)"
check "no object of the core has a symbol of libguile's" \
  "$(for name in $core; do echo "$used" | grep "^$name: "; done)"

calls='scm_call\|scm_apply\|scm_eval\|scm_c_eval\|scm_primitive_eval'
calls="$calls"'\|scm_read$\|scm_write$\|scm_display$\|scm_primitive_load'
check "only the glue to readline and the prompt calls Scheme" \
  "$(echo "$used" | grep ": \($calls\)" | grep -v '^readline: \|^repl-port: ')"

raises='scm_throw\|scm_error\|scm_misc_error\|scm_wrong_type_arg'
raises="$raises"'\|scm_wrong_num_args\|scm_out_of_range\|scm_syserror'
raises="$raises"'\|scm_num_overflow\|scm_memory_error\|scm_report_'
raises="$raises"'\|scm_assert_foreign_object_type\|scm_ithrow'
check "only error.c raises" \
  "$(echo "$used" | grep ": \($raises\)" | grep -v '^error: ')"
check "and it does" \
  "$(echo "$used" | grep -q '^error: scm_error' || echo "nothing seen: $used")"

# --- Programs and modules --------------------------------------------------

cd "$source/scheme" || exit 99

# FILE's code without comments and strings on one line, roughly.
code () { sed 's/;.*//; s/"[^"]*"//g' "$1"; }

check "programs use no %names" \
  "$(for file in im-*.scm labs/*.scm labs/solutions/*.scm; do
       code "$file" | grep -n '%[a-z]' | sed "s,^,$file:,"
     done)"

# Which of (im …) FILE imports.
imports ()
{
  code "$1" | grep -o '(im [a-z-]*\( [a-z-]*\)\?)' | tr -d '()' \
  | sed 's/im //; s, ,/,' | sort -u | grep -vx "$(module_of "$1")"
}

# im/log.scm is log, im/grade/link.scm is grade/link.
module_of () { echo "$1" | sed 's,^im/,,; s,\.scm$,,'; }

# MODULE: what it may import, besides Guile's own modules.
allowed='
primitives:
text: primitives
timeout:
complaint: text
words:
names: primitives words
watch: primitives
interrupt: primitives
dispatch: complaint primitives interrupt timeout watch
ports: primitives dispatch
hosts: complaint primitives dispatch timeout
inside:
lines: primitives ports timeout
socket: complaint primitives dispatch hosts ports timeout
datagram: complaint primitives dispatch hosts timeout
reactor: complaint primitives dispatch ports socket timeout
request: primitives dispatch ports text timeout
screen: primitives
show: screen text
geiser:
repl: complaint dispatch geiser interrupt meta primitives readline screen text
readline: readline-glue
readline-glue:
limits: primitives reactor socket
overflow: primitives
log-file: overflow text
log: log-file primitives reactor text
manual: text
meta: diagnose limits manual show text
beginner: complaint names primitives request socket text
diagnose: hosts reactor request socket text
program:
lab: complaint datagram reactor repl socket text
main: complaint log log-file names overflow reactor repl program socket
grade/wire: primitives
grade/link: grade/wire
grade/rules: grade/wire
grade/roles:
grade/seat: main
grade/student: grade/link grade/seat grade/wire socket
grade/people: grade/link grade/rules grade/wire
grade/server: grade/link grade/rules grade/wire
grade/exercise: grade/link grade/rules grade/student grade/wire text
'
# (What a student's program is told to do names (im socket).)  Exercises know
# the tools above, and not each other.
tools="grade/exercise grade/link grade/people grade/roles grade/rules"
tools="$tools grade/server grade/stage grade/student grade/wire"
exercises="grade/bots grade/im-broadcast grade/im-list grade/im-refuse"
exercises="$exercises grade/mail grade/own-client grade/own-server"
allowed="$allowed$(for exercise in $exercises grade/stage; do
                     echo "$exercise: $tools"
                   done)
grade: $tools $exercises
"
for file in im/*.scm im/grade/*.scm; do
  module=$(module_of "$file")
  if echo "$allowed" | grep -q "^$module:"; then
    may=" $(echo "$allowed" | sed -n "s,^$module:,,p") "
    check "(im $module) imports only what is below it" \
      "$(for import in $(imports "$file"); do
           case $may in *" $import "*) ;; *) echo "$file: (im $import)" ;; esac
         done)"
  else
    check "(im $module) has a place among the layers" \
      "say in tests/test-layers.sh what it may import"
  fi
done
check "what is graded can't be what grades: no reactor, no sockets of ours" \
  "$(for file in im/grade.scm im/grade/*.scm; do
       grep -n '#:use-module (im \(reactor\|socket\|request\))' "$file" \
       | sed "s,^,$file:,"
     done)"
check "programs import no (im primitives) and no (im dispatch)" \
  "$(for file in im-*.scm labs/*.scm labs/solutions/*.scm; do
       imports "$file" | grep -x 'primitives\|dispatch' | sed "s,^,$file: ,"
     done)"
check "nothing but programs and commands uses the REPL" \
  "$(for file in im/*.scm im/grade/*.scm; do
       imports "$file" | grep -x repl | sed "s,^,$file: ,"
     done | grep -v '^im/\(main\|lab\).scm')"
exit $failed

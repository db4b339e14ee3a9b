# test-loading.sh -- which file runs when a program is loaded, and how
#
# Copyright (C) 2026 The Guile-IM authors
# SPDX-License-Identifier: LGPL-3.0-or-later
#
# A file in the user's directory with one of our names is always the file
# that runs, whatever its date; ours runs compiled; nothing is printed.

set -u
top_build=$(cd "${abs_top_builddir:-./build}" && pwd) || exit 99
top_source=$(cd "${abs_top_srcdir:-.}" && pwd) || exit 99
pre=$top_build/pre-inst-env
unset GUILE_LOAD_PATH GUILE_LOAD_COMPILED_PATH GUILE_EXTENSIONS_PATH
unset GUILE_AUTO_COMPILE MAKEFLAGS MFLAGS MAKELEVEL DESTDIR
unset XDG_CACHE_HOME
guile=$("$pre" guile -c '(display (car (command-line)))')

work=$(mktemp -d) || exit 99
work=$(cd "$work" && pwd -P)
trap 'cd /; chmod -R u+w "$work"; rm -rf "$work"' EXIT
trap 'exit 130' HUP INT TERM
mkdir "$work/home" "$work/empty" "$work/with spaces"
HOME=$work/home; export HOME

passed=0 failed=0
check () {                              # NAME EXPECTED ACTUAL
  if [ "$2" = "$3" ]; then
    passed=$((passed + 1)); echo "PASS: $1"
  else
    failed=$((failed + 1)); echo "FAIL: $1"
    printf '%s\n' "  expected: $2" "  actual:   $3"
  fi
}

# --- Four ways to run expressions ----------------------------------------
# Each prints what they print, on both streams.

in_build () { "$pre" guile -q -c "$1" </dev/null 2>&1; }
in_build_script () {
  printf '%s\n' "$1" >"$work/script.scm"
  "$pre" guile -q -s "$work/script.scm" </dev/null 2>&1
}
# At a prompt, without its greeting, and without what Ctrl-D echoes.
at_prompt () {                          # EXPRESSIONS COMMAND...
  input=$1; shift
  printf '%s\n' "$input" | "$@" 2>&1 \
    | sed -e '1,/^Enter `,help/d' -e 's/scheme@(guile-user)> $//' -e '/^$/d'
}
in_repl () {
  at_prompt "$1" "$pre" guile -q -c '((@ (im main) main) (list "repl"))'
}
in_build_prompt () { at_prompt "$1" "$pre" guile -q; }

# Where the code of PROCEDURE comes from: compiled code says which file it
# was made from, a procedure that is interpreted is one of the evaluator's.
origin='(use-modules (system vm program))
(for-each
  (lambda (name)
    (let* ((procedure (and (defined? name) (module-ref (current-module) name)))
           (source (and procedure (program-source procedure 0))))
      (display (if source (basename (source:file source)) "-"))
      (display (if (eq? name (quote im-server-start)) "\n" " "))))
  (quote (im make-request im-server-start)))'
compiled="im-client.scm im-common.scm -"
both="im-client.scm im-common.scm im-server.scm"

# --- Ours: silent and compiled -------------------------------------------

client='(load "im-client.scm")' server='(load "im-server.scm")'
from_path='(load-from-path "im-client.scm")'

cd "$top_source/scheme" || exit 99
for way in in_build in_build_script in_build_prompt in_repl; do
  case $way in                          # a script looks beside itself
    in_build_script) load="(load \"$PWD/im-client.scm\")
                           (load \"$PWD/im-server.scm\")" ;;
    *) load="$client $server" ;;
  esac
  check "$way: load prints nothing, in the directory of the programs" "" \
    "$($way "$load")"
  check "$way: and runs compiled code" "$both" "$($way "$load $origin")"
done
for directory in "$work/empty" "$work/with spaces" /; do
  cd "$directory" || exit 99
  for way in in_build in_build_script in_build_prompt; do
    check "$way: load-from-path prints nothing, in $(basename "$PWD")" "" \
      "$($way "$from_path")"
    check "$way: and runs compiled code" "$compiled" \
      "$($way "$from_path $origin")"
  done
  check "in_repl: names are found in the library" "$both" "$(in_repl \
    "(load \"~cs61as/lib/im-server.scm\") (load \"~cs61a/lib/im-client\")
     $origin")"
  check "in_repl: without a suffix, too" "$compiled" \
    "$(in_repl "(load \"im-client\") $origin")"
done

# --- Names that were taken before ----------------------------------------

taken=$(for name in after cancel flush filter remove first last text count \
                    read write find any every delete; do
          echo "(define $name 'mine)"
        done)
check "what a student has defined before loading isn't used" okay \
  "$(in_build "$taken (load-from-path \"im-server.scm\") $from_path
     (define line (with-output-to-string
       (lambda () (im-server-start #:address \"127.0.0.1\"))))
     (define port (string->number (substring line
       (1+ (string-rindex line #\\space)) (1- (string-length line)))))
     (set! logging #f)
     (display (im-enroll \"127.0.0.1\" port))" | tail -n 1)"

# --- A student's own file ------------------------------------------------

# Ours but for one definition, which is appended or replaced.
own_copy () { cp "$top_source/scheme/$1" "$2/$1" && chmod u+w "$2/$1"; }

own=$work/own; mkdir "$own"; cd "$own" || exit 99
own_copy im-client.scm .
sed -i.bak -e "s/^(define (im-exit)\$/(define (im-exit) 'mine) (define (not-im-exit)/" \
  im-client.scm
rm im-client.scm.bak
mine='(display (im-exit)) (newline)'
dates='197001010000.00 197001010000.01 200101010000 203701010000'
for date in $dates; do
  TZ=UTC0 touch -t "$date" im-client.scm
  for way in in_build in_build_prompt in_repl; do
    check "$way: a student's im-client.scm of $date is what runs" mine \
      "$($way "$client $mine")"
  done
  check "in_repl: also without the suffix" mine \
    "$(in_repl "(load \"im-client\") $mine")"
  check "a script that loads it from beside itself" mine \
    "$(echo "$client $mine" >homework.scm
       cd / && "$pre" guile -q -s "$own/homework.scm" 2>&1)"
done
check "~cs61as/ means ours even then" "okay" \
  "$(in_repl "(load \"~cs61as/lib/im-client.scm\") $mine")"
check "and load-from-path, too" "okay" "$(in_build "$from_path $mine")"

own=$work/common; mkdir "$own"; cd "$own" || exit 99
own_copy im-client.scm .; own_copy im-server.scm .; own_copy im-common.scm .
echo "(define (make-request . parts) 'mine)" >>im-common.scm
for date in $dates; do
  TZ=UTC0 touch -t "$date" im-common.scm
  for way in in_build in_repl; do
    for load in "$client" "$server"; do
      check "$way: a student's im-common.scm of $date is used by $load" mine \
        "$($way "$load (display (make-request)) (newline)")"
    done
  done
done
check "an unchanged copy beside it runs compiled" "im-client.scm" \
  "$(in_build "$client $origin" | cut -d' ' -f1)"
check "and is found from a file elsewhere" mine \
  "$(echo "(load \"$own/im-client.scm\") (display (make-request)) (newline)" \
       >"$work/elsewhere.scm"
     cd / && "$pre" guile -q -s "$work/elsewhere.scm" 2>&1)"

own=$work/suffixes; mkdir "$own"; cd "$own" || exit 99
echo "(display 'stk) (newline)" >im-client.stk
check "in_repl: (load \"im-client\") finds a student's im-client.stk" stk \
  "$(in_repl '(load "im-client")')"
mkdir im-server
check "in_repl: a directory of that name is no program" okay \
  "$(in_repl '(load "im-server") (display (im-server-close)) (newline)')"

# --- Installed -----------------------------------------------------------

prefix=$work/prefix
if ! make -C "$top_build" install prefix="$prefix" exec_prefix="$prefix" \
     systemdsystemunitdir="$prefix/systemd" >"$work/install.log" 2>&1; then
  cat "$work/install.log"
  check "make install" "0" "failed"
fi
for setting in LOAD_PATH LOAD_COMPILED_PATH EXTENSIONS_PATH; do
  eval "GUILE_$setting=\$(sed -n \
    \"s/^ *export GUILE_$setting='\(.*\)'/\1/p\" \"\$work/install.log\")"
done
site=$GUILE_LOAD_PATH

# In a plain guile that compiles what it loads, with an empty cache.
installed () (
  rm -rf "$HOME/.cache"
  export GUILE_LOAD_PATH GUILE_LOAD_COMPILED_PATH GUILE_EXTENSIONS_PATH
  "$@" </dev/null 2>&1
)
cached () { find "$HOME/.cache" -name 'im*.go' 2>/dev/null | wc -l | tr -d ' '; }

cd "$site" || exit 99
check "installed: load prints nothing" "" \
  "$(installed "$guile" -q -c "$client $server")"
check "installed: and nothing is compiled for it" 0 "$(cached)"
check "installed: compiled code runs" "$both" \
  "$(installed "$guile" -q -c "$client $server $origin")"
check "installed: at the prompt" "$both" \
  "$(export GUILE_LOAD_PATH GUILE_LOAD_COMPILED_PATH GUILE_EXTENSIONS_PATH
     at_prompt "$client $server $origin" "$guile" -q)"
cd "$work/empty" || exit 99
bare='(load-from-path "im-client")'
check "installed: load-from-path without the suffix prints nothing" "" \
  "$(installed "$guile" -q -c "$bare (load-from-path \"im-server\")")"
check "installed: and nothing is compiled for it" 0 "$(cached)"
check "installed: compiled code runs" "$both" \
  "$(installed "$guile" -q -c "$bare (load-from-path \"im-server\") $origin")"
check "installed: with the suffix Guile compiles it, and warns of nothing" \
  ";;; compiling $site/im-client.scm" \
  "$(installed "$guile" -q --auto-compile -c "$from_path" \
     | grep -i 'compiling\|warning')"
check "installed: in the end compiled code runs, too" "$compiled" \
  "$(installed "$guile" -q --no-auto-compile -c "$from_path $origin")"
check "installed: the prompt of the course finds everything" "$both" \
  "$(export GUILE_LOAD_PATH GUILE_LOAD_COMPILED_PATH GUILE_EXTENSIONS_PATH
     at_prompt "(load \"~cs61as/lib/im-server.scm\") (load \"im-client\") $origin" \
       "$guile" -q -c '((@ (im main) main) (list "repl"))')"
cd "$work/own" || exit 99
check "installed: load-from-path means ours, also beside a student's" okay \
  "$(installed "$guile" -q -c "$bare $mine")"
cd /
check "installed: unless theirs comes first on the load path" mine \
  "$(GUILE_LOAD_PATH=$work/own:$GUILE_LOAD_PATH
     installed "$guile" -q --no-auto-compile -c "$bare $mine" \
       | grep -v '^;;;')"
for date in $dates; do
  for own in own common; do
    cd "$work/$own" || exit 99
    TZ=UTC0 touch -t "$date" im-*.scm
    case $own in
      own) expression="$client $mine" ;;
      *) expression="$client (display (make-request)) (newline)" ;;
    esac
    for option in --auto-compile --no-auto-compile; do
      check "installed, $option: a student's file ($own) of $date" mine \
        "$(installed "$guile" -q $option -c "$expression" | grep -v '^;;;')"
    done
  done
done

echo "loading: $passed passed, $failed failed"
[ "$failed" -eq 0 ]

# test-command-line.sh -- the manual page and bash's completion know every
# command and option that the program's own summary has
#
# Copyright (C) 2026 The Guile-IM authors
# SPDX-License-Identifier: LGPL-3.0-or-later

. "${abs_top_srcdir:-.}/tests/lab-helpers.sh"
page=$source/doc/guile-im.1

commands=$(sh "$source/bin/guile-im.in" help \
             | sed -n 's/^  \([a-z][a-z]*\) .*/\1/p')
options=$({ sh "$source/bin/guile-im.in" help
            $guile -c '((@ (im grade) main) (list "grade" "--help"))'
          } | grep -o -e '--[a-z][a-z]*' | sort -u)
check "there are commands and options" 8 \
  "$(echo "$commands" "$options" \
       | tr ' ' '\n' | grep -c -x 'demo\|server\|lab\|help\|--port\|--name\|--headless\|--deadline')"

check "the manual page has each command" "" \
  "$(for command in $commands; do
       grep -q "^\.It Cm $command\( \|\$\)" "$page" || echo "$command"
     done)"
check "and each option" "" \
  "$(for option in $options; do
       grep -q "Fl -${option#--}\( \|\$\)" "$page" || echo "$option"
     done)"
if command -v mandoc >/dev/null 2>&1; then
  check "mandoc finds nothing wrong with it" "" \
    "$(mandoc -Tlint -Wwarning "$page" 2>&1)"
fi

if man --version >/dev/null 2>&1; then
  check "nor does man" "" "$(man --warnings -l "$page" 2>&1 >/dev/null)"
fi

# --- Completion ------------------------------------------------------------

if ! command -v bash >/dev/null 2>&1; then
  echo "bash is not installed: no completion"
  finish
fi

# What bash offers for the last of the WORDS, on one line.
complete_words () {
  bash -c 'source "$1/packaging/completions/guile-im" || exit
           shift
           COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
           # As bash does it: the function that `complete -p` names.
           set -- $(complete -p guile-im)
           "$3" guile-im
           echo "${COMPREPLY[@]}"' bash "$source" "$@" 2>&1
}
offers () {                             # EXPECTED WORD...
  expected=$1; shift
  check "$* <TAB>" "$expected" "$(complete_words "$@")"
}
here=$source/guile-im
offers "server" guile-im s
offers "client" guile-im c
offers "check client" "$here" c
offers "--port" guile-im server --p
offers "--headless" guile-im server --port 1 --h
offers "" guile-im server --port ""
offers "--name" guile-im client --
offers "echo" "$here" lab ec
offers "client server" "$here" lab echo ""
offers "server" "$here" lab web ""
offers "" "$here" lab questions ""
offers "im-broadcast im-list im-refuse" guile-im grade im-
offers "--deadline" guile-im grade mail x.scm --d
check "each lab is offered" \
  "$("$here" lab 2>&1 | sed -n 's/^  lab \([a-z-]*\).*/\1/p' | sort -u | tr '\n' ' ')" \
  "$(complete_words "$here" lab "") "
check "each exercise is offered" \
  "$($guile -c '((@ (im grade) main) (list "grade" "--help"))' \
       | sed -n 's/^  \([a-z][a-z-]*\)  .*/\1/p' | sort | tr '\n' ' ')" \
  "$(complete_words guile-im grade "" | tr ' ' '\n' | grep -v '^--' | tr '\n' ' ')"
all=$(for command in $commands; do
        complete_words guile-im ""; complete_words guile-im "$command" --
        complete_words guile-im "$command" x --
      done | tr ' ' '\n')
check "each command and option is offered" "" \
  "$(for word in $commands $options; do
       echo "$all" | grep -q -x -e "$word" || echo "$word"
     done)"
check "a file's name is offered where a file belongs" "a-file-of-mine" \
  "$(cd "$work" && touch a-file-of-mine && bash -c '
       source "$1/packaging/completions/guile-im"
       COMP_WORDS=(guile-im grade mail a-f) COMP_CWORD=3
       compopt () { echo "$2" > compopt; }
       _guile_im; echo "${COMPREPLY[@]}"
       [ "$(cat compopt)" = default ] && compgen -f a-f' bash "$source" \
     | grep .)"
finish

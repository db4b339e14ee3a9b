#!/bin/sh
# test-tutorial-screens.sh --- the tutorial's session happens as it shows it
#
# Copyright (C) 2026 The Guile-IM authors
# SPDX-License-Identifier: LGPL-3.0-or-later
#
# Plays the session of doc/tutorial.texi in three terminals, then looks for
# each of the tutorial's screens in what its terminal has shown.  A screen is
# an @example behind a line `@c screen NAME'; its lines follow each other on
# the terminal of NAME, but for a line `...', which stands for any lines.
#
# With SHOW=1 it prints what the terminals have shown.

. "${abs_top_srcdir:-$(cd "$(dirname "$0")/.." && pwd)}/tests/tmux-helpers.sh"

source=${abs_top_srcdir:-$(cd "$(dirname "$0")/.." && pwd)}

# --- The story -----------------------------------------------------------

# Wait until SCREEN shows WHAT and is at its prompt again, or until CONDITION.
sees () {                               # SCREEN WHAT [CONDITION ARGUMENT]
  eventually shows "$1" "$2" && eventually "${3:-at_prompt}" "$1" "${4:-}" \
    && return
  fail "$1 never showed: $2"
  look_back "$1"
  finish
}

# SCREEN says EXPRESSION, and then OTHER sees WHAT.
says () {                               # SCREEN EXPRESSION OTHER WHAT
  enter "$1" "$2"
  sees "$3" "$4"
}

sits_down () {
  open_screen "$1" 80 24 "USER=$1; export USER; $(guile_im repl)"
  sees "$1" "Enter \`,help' for help."
}

# What everybody's terminal has shown by now.  The address and the port are
# those that the tutorial has.
remember () {
  for who in teacher alice bob; do
    look_back "$who" \
      | sed -e "s/$address/192.0.2.2/g" -e "s/$port/41377/g" > "$work/$who.$1"
  done
}

for who in teacher alice bob; do
  sits_down "$who"
done
says teacher '(load "im-server.scm")' teacher 'im-server.scm")'
says teacher '(im-server-start)' teacher '= okay'
where=$(look_back teacher | sed -n 's/^Server IP address: //p')
address=${where%%,*} port=${where##* }

says alice '(load "im-client.scm")' alice 'im-client.scm")'
says alice "(im-enroll \"$address\" $port)" alice 'Nobody else is here yet.'
says bob '(load "im-client.scm")' bob 'im-client.scm")'
says bob "(im-enroll \"$address\" $port)" bob 'Here: alice.'
sees alice 'bob has come.'

type_in alice "(im 'bob \"hal"
eventually cursor_after alice "$prompt (im 'bob \"hal"
enter bob "(im 'alice \"Hi Alice\")"
sees alice '[bob] Hi Alice' cursor_after "$prompt (im 'bob \"hal"
remember half-typed
enter alice 'lo there")'
sees bob '[alice] hallo there'

says bob "(im 'alice '(1 2 (3 4)))" alice '[bob] (1 2 (3 4))'
says alice "(im 'carol \"Are you there?\")" alice 'User not found: carol'
says alice 'clients' alice '= (bob alice)'
says teacher '(im-who)' teacher 'bob  '

says alice '(define (received-msg who it) (print-line "~a: ~a" who it))' \
     alice 'who it))'
says bob "(im 'alice \"Do I look different?\")" \
     alice 'bob: Do I look different?'

enter bob '(im alice "Hi")'
sees bob 'Unbound variable: alice' at_error_prompt 1
press bob C-d
eventually at_prompt bob
says bob '(im-exit)' alice 'bob has left.'
sees teacher 'bob leaves.'
says teacher '(im-server-close)' alice 'To come back:'
sees teacher 'bob leaves.'
remember end

show_all () {
  for who in teacher alice bob; do
    echo "--- the terminal of $who"
    sed 1,8d "$work/$who.end"           # Guile's welcome
  done
}
[ -z "${SHOW:-}" ] || show_all

# --- The screens ---------------------------------------------------------

# Write each screen of the tutorial to a file $work/screen.N, and whose it is to
# $work/screens, a line each: N WHO LINE-NUMBER.
awk -v work="$work" '
  /^@c screen / { who = $3; next }
  who && /^@(small)?example$/ { n++; print n, who, NR > (work "/screens")
                        inside = 1; next }
  inside && /^@end (small)?example$/ { inside = 0; who = ""; next }
  inside { gsub (/@@/, "@"); gsub (/@dots{}/, "..."); gsub (/@{/, "{")
           gsub (/@}/, "}"); print > (work "/screen." n) }
' "$source/doc/tutorial.texi"
[ -s "$work/screens" ] || fail "the tutorial has no screens"

# Whether the lines of $1 follow each other somewhere in $2, but for `...' and
# empty lines.
occurs () {
  awk '
    !NF { next }
    NR == FNR { wanted[++m] = $0; next }
    { line[++n] = $0 }
    function from(i, j) {               # are wanted[j...] at line[i...]?
      if (j > m) return 1
      if (wanted[j] == "...")
        return from(i, j + 1) || (i <= n && from(i + 1, j))
      return i <= n && line[i] == wanted[j] && from(i + 1, j + 1)
    }
    END { for (i = 1; i <= n; i++) if (from(i, 1)) exit 0
          exit 1 }
  ' "$1" "$2"
}

check_screen () {                       # N WHO LINE-NUMBER
  for moment in half-typed end; do
    if occurs "$work/screen.$1" "$work/$2.$moment"; then
      pass "tutorial.texi:$3: $2 sees this"
      return
    fi
  done
  fail "tutorial.texi:$3: $2 sees something else"
}

while read -r number who line; do
  check_screen "$number" "$who" "$line"
done < "$work/screens"
[ "$failed" -eq 0 ] || show_all
finish

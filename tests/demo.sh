#!/bin/sh
# demo.sh -- a server and two clients talk, each at a real Guile prompt
#
# Copyright (C) 2026 The Guile-IM authors
# SPDX-License-Identifier: LGPL-3.0-or-later
#
# Usage: demo.sh GUILE-IM
#
# Three terminals, held by a tmux of our own, each run a Guile process.  This
# script types into them as a person would, waits for what must appear, and
# prints what each screen shows.  Its exit status is 0 only if each message
# arrived where it should, and nowhere else.

set -u

guile_im=$1
patience_seconds=30

fail () {
  printf '\nThe demo failed: %s\n' "$*"
  for screen in $screens; do
    printf '\n--- the whole screen of %s\n' "$screen"
    look "$screen" | awk 'NF { last = NR } { line[NR] = $0 }
      END { for (n = 1; n <= last; n++) print line[n] }'
  done
  exit 1
}

# --- Terminals -----------------------------------------------------------

directory=$(mktemp -d) || exit
screens=
# Nobody's own tmux, nor its configuration, is to know of this.
unset TMUX TMUX_PANE
tm () { tmux -u -S "$directory/tmux" -f /dev/null "$@"; }

clean_up () {
  tm kill-server 2>/dev/null
  rm -rf "$directory"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

case ${LC_ALL:-${LC_CTYPE:-${LANG:-}}} in
  *[Uu][Tt][Ff]*) ;;
  *) LC_ALL=C.UTF-8; export LC_ALL ;;
esac

# Run a command in a terminal called SCREEN.
open_screen () {
  screen=$1; shift
  if [ -z "$screens" ]; then
    tm new-session -d -x 76 -y 24 -s demo -n "$screen" "$@" \
      && tm set-option -g remain-on-exit on >/dev/null
  else
    tm new-window -d -t demo: -n "$screen" "$@"
  fi || fail "tmux did not start"
  screens="$screens $screen"
  echo > "$directory/$screen.shown"
}

# Everything on SCREEN, lines joined that were only wrapped.
look () {
  tm capture-pane -p -J -S - -t "demo:$1" | sed 's/[[:space:]]*$//'
}

type_in () { tm send-keys -t "demo:$1" -l "$2"; }

press_enter () { tm send-keys -t "demo:$1" Enter; }

# --- What must be seen ---------------------------------------------------

# Wait until CONDITION holds for SCREEN: `see SCREEN CONDITION ARGUMENT'.
see () {
  deadline=$(($(date +%s) + patience_seconds))
  until "$2" "$1" "$3"; do
    [ "$(date +%s)" -lt "$deadline" ] \
      || fail "$1 never showed: $3"
    sleep 0.1 2>/dev/null || sleep 1
  done
}

a_line () { look "$1" | grep -q -x -F -e "$2"; }

some_text () { look "$1" | grep -q -e "$2"; }

# What the cursor's line, the last, ends with.
at_cursor () {
  look "$1" | awk -v text="$2" '
    NF { last = $0 }
    END {
      n = length (last) - length (text) + 1
      exit !(n > 0 && substr (last, n) == text)
    }'
}

a_prompt () { at_cursor "$1" '>'; }

# --- What the reader sees ------------------------------------------------

# Print what is new on the SCREENS given, but for Guile's welcome.
show () {
  for screen; do
    look "$screen" | sed "1,/^Enter .,help' for help/d" > "$directory/now"
    printf '\n  %s\n' "$screen"
    awk 'FNR == NR { shown[FNR] = $0; next }
         !differs && shown[FNR] == $0 { next }
         { differs = 1 }
         NF { for (; blank > 0; blank--) print "    |"
              print "    | " $0; seen = 1; next }
         seen { blank++ }' \
      "$directory/$screen.shown" "$directory/now"
    mv "$directory/now" "$directory/$screen.shown"
  done
}

tell () { printf '\n* %s\n' "$*"; }

# --- The story -----------------------------------------------------------

tell "A server starts."
open_screen server "$guile_im" server
see server some_text '^Server IP address: .*, server port: [0-9]*$'
see server a_prompt ''
show server
address=$(look server \
  | sed -n 's/^Server IP address: \(.*\), server port: .*/\1/p')
port=$(look server | sed -n 's/^Server IP address: .*, server port: //p')

tell "Alice and Bob, each in a terminal of their own, enroll."
open_screen alice "$guile_im" client --name alice "$address" "$port"
see alice a_prompt ''
open_screen bob "$guile_im" client --name bob "$address" "$port"
see bob a_prompt ''
see alice some_text bob
show server alice bob

tell "Bob has typed half an expression when Alice sends him a message."
type_in bob "(im 'alice \"Hello,"
see bob at_cursor "(im 'alice \"Hello,"
type_in alice "(im 'bob \"Hi there\")"
press_enter alice
see bob a_line '[alice] Hi there'
see bob at_cursor "(im 'alice \"Hello,"
show alice bob

tell "It came above what Bob was typing.  He finishes his expression."
type_in bob ' Alice!")'
press_enter bob
see alice a_line '[bob] Hello, Alice!'
show bob alice

tell "The server closes."
type_in server '(im-server-close)'
press_enter server
see alice some_text 'To come back: (im-enroll '
see bob some_text 'To come back: (im-enroll '
show server alice bob

# Each message once, and on nobody else's screen.
for screen in $screens; do
  for message in '[alice] Hi there' '[bob] Hello, Alice!'; do
    case "$screen $message" in
      "bob [alice]"* | "alice [bob]"*) expected=1 ;;
      *) expected=0 ;;
    esac
    found=$(look "$screen" | grep -c -x -F -e "$message")
    [ "$found" -eq $expected ] \
      || fail "\`$message' is $found times on the screen of $screen"
  done
done
printf '\nEach message arrived where it should.\n'

# tmux-helpers.sh -- real terminals for the tests of the prompt
#
# Copyright (C) 2026 The Guile-IM authors
# SPDX-License-Identifier: LGPL-3.0-or-later
#
# A test sources this file.  It gives a tmux server of the test's own, with
# screens to open, type into and look at; a driver, which is a server and the
# client `bob' in one process that reads expressions from a pipe; and checks
# that count.  Nothing sleeps for a fixed time: whatever must become true is
# waited for, up to a deadline.

set -u

top_build=${abs_top_builddir:-$(pwd)/build}
test_name=$(basename "$0" .sh)
patience_seconds=10

if ! command -v tmux >/dev/null 2>&1; then
  echo "$test_name: skipped, since tmux is not installed"
  exit 77
fi

# --- The tmux of this test -----------------------------------------------

unset TMUX TMUX_PANE INSIDE_EMACS NO_COLOR
LC_ALL=C.UTF-8; export LC_ALL
HOME=$(mktemp -d) || exit 99            # no ~/.guile, ~/.inputrc or history
export HOME
work=$HOME

socket="$test_name-$$"
tm () { TMUX_TMPDIR=$work tmux -L "$socket" -f /dev/null "$@"; }

children=
clean_up () {
  status=$?
  trap '' HUP INT TERM
  tm kill-server 2>/dev/null
  for child in $children; do
    kill "$child" 2>/dev/null
  done
  cd / && rm -rf "$work"
  exit "$status"
}
trap clean_up EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# Run a command in a terminal called $1, of $2 columns and $3 rows.  What it
# runs in is kept when it ends, to be looked at.
open_screen () {
  screen=$1 columns=$2 rows=$3; shift 3
  tm new-session -d -x "$columns" -y "$rows" -s "$screen" "$@" \; \
    set-option -g status off \; set-option -g remain-on-exit on \; \
    set-option -g history-limit 5000 \; \
    set-option -g default-terminal "${terminal:-screen}" >/dev/null
}

guile="$top_build/pre-inst-env guile --no-auto-compile"

# The command line of `guile-im $*', as a word for tmux: a string for sh.
guile_im () {
  words=
  for word; do words="$words \"$word\""; done
  echo "exec $guile -c '((@ (im main) main) (list$words))'"
}

# --- Hands and eyes ------------------------------------------------------

type_in () { tm send-keys -t "$1:" -l -- "$2"; }
press () { screen=$1; shift; tm send-keys -t "$screen:" "$@"; }
enter () { type_in "$1" "$2"; press "$1" Enter; }

# What the terminal shows, without the spaces at the end of lines and the
# empty lines at its end.
look () {
  tm capture-pane -p -t "$1:" | sed 's/ *$//' | sed -e :a -e '/^\n*$/{$d;N;ba' -e '}'
}

# The same with what has scrolled out of it, lines joined that are wrapped.
look_back () {
  tm capture-pane -p -J -S - -t "$1:" | sed 's/ *$//'
}

# Where the cursor is: column and row, from 0.
cursor () { tm display-message -p -t "$1:" '#{cursor_x} #{cursor_y}'; }

# The line of the cursor, up to it, as the terminal shows it.  (A wide
# character is one character but two columns: good for narrow ones only.)
line_of_cursor () {
  tm capture-pane -p -t "$1:" | sed -n "$(($(cursor "$1" | cut -d' ' -f2) + 1))p"
}

before_cursor () {
  at=$(cursor "$1")
  tm capture-pane -p -t "$1:" | sed -n "$((${at#* } + 1))p" \
    | cut -c "1-${at% *}" | sed 's/ *$//'
}

process_of () { tm display-message -p -t "$1:" '#{pane_pid}'; }
is_over () { [ "$(tm display-message -p -t "$1:" '#{pane_dead}')" = 1 ]; }
exit_status () { tm display-message -p -t "$1:" '#{pane_dead_status}'; }

# --- Checks --------------------------------------------------------------

passed=0 failed=0

pass () { passed=$((passed + 1)); echo "ok: $1"; }
fail () {
  failed=$((failed + 1))
  echo "NOT OK: $1"
}

# Run the rest of the arguments until it is true, up to the deadline.
eventually () {
  end=$(($(date +%s) + patience_seconds))
  until "$@"; do
    [ "$(date +%s)" -le "$end" ] || return 1
    sleep 0.05
  done
}

# check CLAIM SCREEN CONDITION ARGUMENT...: the condition must become true.
# If not, print the screen.
check () {
  claim=$1 shown=$2; shift 2
  if eventually "$@"; then
    pass "$claim"
  else
    fail "$claim: never true: $*"
    echo "--- the screen of $shown; the cursor is at $(cursor "$shown")"
    tm capture-pane -p -t "$shown:" | sed 's/^/| /'
    echo "---"
  fi
}

# Conditions.
shows () { look_back "$1" | grep -q -F -e "$2"; }
has_line () { look_back "$1" | grep -q -x -F -e "$2"; }
has_line_like () { look_back "$1" | grep -q -x -e "$2"; }
cursor_after () { [ "$(before_cursor "$1")" = "$2" ]; }
at_prompt () { before_cursor "$1" | grep -q -x 'scheme@(guile-user)\( \[[0-9]*\]\)\{0,1\}>'; }
screen_is () { [ "$(look "$1")" = "$2" ]; }
file_shows () { grep -q -F -e "$2" "$1"; }
ends_with () { [ "$(look "$1" | tail -n "$3")" = "$2" ]; }
lacks () { ! shows "$1" "$2"; }

finish () {
  echo "$test_name: $passed passed, $failed failed"
  [ "$failed" -eq 0 ]
  exit
}

# --- The driver: a server, and bob ---------------------------------------

# Start it; then $port is where it listens, `say' makes bob say something to
# alice, and `drive' makes it evaluate an expression.
start_driver () {
  mkfifo "$work/driver.in"
  exec 8<>"$work/driver.in"
  cat > "$work/driver.scm" <<'END'
(define logging #f)
(load-from-path "im-server.scm")
(im-server-start #:address "127.0.0.1")
(define whoiam 'bob)
(load-from-path "im-client.scm")
(im-enroll "127.0.0.1" (socket-port-number server-socket))
END
  cat "$work/driver.scm" >&8
  $guile -q <&8 >"$work/driver.out" 2>&1 8>&- &
  driver=$!
  children="$children $driver"
}

driver_port () {
  eventually file_shows "$work/driver.out" 'Nobody else is here yet.' || {
    echo "NOT OK: the driver did not start:"; cat "$work/driver.out"; exit 1
  }
  port=$(sed -n 's/.*Server IP address: 127.0.0.1, server port: //p' \
           "$work/driver.out")
}

drive () { printf '%s\n' "$1" >&8; }
say () { drive "(im '${2:-alice} \"$1\")"; }

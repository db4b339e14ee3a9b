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
patience_seconds=30

if ! command -v tmux >/dev/null 2>&1; then
  echo "$test_name: skipped, since tmux is not installed"
  exit 77
fi

# --- The tmux of this test -----------------------------------------------

unset TMUX TMUX_PANE INSIDE_EMACS NO_COLOR
LC_ALL=C.UTF-8; export LC_ALL
HOME=$(mktemp -d) || exit 99            # no ~/.guile, ~/.inputrc, history
SHELL=/bin/sh
export HOME SHELL
work=$HOME

guile="$top_build/pre-inst-env guile --no-auto-compile"

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

# open_screen SCREEN COLUMNS ROWS COMMAND: run COMMAND, a line of sh, in a
# terminal of that name and size, which is kept to be looked at when it ends.
open_screen () {
  tm new-session -d -s "$1" -x "$2" -y "$3" "$4" \; \
    set-option -g status off \; set-option -g remain-on-exit on \; \
    set-option -g history-limit 5000 >/dev/null \
    || { echo "NOT OK: tmux did not start"; exit 1; }
}

# Lines of sh: a plain Guile, and what `guile-im ARGUMENT...' starts.
plain_guile="exec env TERM=screen $guile -q"

guile_im () {
  words=
  for word; do words="$words \"$word\""; done
  echo "exec env TERM=screen $guile -c" \
    "'((@ (im main) main) (list$words))'"
}

# --- Hands and eyes ------------------------------------------------------

type_in () { tm send-keys -t "$1:" -l -- "$2"; }
press () { screen=$1; shift; tm send-keys -t "$screen:" "$@"; }
enter () { type_in "$1" "$2"; press "$1" Enter; }

# What the terminal shows, without the spaces at the end of lines and the
# empty lines at its end.
look () {
  tm capture-pane -p -t "$1:" \
    | awk '{ sub (/ *$/, "") }
           NF { for (; blank > 0; blank--) print ""; print; next }
           { blank++ }'
}

# The same with what has scrolled out of it, lines joined that are wrapped.
look_back () {
  tm capture-pane -p -J -S - -t "$1:" | sed 's/ *$//'
}

# Where the cursor is: column and row, from 0.
cursor () { tm display-message -p -t "$1:" '#{cursor_x} #{cursor_y}'; }

# The line of the cursor, up to it.  (A wide character is one character but
# two columns: good for narrow ones only.)
before_cursor () {
  at=$(cursor "$1")
  tm capture-pane -p -t "$1:" | sed -n "$((${at#* } + 1))p" \
    | awk -v columns="${at% *}" '{ print substr ($0, 1, columns) }' \
    | sed 's/ *$//'
}

process_of () { tm display-message -p -t "$1:" '#{pane_pid}'; }
is_over () { [ "$(tm display-message -p -t "$1:" '#{pane_dead}')" = 1 ]; }

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
cursor_after () { [ "$(before_cursor "$1")" = "$2" ]; }
at_prompt () { cursor_after "$1" 'scheme@(guile-user)>'; }
at_error_prompt () { cursor_after "$1" "scheme@(guile-user) [$2]>"; }
file_shows () { [ -f "$1" ] && grep -q -F -e "$2" "$1"; }

# The last lines of the screen are those of $2.
ends_with () {
  [ "$(look "$1" | tail -n "$(printf '%s\n' "$2" | wc -l)")" = "$2" ]
}

# Ended, whether its parent has asked how or not.
process_ended () {
  kill -0 "$1" 2>/dev/null || return 0
  [ -r "/proc/$1/stat" ] || return 1
  sed 's/.*) //' "/proc/$1/stat" | grep -q '^Z'
}

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

# say SOMETHING [NAME]: bob says a string to NAME.
say () { drive "(im '${2:-alice} \"$1\")"; }

# A screen on which NAME is enrolled at the driver's server: at plain Guile's
# prompt, or at guile-im's, which uses readline.
open_plain () {
  open_screen "$1" "$2" "$3" "$plain_guile"
  enter "$1" "(define whoiam '$1) (load-from-path \"im-client.scm\")"
  enter "$1" "(im-enroll \"127.0.0.1\" $port)"
}

open_readline () {
  open_screen "$1" "$2" "$3" "$(guile_im client --name "$1" 127.0.0.1 "$port")"
}

enrolled () { eventually shows "$1" 'Here: ' && eventually at_prompt "$1"; }

must_enroll () {
  for who; do
    enrolled "$who" || {
      echo "NOT OK: $who did not enroll:"; look_back "$who"; exit 1
    }
  done
}

# --- A story all terminals tell ------------------------------------------

prompt='scheme@(guile-user)>'

# talk_while_typing SCREEN CONTINUATION: messages arrive while NAME types.
# CONTINUATION is what the prompt shows before the next line of an
# expression.
talk_while_typing () {
  me=$1 continuation=$2 where=$3

  type_in "$me" "(+ 100 11"
  eventually cursor_after "$me" "$prompt (+ 100 11"
  say "first $where" "$me"
  check "$me, $where: a message comes above what is typed" "$me" \
    ends_with "$me" "[bob] first $where
$prompt (+ 100 11"
  check "$me, $where: the cursor stays behind what is typed" "$me" \
    cursor_after "$me" "$prompt (+ 100 11"
  press "$me" BSpace
  enter "$me" "2)"
  check "$me, $where: what was typed can be changed and finished" "$me" \
    shows "$me" "= 112"
  eventually at_prompt "$me"

  drive "(for-each (lambda (i) (im '$me i)) '(1 2 3 4 5))"
  check "$me, $where: several messages come at once" "$me" \
    ends_with "$me" "[bob] 1
[bob] 2
[bob] 3
[bob] 4
[bob] 5
$prompt"

  enter "$me" "(list 1 "
  type_in "$me" "(quote two) "
  eventually cursor_after "$me" "$continuation(quote two)"
  say "second" "$me"
  check "$me, $where: a message comes between two lines" "$me" \
    ends_with "$me" "$prompt (list 1
[bob] second
$continuation(quote two)"
  enter "$me" "'$where)"
  check "$me, $where: the expression of two lines is whole" "$me" \
    shows "$me" "= (1 two $where)"
  eventually at_prompt "$me"

  type_in "$me" '(string-length "日本'
  eventually shows "$me" '(string-length "日本'
  long=$(printf '%0200d' 0)
  say "$long" "$me"
  check "$me, $where: a message is wider than the terminal" "$me" \
    ends_with_joined "$me" "[bob] $long
$prompt (string-length \"日本"
  # So many that where rows end with a free column, there is one row more.
  wide=$(printf '%0118d' 0 | sed 's/0/宽/g')
  say "a$wide" "$me"
  check "$me, $where: a message of wide characters" "$me" \
    ends_with_joined "$me" "[bob] a$wide
$prompt (string-length \"日本"
  check "$me, $where: the cursor stays behind wide characters" "$me" \
    cursor_column_is "$me" 41
  enter "$me" "$where\")"
  check "$me, $where: a string of wide characters is finished" "$me" \
    shows "$me" "= $((2 + ${#where}))"
  eventually at_prompt "$me"
}

# The rows of a long message, whether the client marked them or the terminal
# folded what was typed, are one line.
ends_with_joined () {
  tm capture-pane -p -J -t "$1:" \
  | awk '{ sub (/ *$/, "") }
         /^  \| / { line = line substr ($0, 5); next }
         NF { if (line != "") print line; line = $0 }
         END { print line }' > "$work/$1.now"
  [ "$(tail -n "$(printf '%s\n' "$2" | wc -l)" "$work/$1.now")" = "$2" ]
}

cursor_column_is () { at=$(cursor "$1"); [ "${at% *}" = "$2" ]; }

#!/bin/sh
# test-prompt-show.sh -- times, bell and colours, where they belong
#
# Copyright (C) 2026 The Guile-IM authors
# SPDX-License-Identifier: LGPL-3.0-or-later
#
# The bytes that reach each terminal are looked at, and the screens.

. "${abs_top_srcdir:-.}/tests/tmux-helpers.sh"

# open_shown NAME ENVIRONMENT: a client at guile-im's prompt in a terminal of
# that environment; its raw output goes to NAME.raw.
open_shown () {
  open_screen "$1" 60 24 "read go; exec env $2 $guile -c '((@ (im main) main)
    (list \"client\" \"--name\" \"$1\" \"127.0.0.1\" \"$port\"))'"
  tm pipe-pane -t "$1:" "cat > $work/$1.raw"
  press "$1" Enter
}

# evaluate SCREEN EXPRESSION: and wait until that is done.
evaluations=0
evaluate () {
  evaluations=$((evaluations + 1))
  enter "$1" "(begin $2 'done-$evaluations)"
  eventually shows "$1" "= done-$evaluations"
  eventually at_prompt "$1"
}

# raw_has NAME PATTERN: a line of the raw output, with ESC as ^[ and so on.
raw_has () { tr -d '\r' < "$work/$1.raw" | cat -v | grep -q -e "$2"; }
bells () { tr -dc '\007' < "$work/$1.raw" | wc -c; }

esc='\^\['
coloured="\\[$esc\\[3[1-6]mbob$esc\\[39m"

start_driver
driver_port
plain_guile="exec env TERM=xterm $guile -q"
open_plain plain 60 24
tm pipe-pane -t plain: "cat > $work/plain.raw"
open_shown line 'TERM=screen-256color'
open_shown mono 'TERM=vt100'
open_shown colourless 'TERM=xterm NO_COLOR=1'
open_shown dumb 'TERM=dumb COLORTERM=truecolor'
open_shown emacs 'TERM=xterm-256color INSIDE_EMACS=28.2,eshell'
everybody='plain line mono colourless dumb emacs'
must_enroll $everybody

# --- Colours ---------------------------------------------------------------

for me in $everybody; do
  say 'first' "$me"
  check "$me: a message is shown" "$me" has_line "$me" '[bob] first'
done
for me in plain line; do
  check "$me: who speaks has a colour" "$me" raw_has "$me" "$coloured\\] first"
done
for me in mono colourless dumb emacs; do
  if raw_has "$me" "$esc\\[3[0-9;]*m"; then
    fail "$me: no colour"
  else
    pass "$me: no colour"
  fi
done
evaluate line "(im-show 'colours #f)"
say 'grey' line
check 'they can be switched off' line raw_has line '\[bob\] grey'
evaluate line "(im-show 'colours #t)"

# A row that the terminal fills to its end isn't longer for its colours.
full=$(printf '%054d' 0)
for me in plain line; do
  type_in "$me" '(+ 1 2'
  eventually cursor_after "$me" "$prompt (+ 1 2"
  say "$full" "$me"
  say 'below' "$me"
  check "$me: a row that is full is one row" "$me" ends_with "$me" "[bob] $full
[bob] below
$prompt (+ 1 2"
  enter "$me" ')'
  eventually at_prompt "$me"
done

# --- Times -----------------------------------------------------------------

now='\[[a-z ]* [0-2][0-9]:[0-5][0-9]\]'
has_now () { look_back "$1" | grep -q -x -e "$now $2"; }
for me in $everybody; do
  evaluate "$me" "(im-show 'times #t)"
  say 'when?' "$me"
  check "$me: a message has its time" "$me" has_now "$me" 'when?'
  check "$me: above the prompt" "$me" at_prompt "$me"
done
check 'line: the time isn'\''t coloured' line raw_has line \
  "$coloured [0-9:]*\\] when?"

# --- The bell ----------------------------------------------------------------

for me in $everybody; do
  [ "$(bells "$me")" -eq 0 ] && pass "$me: no bell by itself" \
    || fail "$me: no bell by itself"
  evaluate "$me" "(im-show 'bell #t)"
  say 'ring' "$me"
  check "$me: a message comes" "$me" has_now "$me" ring
done
rang () { [ "$(bells "$1")" -ge 1 ]; }
for me in plain line mono colourless; do
  check "$me: the bell rings" "$me" rang "$me"
done
for me in dumb emacs; do
  [ "$(bells "$me")" -eq 0 ] && pass "$me: no bell" || fail "$me: no bell"
done
before=$(bells line) start=$(date +%s)
drive "(for-each (lambda (i) (im 'line i)) (iota 50))"
check 'line: many messages come' line has_now line 49
seconds=$(($(date +%s) - start + 1))
[ $(($(bells line) - before)) -le $((seconds + 1)) ] \
  && pass 'once a second at most' || fail "$(bells line) bells in $seconds s"

# --- By the prompt's own command ---------------------------------------------

enter mono ',im show times off'
check ',im show switches' mono shows mono 'times    off'
say 'no time' mono
check 'and it is off' mono has_line mono '[bob] no time'

# --- A pipe ------------------------------------------------------------------

cat > "$work/piped.scm" <<END
(define whoiam 'piped)
(load-from-path "im-client.scm")
(im-show 'bell #t)
(im-enroll "127.0.0.1" $port)
(define (received-msg from message)
  (print-message from message)
  (force-output))
(run-reactor)
END
env TERM=xterm-256color COLORTERM=truecolor \
  $guile -q "$work/piped.scm" > "$work/piped.raw" 2>&1 < /dev/null &
children="$children $!"
eventually file_shows "$work/piped.raw" 'Here: '
say 'through a pipe' piped
if eventually grep -q -x -F '[bob] through a pipe' "$work/piped.raw"; then
  pass 'a pipe gets plain text'
else
  fail 'a pipe gets plain text'; cat -v "$work/piped.raw"
fi

# --- Forgers -----------------------------------------------------------------

cat > "$work/forge.scm" <<'END'
(use-modules (im socket) (im request))
(define (say-as name . messages)
  (let ((port (socket-output (make-client-socket
                              "127.0.0.1" (socket-port-number server-socket)))))
    (define (send action data)
      (send-request (list name 'line action data) port))
    (send 'hello '())
    (send 'thanks '())
    (for-each (lambda (message) (send 'send-msg message)) messages)))
(define time "14:02")
(say-as (string-append "bob " time) "FORGED")
(say-as 'eve
        (string-append "x\n[bob " time "] FORGED")
        (string-append "\x1b[36mx\x1b[39m\a\r[bob " time "] FORGED")
        (string-append (make-string 48 #\.) "[bob " time "] FORGED")
        "x\nscheme@(guile-user)> FORGED"
        "forged all")
END
evaluate line "(im-show 'times #f)"
drive "(load \"$work/forge.scm\")"
check 'forgers have spoken' line shows line 'forged all'
if look_back line | grep -e '^\[bob [0-9:]*\] FORGED' -e "^$prompt FORGED"; then
  fail 'nobody can forge a line with a time'
else
  pass 'nobody can forge a line with a time'
fi
raw_has line "$esc\\[36mx" && fail 'nobody else sends colours' \
  || pass 'nobody else sends colours'

finish

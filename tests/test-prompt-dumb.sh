#!/bin/sh
# test-prompt-dumb.sh -- where only plain text is shown, only that is sent
#
# Copyright (C) 2026 The Guile-IM authors
# SPDX-License-Identifier: LGPL-3.0-or-later
#
# TERM=dumb, and Emacs, whose buffers are no terminals whatever TERM says.  The
# raw output is looked at, byte for byte.  (In comint buffers a carriage return
# makes a message replace the prompt: check-emacs.sh shows it.)

. "${abs_top_srcdir:-.}/tests/tmux-helpers.sh"

# open_raw NAME ENVIRONMENT: a client at guile-im's prompt; its raw output goes
# to NAME.raw.
open_raw () {
  line="exec env $2 ${guile}"
  open_screen "$1" 100 30 "read go; $line -c '((@ (im main) main)
    (list \"client\" \"--name\" \"$1\" \"127.0.0.1\" \"$port\"))'"
  tm pipe-pane -t "$1:" "cat > $work/$1.raw"
  press "$1" Enter
}

start_driver
driver_port
open_raw dumb 'TERM=dumb'
open_raw emacs 'TERM=xterm INSIDE_EMACS=29.1,eshell'
open_raw dumbemacs 'TERM=dumb INSIDE_EMACS=29.1,comint'
open_raw none '-u TERM'
open_raw colourless 'TERM=xterm NO_COLOR=1'
screens='dumb emacs dumbemacs none'
must_enroll $screens colourless

for me in $screens; do
  type_in "$me" '(+ 1 2'
  eventually cursor_after "$me" "$prompt (+ 1 2"
  say 'hello' "$me"
done
for me in $screens; do
  case $me in
    dumbemacs)
      check "$me: a message arrives, and replaces the prompt" "$me" \
        file_shows "$work/$me.raw" "$(printf '\r[bob] hello\r')" ;;
    *)
      check "$me: a message arrives on a line of its own" "$me" \
        has_line "$me" '[bob] hello' ;;
  esac
  check "$me: the prompt comes again" "$me" at_prompt "$me"
  enter "$me" ' 39)'
  check "$me: what was typed is still there" "$me" shows "$me" '= 42'
  eventually at_prompt "$me"
  enter "$me" '(car 1)'
  check "$me: an error is shown" "$me" at_error_prompt "$me" 1
  drive "(for-each (lambda (i) (im '$me (list i \"\\x1b[31m\"))) (iota 3))"
  check "$me: several messages, with escape sequences in them" "$me" \
    shows "$me" '(2 '
  enter "$me" ',q'
  eventually at_prompt "$me"
done
say 'hello' colourless
check 'colourless: a message arrives' colourless shows colourless '[bob] hello'

esc=$(printf '\033')
has_no_escape () { ! LC_ALL=C grep -q "$esc" "$work/$1.raw"; }
has_only_text () {
  ! LC_ALL=C tr -d '\r\n\t\040-\176' < "$work/$1.raw" | grep -q .
}
for me in $screens; do
  check "$me: the raw output was caught" "$me" \
    file_shows "$work/$me.raw" '[bob] hello'
  if has_no_escape "$me" && has_only_text "$me"; then
    pass "$me: nothing but plain text was sent"
  else
    fail "$me: nothing but plain text was sent"
    LC_ALL=C grep -n "$esc" "$work/$me.raw" | cat -v
  fi
done
if LC_ALL=C grep -q "$esc\\[[0-9;]*m" "$work/colourless.raw"; then
  fail 'colourless: no colour with NO_COLOR'
else
  pass 'colourless: no colour with NO_COLOR'
fi

finish

#!/bin/sh
# test-prompt-readline.sh -- messages arrive while readline edits a line
#
# Copyright (C) 2026 The Guile-IM authors
# SPDX-License-Identifier: LGPL-3.0-or-later

. "${abs_top_srcdir:-.}/tests/tmux-helpers.sh"

if ! $guile -c "(use-modules (ice-9 readline) (im readline))" 2>/dev/null; then
  echo "$test_name: skipped, since Guile or Guile-IM has no readline here"
  exit 77
fi

start_driver
driver_port
open_readline alice 80 30
open_readline ann 60 12
open_readline al 80 24
must_enroll alice ann al

talk_while_typing alice '... ' middle
talk_while_typing ann '... ' bottom

# --- Editing -------------------------------------------------------------

type_in al '(+ 1 2)'
press al Left Left
eventually cursor_after al "$prompt (+ 1 "
say 'into the middle' al
check 'a message comes while the cursor is in the middle' al \
  ends_with al "[bob] into the middle
$prompt (+ 1 2)"
check 'the cursor stays in the middle' al cursor_after al "$prompt (+ 1"
enter al '20'
check 'what is typed next goes into the middle' al shows al '= 203'
eventually at_prompt al

type_in ann "(string-length \"$(printf '%060d' 0)"
eventually shows ann "$(printf '%060d' 0)"
say 'above all of it' ann
check 'a message comes above a line wider than the terminal' ann \
  ends_with_joined ann "[bob] above all of it
$prompt (string-length \"$(printf '%060d' 0)"
enter ann '")'
check 'the wide line is whole' ann shows ann '= 60'
eventually at_prompt ann

type_in ann '(list 5'
drive "(for-each (lambda (i) (im 'ann (list i))) (iota 45))"
check 'more messages than the terminal has rows' ann ends_with ann "[bob] (43)
[bob] (44)
$prompt (list 5"
enter ann ' 6)'
check 'and what was typed can be finished' ann shows ann '= (5 6)'

press al C-r
type_in al '1 20'
check 'the history is searched' al shows al "(reverse-i-search)\`1 20': (+ 1 202)"
say 'while searching' al
check 'a message comes while the history is searched' al ends_with al "[bob] while searching
(reverse-i-search)\`1 20': (+ 1 202)"
press al Escape
eventually cursor_after al "$prompt (+"
press al Enter
check 'what the search found can be evaluated' al has_line al '$2 = 203'
eventually at_prompt al
press al Up
check 'the history goes up' al ends_with al "$prompt (+ 1 202)"
press al C-e C-u

# --- Ctrl-C --------------------------------------------------------------

eventually cursor_after al "$prompt"
type_in al "(im 'bob \"I hate"
eventually shows al 'I hate'
row=$(cursor al)
before=$(date +%s)
press al C-c
below () { at=$(cursor al); [ "${at#* }" -gt "${row#* }" ] && at_prompt al; }
check 'Ctrl-C gives a fresh prompt' al below
[ $(($(date +%s) - before)) -le 1 ] && pass 'at once' || fail 'at once'
say 'still here?' al
check 'a message comes after Ctrl-C' al ends_with al "[bob] still here?
$prompt"
enter al '(* 6 7)'
check 'the first expression after Ctrl-C is evaluated' al shows al '= 42'
eventually at_prompt al

enter al '(list 1'
eventually cursor_after al '...'
type_in al '2 '
press al C-c
check 'Ctrl-C in the second line gives a fresh prompt' al at_prompt al
enter al '(* 6 9)'
check 'and nothing is left of the first line' al shows al '= 54'
eventually at_prompt al

does_not_list_oneself () {
  ! look al | grep -q -e '^al  '
}

# --- TAB -----------------------------------------------------------------

type_in al "(im 'bo"
press al Tab
check "TAB completes a name after (im '" al ends_with al "$prompt (im 'bob"
press al C-u
type_in al "(im \"BO"
press al Tab
check 'TAB completes a name in quotation marks' al \
  ends_with al "$prompt (im \"bob\""
press al C-u
type_in al "(im '"
press al Tab Tab
check 'TAB lists who is here' al shows al 'alice'
check 'and not oneself' al does_not_list_oneself
press al C-u
type_in al '(string-append/sh'
press al Tab
check 'TAB completes what Guile knows' al \
  ends_with al "$prompt (string-append/shared"
press al C-e C-u

# --- Pasting -------------------------------------------------------------

eventually cursor_after al "$prompt"
deep () { printf '(list%.0s ' $(seq 40); printf ')%.0s' $(seq 40); }
before=$(date +%s)
for line in 1 2 3 4 5; do
  echo "(begin $(deep) '(pasted $line))"
done > "$work/paste"
tm load-buffer "$work/paste" \; paste-buffer -t al:
check 'five pasted lines with many parentheses are evaluated' al \
  shows al '= (pasted 5)'
took=$(($(date +%s) - before))
[ "$took" -le 4 ] && pass 'fast' || fail "fast: it took $took seconds"

finish

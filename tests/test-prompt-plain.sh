#!/bin/sh
# test-prompt-plain.sh -- messages arrive at plain Guile's prompt
#
# Copyright (C) 2026 The Guile-IM authors
# SPDX-License-Identifier: LGPL-3.0-or-later
#
# No readline: the kernel holds the line that is being typed, and nobody can
# ask it for it.  So it must stay on the screen as it is.

. "${abs_top_srcdir:-.}/tests/tmux-helpers.sh"

fill_screen () {
  enter "$1" '(for-each (lambda (i) (newline)) (iota 30))'
  eventually at_bottom "$1" && eventually at_prompt "$1"
}
at_bottom () {
  at=$(cursor "$1")
  [ "${at#* }" = "$(($(tm display-message -p -t "$1:" '#{pane_height}') - 1))" ]
}

# The last two lines of the screen: one like $2, and $3.
end_is_like () {
  look "$1" | tail -n 2 | head -n 1 | grep -q -x -e "$2" && ends_with "$1" "$3"
}
all_zeros_shown () {
  look_back "$1" | sed 's/^  | //' | tr -d '\n' | grep -q -F -e "[bob] $(printf '%02000d' 7)"
}

start_driver
driver_port
open_plain alice 80 50
plain_guile="exec env TERM=xterm $guile -q"
open_plain ann 61 20
must_enroll alice ann

talk_while_typing alice '' middle
fill_screen alice
fill_screen ann
talk_while_typing ann '' bottom
talk_while_typing alice '' last

# What is taller than the terminal.
type_in ann "(list 5"
eventually cursor_after ann "$prompt (list 5"
drive "(for-each (lambda (i) (im 'ann (list i))) (iota 45))"
check 'more messages than the terminal has rows' ann \
  ends_with ann "[bob] (43)
[bob] (44)
$prompt (list 5"
drive "(im 'ann \"$(printf '%02000d' 7)\")"
check 'one message that fills more than the terminal' ann \
  end_is_like ann '  | 0*7' "$prompt (list 5"
check 'no part of it is lost' ann all_zeros_shown ann
enter ann " 6)"
check 'and what was typed can be finished' ann shows ann '= (5 6)'
check 'nothing of them is lost' ann has_line ann '[bob] (0)'

# What is typed is wider than the terminal: where it begins we can't know, but
# nothing of it is lost.
type_in ann "(string-length \"$(printf '%060d' 0)"
eventually shows ann "$(printf '%060d' 0)"
say 'in between' ann
check 'a message comes while a long line is typed' ann shows ann '[bob] in between'
enter ann '")'
check 'the long line is whole' ann shows ann '= 60'

finish

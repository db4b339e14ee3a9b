#!/bin/sh
# test-prompt-errors.sh -- Ctrl-C, errors, nested prompts, and doing nothing
#
# Copyright (C) 2026 The Guile-IM authors
# SPDX-License-Identifier: LGPL-3.0-or-later
#
# At plain Guile's prompt and at guile-im's, with readline where it is.

. "${abs_top_srcdir:-.}/tests/tmux-helpers.sh"

start_driver
driver_port
drive '(use-modules (im socket))
       (define silent (make-server-socket 0 #:address "127.0.0.1"))
       (format #t "silent: ~a;~%" (socket-port-number silent))'
open_plain plain 90 60
open_readline line 90 60
open_screen idle 80 24 "$(guile_im server --address 127.0.0.1 --quiet)"
must_enroll plain line
eventually file_shows "$work/driver.out" 'silent: '
silent=$(sed -n 's/.*silent: \([0-9]*\);.*/\1/p' "$work/driver.out")

both='plain line'

each () { for me in $both; do "$@"; done; }
expect () { check "$me: $1" "$me" "$2" "$me" "$3"; }
evaluate () { enter "$me" "$1"; eventually shows "$me" "$2"; eventually at_prompt "$me"; }
ends_after_prompt () { ends_with "$1" "$2
$prompt"; }
ends_after_error () { ends_with "$1" "$2
scheme@(guile-user) [1]>"; }

# --- Ctrl-C while enrolling ----------------------------------------------

interrupt_enrolling () {
  evaluate '(im-exit)' '= okay'
  enter "$me" "(begin (display \"enrolls now\n\") (im-enroll \"127.0.0.1\" $silent))"
  eventually has_line "$me" 'enrolls now'
  before=$(date +%s)
  press "$me" C-c
  expect 'Ctrl-C stops im-enroll' at_error_prompt 1
  [ $(($(date +%s) - before)) -le 1 ] && pass "$me: at once" \
    || fail "$me: at once"
  enter "$me" ',q'
  eventually at_prompt "$me"
  enter "$me" "(list 'again (im-enroll \"127.0.0.1\" $port))"
  expect 'and another server can be tried' shows '= (again okay)'
  eventually at_prompt "$me"
}
each interrupt_enrolling
enrolled_at=$(date +%s)

# --- The idle prompt -----------------------------------------------------

interrupt_idle () {
  press "$me" C-c
  expect 'Ctrl-C at the idle prompt gives a prompt' ends_after_prompt \
    'User interrupt'
  say 'after idle' "$me"
  expect 'and messages come' ends_after_prompt '[bob] after idle'
  enter "$me" '(* 6 7)'
  expect 'and the next expression is evaluated' shows '= 42'
  eventually at_prompt "$me"
}
each interrupt_idle

# --- An error ------------------------------------------------------------

make_an_error () {
  enter "$me" '(car 1)'
  expect 'an error opens a nested prompt' at_error_prompt 1
  type_in "$me" '(list 1'
  say 'nested' "$me"
  expect 'a message comes above a nested prompt' ends_with '[bob] nested
scheme@(guile-user) [1]> (list 1'
  enter "$me" ' 11)'
  expect 'an expression is finished there' shows '= (1 11)'
  eventually at_error_prompt "$me" 1
  enter "$me" "(im 'bob 'from-$me)"
  if eventually file_shows "$work/driver.out" "[$me] from-$me"; then
    pass "$me: a message can be sent from there"
  else
    fail "$me: a message can be sent from there"
  fi
  enter "$me" '(foo)'
  expect 'a second error nests deeper' at_error_prompt 2
  enter "$me" ',q'
  expect ',q goes up' at_error_prompt 1
  press "$me" C-d
  expect 'Ctrl-D goes up' at_prompt ''
}
each make_an_error

# --- Ctrl-C while something runs -----------------------------------------

interrupt_loop () {
  enter "$me" '(begin (display "loops now\n") (let loop () (loop)))'
  eventually has_line "$me" 'loops now'
  press "$me" C-c
  expect 'Ctrl-C stops an endless loop' at_error_prompt 1
  say 'after loop' "$me"
  expect 'and messages come' ends_after_error '[bob] after loop'
  enter "$me" ',q'
  eventually at_prompt "$me"
}
each interrupt_loop

interrupt_handler () {
  evaluate '(define show-message received-msg) (define count 0)' ''
  evaluate '(set! received-msg (lambda (from message) (set! count (1+ count)) (let loop () (loop))))' ''
  evaluate "(list 'defined '$me)" "= (defined $me)"
  pid=$(process_of "$me")
  spent=$(cpu_time "$pid")
  say 'loop' "$me"
  eventually spends "$pid" "$((spent + 10))"
  press "$me" C-c
  # What is typed before that, Guile throws away.
  eventually ends_after_prompt "$me" 'User interrupt'
  enter "$me" "(set! received-msg show-message)"
  enter "$me" "(list 'looped count)"
  expect 'Ctrl-C stops a handler that loops' shows '= (looped 1)'
  eventually at_prompt "$me"
  say 'after handler' "$me"
  expect 'and messages come' ends_after_prompt '[bob] after handler'
}

# utime and stime of process $1, in hundredths of a second.
cpu_time () {
  sed 's/.*) //' "/proc/$1/stat" | awk '{ print $12 + $13 }'
}
spends () { [ "$(cpu_time "$1")" -ge "$2" ]; }
if [ -r /proc/self/stat ]; then
  each interrupt_handler
fi

failing_handler () {
  evaluate '(set! received-msg (lambda (from message) (error "no use:" message)))' ''
  type_in "$me" '(list 3'
  say 'first' "$me"
  say 'second' "$me"
  expect 'an error in a handler is told' has_line '*** Error: no use: "first"'
  expect 'and the handler stays' has_line '*** Error: no use: "second"'
  expect 'what is typed stays' ends_with 'scheme@(guile-user)> (list 3'
  enter "$me" ' 33)'
  expect 'and can be finished' shows '= (3 33)'
  eventually at_prompt "$me"
  evaluate '(set! received-msg show-message)' ''
}
if [ -r /proc/self/stat ]; then
  each failing_handler
fi

exiting_handler () {
  evaluate '(set! received-msg (lambda (from message) (exit)))' ''
  type_in "$me" '(list 5'
  say 'leave' "$me"
  expect 'a handler that calls (exit) is told off' \
    shows 'Error: a handler called (exit).'
  expect 'and the prompt stays' ends_with 'scheme@(guile-user)> (list 5'
  enter "$me" ' 55)'
  expect 'with what was typed' shows '= (5 55)'
  eventually at_prompt "$me"
  evaluate '(set! received-msg show-message)' ''
  say 'after exit' "$me"
  expect 'and messages come' ends_after_prompt '[bob] after exit'
}
if [ -r /proc/self/stat ]; then
  each exiting_handler
fi

# --- Doing nothing -------------------------------------------------------

if [ -r /proc/self/stat ]; then
  drive "(define (spent) (let ((t (times))) (+ (tms:utime t) (tms:stime t))))"
  pids="$driver $(process_of plain) $(process_of line) $(process_of idle)"
  sum () { for p in $pids; do cpu_time "$p"; done | tr '\n' ' '; }
  quiet () { old=$now; now=$(sum); [ "$now" = "$old" ]; }
  now=$(sum)
  eventually quiet
  start=$(date +%s)
  two_seconds_passed () { [ $(($(date +%s) - start)) -ge 3 ]; }
  now=$(sum)
  eventually two_seconds_passed
  later=$(sum)
  if [ "$(echo "$now $later" | awk '{ n = NF / 2
        for (i = 1; i <= n; i++) if ($(i + n) - $i > 1) print "busy" }')" = '' ]
  then
    pass 'idle prompts with clients connected use no processor time'
  else
    fail "idle prompts use processor time: $now, then $later"
  fi
fi

# The interrupted im-enroll had a deadline of ten seconds.  It must not hit the
# connection that was made after it.
deadline_passed () { [ $(($(date +%s) - enrolled_at)) -ge 11 ]; }
patience_seconds=45
eventually deadline_passed
patience_seconds=30
for me in $both; do
  say 'past the deadline' "$me"
  check "$me: an interrupted im-enroll doesn't end the next one" "$me" \
    ends_after_prompt "$me" '[bob] past the deadline'
  press "$me" C-d
  check "$me: Ctrl-D at the outermost prompt ends it" "$me" is_over "$me"
done

finish

#!/bin/sh
# test-prompt-pipe.sh -- expressions from pipes and files, and how it all ends
#
# Copyright (C) 2026 The Guile-IM authors
# SPDX-License-Identifier: LGPL-3.0-or-later

. "${abs_top_srcdir:-.}/tests/tmux-helpers.sh"

cd "$work" || exit 99
here=$work

# check_file CLAIM FILE TEXT: TEXT must appear in FILE.
check_file () {
  if eventually file_shows "$2" "$3"; then
    pass "$1"
  else
    fail "$1: not in $2: $3"
    sed 's/^/| /' "$2"
  fi
}

# start_im OUTPUT ARGUMENT...: what guile-im does, in the background; $started
# is its process.
start_im () {
  output=$1; shift
  words=
  for word; do words="$words \"$word\""; done
  # To what a shell starts in the background it gives no input by itself.
  { $guile -c "((@ (im main) main) (list$words))" <&3 3<&- \
      > "$here/$output" 2>&1 & } 3<&0
  started=$!
  children="$children $started"
}

port_in () { sed -n 's/.*server port: \([0-9]*\)$/\1/p' "$here/$1"; }

# A client NAME of the server that printed to $2, which only listens; its
# output is in NAME.out.
start_visitor () {
  eventually file_shows "$2" 'server port: '
  cat > "$1.scm" <<END
(setvbuf (current-output-port) 'line)
(define whoiam '$1)
(load-from-path "im-client.scm")
(im-enroll "127.0.0.1" $(port_in "$2"))
(run-reactor)
END
  $guile -q "$1.scm" > "$1.out" 2>&1 < /dev/null &
  children="$children $!"
}

# What guile-im does with the arguments, at a prompt called NAME; its status
# will be in NAME.status.  (tmux sometimes forgets to ask for it.)
open_im () {
  screen=$1; shift
  open_screen "$screen" 100 30 \
    "$(guile_im "$@" | sed 's/^exec //'); echo \$? > $here/$screen.status"
}

# farewell NAME HOW: NAME was told by a server that closed.
farewell () {
  check_file "$2: its clients are told" "$1.out" \
    '[server] Server shutting down...'
  check_file "$2: and get a goodbye" "$1.out" 'The server has said goodbye.'
}

# ended PROCESS STATUS CLAIM
ended () {
  if eventually process_ended "$1"; then
    wait "$1"; status=$?
    [ "$status" -eq "$2" ] && pass "$3" || fail "$3: status $status, not $2"
  else
    fail "$3: it goes on"
  fi
}

# --- Start everything ----------------------------------------------------

cat > expressions <<'END'
(display (list 'sum (+ 40 2))) (newline)
(define (twice x)
  (* 2 x))
(display (list 'twice (twice 21))) (newline)
(car 1)
(display (list 'after 'error)) (newline)
END

echo '(im-enroll 127.0.0.1 4700)' > bare-address
start_im bare.out client < bare-address
start_im piped.out server --address 127.0.0.1 < expressions
piped=$started
mkfifo asked.in
exec 7<>asked.in
start_im asked.out server --address 127.0.0.1 <&7
asked=$started
start_im term.out server --address 127.0.0.1 --headless < expressions
headless_term=$started
start_im int.out server --address 127.0.0.1 --headless --quiet < /dev/null
headless_int=$started
open_screen window 100 30 "$(guile_im server --address 127.0.0.1)"
open_im exited server --address 127.0.0.1
open_im ctrl_d server --address 127.0.0.1
start_driver
driver_port

cat > script.scm <<END
(define whoiam 'script)
(load-from-path "im-client.scm")
(im-enroll "127.0.0.1" $port)
(let loop ((line (read)))
  (cond ((eof-object? line) (display "script read all\n"))
        (else (im 'bob line) (loop (read)))))
END
printf '(one line)\n"two"\nthree' > lines
$guile -q script.scm < lines > script.out 2>&1 &
script=$!
children="$children $script"

cat > reactor.scm <<END
(define whoiam 'reactor)
(load-from-path "im-client.scm")
(im-enroll "127.0.0.1" $port)
(define (received-msg from message)
  (write (list 'got message)) (newline) (force-output)
  (if (equal? message "stop") (exit 7)))
(im 'bob "reactor runs")
(run-reactor)
END
$guile -q reactor.scm < /dev/null > reactor.out 2>&1 &
reactor=$!
children="$children $reactor"

start_im piper.out client --name piper 127.0.0.1 "$port" <<'END'
(im 'bob "from a pipe")
(display "piper wrote") (newline)
END
piper=$started
open_im dora client --name dora 127.0.0.1 "$port"
plain_guile="env TERM=screen $guile -q; echo \$? > $here/paul.status"
open_plain paul 100 30

for screen in window exited ctrl_d; do
  eventually shows "$screen" 'server port: ' && eventually at_prompt "$screen"
  look_back "$screen" > "$screen.out"
done
for server in piped asked term int window exited ctrl_d; do
  start_visitor "v_$server" "$server.out"
done

# --- Reading -------------------------------------------------------------

check_file 'a server reads expressions from a file' piped.out '(sum 42)'
check_file 'also one of two lines' piped.out '(twice 42)'
check_file 'and goes on after an error' piped.out '(after error)'
check_file 'at the end of its input it serves' v_piped.out 'Nobody else'
printf "(display (list 'clients\n" >&7
check_file 'a server serves in the middle of an expression' \
  v_asked.out 'Nobody else'
printf " (get-clients-list)))(newline)\n" >&7
check_file 'and finishes it' asked.out '(clients (v_asked))'

check_file 'a script reads its own input' script.out 'script read all'
ended $script 0 'it ends at its end'
check_file 'what it said arrived: a list' driver.out '[script] (one line)'
check_file 'what it said arrived: a string' driver.out '[script] two'
check_file 'what it said arrived last' driver.out '[script] three'
check_file 'it has left' driver.out 'script has left.'

check_file 'a script may call run-reactor' driver.out 'reactor runs'
say 'one' reactor
check_file 'handlers run in run-reactor' reactor.out '(got "one")'
say 'stop' reactor
ended $reactor 7 'a handler may call exit'
check_file 'which logs out' driver.out 'reactor has left.'

check_file 'a client reads expressions from a pipe' piper.out 'piper wrote'
ended $piper 0 'it ends at the end of the pipe'
check_file 'what it said arrived' driver.out '[piper] from a pipe'
check_file 'it has left' driver.out 'piper has left.'

# --- Ending --------------------------------------------------------------

for screen in dora paul; do
  enrolled "$screen"
  press "$screen" C-d
  check "$screen: Ctrl-D ends a client" "$screen" is_over "$screen"
  check_file "$screen: it has left" driver.out "$screen has left."
  check_file "$screen: its status is 0" "$screen.status" 0
done

for server in piped asked term int window exited ctrl_d; do
  eventually file_shows "v_$server.out" 'Nobody else'
done
process_ended "$headless_term" && fail '--headless serves' \
  || pass '--headless serves'
file_shows term.out '(sum 42)' && fail '--headless reads nothing' \
  || pass '--headless reads nothing'
process_ended "$piped" && fail 'a server outlives its input' \
  || pass 'a server outlives its input'

kill -TERM "$piped" "$headless_term"
kill -INT "$headless_int"
echo '(exit 5)' >&7
window_process=$(process_of window)
tm kill-session -t window
enter exited '(exit)'
press ctrl_d C-d

check_file 'an address without quotation marks is explained' bare.out \
  'The address 127.0.0.1 needs quotation marks'
farewell v_piped 'SIGTERM'
ended "$piped" 143 'SIGTERM ends a server'
farewell v_term 'SIGTERM of --headless'
ended "$headless_term" 0 'SIGTERM ends --headless'
farewell v_int 'SIGINT of --headless'
ended "$headless_int" 0 'SIGINT ends --headless'
farewell v_asked '(exit) from a pipe'
ended "$asked" 5 '(exit 5) ends with that status'
farewell v_window 'the window was closed'
eventually process_ended "$window_process" \
  && pass 'the window was closed: the server ends' \
  || fail 'the window was closed: the server ends'
farewell v_exited '(exit)'
check '(exit) ends the server' exited is_over exited
farewell v_ctrl_d 'Ctrl-D'
check 'Ctrl-D ends the server' ctrl_d is_over ctrl_d
check_file '(exit) means status 0' exited.status 0
check_file 'Ctrl-D means status 0' ctrl_d.status 0

finish

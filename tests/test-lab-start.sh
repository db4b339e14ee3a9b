# test-lab-start.sh -- how labs start, from the shell and at the prompt, and
# how they end
#
# Copyright (C) 2026 The Guile-IM authors
# SPDX-License-Identifier: LGPL-3.0-or-later

. "${abs_top_srcdir:-.}/tests/lab-helpers.sh"

# What is wrong: the sentence, and the status behind it.
try () { run_lab "$@" 2>&1 </dev/null; echo "status $?"; }

# --- Arguments -----------------------------------------------------------

check "visitors-server: no port" "bad port number 80x
status 1" "$(try visitors-server 80x)"
check "visitors-client: no port" "bad port number 65536
status 1" "$(try visitors-client localhost 65536)"
check "visitors-client: no host" "invalid host: no.such.invalid
status 1" "$(try visitors-client no.such.invalid)"
check "visitors-client: too many" "usage: visitors-client [HOST [PORT]]
status 2" "$(try visitors-client a 1 b)"
check "echo-server: no port" "bad port number twelve
usage: echo-server [PORT]
status 2" "$(try echo-server twelve)"
check "finger-client: nobody" "usage: finger-client USER@HOST [PORT]
status 2" "$(try finger-client)"
check "finger-client: no @" "ann has no @; write USER@HOST
status 1" "$(try finger-client ann)"
check "a host's name is shown harmless" 'invalid host: \x1b;[2J
status 1' "$(try visitors-client "$(printf '\033[2J')")"
check "--help" "usage: auth-client NAME [HOST [PORT]]
status 0" "$(try auth-client --help)"

# --- The world -----------------------------------------------------------

start_server C at-once ''               # a port where soon nobody listens
free=$port
"$build/tests/peers/tcp-client" "$free" </dev/null; wait "$server"
check "visitors-client: nobody listens" "connect failed
status 1" "$(try visitors-client 127.0.0.1 "$free")"
check "sort-client: nobody listens" "sort-client: Connection refused \
(127.0.0.1 port $free): nobody listens there; start the server first, or say \
where it is
status 1" "$(try sort-client '(1)' 127.0.0.1 "$free")"
check "date-client: no such host" \
  'date-client: unknown or misspelled host name: "no.such.invalid"
status 1' "$(try date-client no.such.invalid)"
start_lab date-server 0
check "a taken port" "date-server: Address already in use (another socket \
has port $port; take another, or 0 for any)
status 1" "$(try date-server "$port")"
stop_lab

# As a user who isn't the administrator; what he may not read is read before.
cat > "$work/finger-server.scm" <<END
(use-modules (im lab) (im lines) (im reactor) (im socket))
(define lab
  (call-with-input-file "$labs/finger-server.scm"
    (lambda (port)
      (let next ((form (read port)))
        (if (eof-object? form) '() (cons form (next (read port))))))))
(when (zero? (getuid)) (setgid 65534) (setuid 65534))
(catch 'system-error
  (lambda ()
    (bind (socket PF_INET SOCK_STREAM 0) AF_INET INADDR_LOOPBACK 79)
    (display "everybody here may have port 79\n"))
  (lambda error (for-each primitive-eval lab)))
END
said=$({ $guile "$work/finger-server.scm" 2>&1 </dev/null
         echo "status $?"; } | grep -v '^profiling:')   # by make coverage
case $said in
  everybody*) echo "no port is reserved: $said" ;;
  *) check "a reserved port" "finger-server: Permission denied (only the \
administrator may take port 79; those above 1023 are free)
status 1" "$said" ;;
esac

for client in visitors date echo sort; do
  case $client in
    sort) set -- sort-client '(2 1)' 127.0.0.1 ;;
    *) set -- "$client-client" 127.0.0.1 ;;
  esac
  start_server C 10 ''; quiet=$server   # hangs up without an answer
  [ $client != visitors ] || { kill "$server"; start_server C 0 ''; }
  [ $client != echo ] || { kill "$server"; start_server C at-end ''; }
  check_match "$1: the server hangs up" \
    "the server hung up without an *
status 1" "$(try "$@" "$port")"
  start_server C reset ''
  check_match "$1: the server vanishes" "*
status 1" "$(try "$@" "$port")"
done

for server in echo visitors date finger; do
  start_lab $server-server 0
  printf half | visit C vanish
  eventually grep -q ': .*the other side is gone$' "$work/$server-server.err"
  check "$server-server says that a client has vanished" 0 $?
  check_match "$server-server serves the next one" "?*" \
    "$(printf 'ann\0\r\n' | visit C finish)"
  stop_lab
done
check "logging-date-server: no directory" \
  "logging-date-server: No such file or directory: \"$work/none\"
status 1" "$(try logging-date-server 0 "$work/none")"

# --- At the prompt -------------------------------------------------------

# Copies whose default is no port that others may have: any, and none.
mkdir "$work/labs"
sed 's/"5193"/"0"/' "$labs/visitors-server.scm" > "$work/labs/visitors-server.scm"
sed "s/\"5193\"/\"$free\"/" "$labs/visitors-client.scm" \
  > "$work/labs/visitors-client.scm"

# What a prompt prints for its input, without its greeting and values.
prompt () {
  (cd "$work" && $guile -q -c '((@ (im main) main) (list "repl"))' 2>&1) \
    | sed -e '1,/^Enter `,help/d' -e '/^$/d' -e '/^\$[0-9]* = /d' \
      -e 's/port [0-9]*/port P/'
}
check "a lab loaded at the prompt serves while it waits, and may be loaded \
again" 'Listening on 0.0.0.0 port P.
Listening on 0.0.0.0 port P.
the first is closed: #t
connect failed
Hello ann, you are visitor number 1 to this server
Call (finger-client USER@HOST PORT)
still here' "$(prompt <<'END'
(load "labs/visitors-server.scm")
(load "labs/visitors-server.scm")
(begin (display "the first is closed: ") (display (socket-down? $1)) (newline))
(setenv "USER" "ann")
(load "labs/visitors-client.scm")
(visitors-client "localhost" (socket-port-number $2))
(load "labs/finger-client.scm")
(begin (display "still here") (newline))
END
)"
check "./guile-im lab lists the labs" "$(cat "$labs"/*.scm | grep -c '^;;; [a-z-]*[.]scm -- ')" \
  "$("$source/guile-im" lab 2>&1 | grep -c '^  lab [a-z-]* [a-z]*: \|^  lab [a-z-]*: ')"

# --- Questions -----------------------------------------------------------

answers=$(run_lab questions 2>&1)
check "connecting too early is refused, and is no error a moment later" \
  "early: what if the client connects before the server listens?
  connect before listen: Connection refused
  connect after listen, before accept: success
  accept, then receive: early" "$(echo "$answers" | grep -A 3 ^early)"
check "who doesn't listen can't accept" \
  "  socket, bind, accept: Invalid argument" \
  "$(echo "$answers" | grep 'bind, accept')"
check_match "what nobody receives waits in the system, up to a length" \
  "  sent [1-9]* KiB: they wait in the system's buffers at both ends
  then send waits
  somebody receives, and [1-9]* KiB more can be sent" \
  "$(echo "$answers" | grep -A 3 ^nobody | sed 1d)"
check_match "who receives nothing waits, until the other closes" \
  "  nothing is sent: receive waits; here it gave up after 0.2 s
  the sender closes: receive returns the end" \
  "$(echo "$answers" | grep -A 2 ^nothing | sed 1d)"
order=$(echo "$answers" | sed '1,/^order/d')
check "everything happens in some order" 8 "$(echo "$order" | grep -c '  [1-8] ')"
# before ONE OTHER: the step ONE comes before OTHER.
before () {
  check "$1 comes before $2" "$1" \
    "$(echo "$order" | grep -o "$1\|$2" | head -n 1)"
}
before 'server: socket, bind, listen' 'client: socket, connect'
before 'server: accept' 'server: receive'
before 'client: send' 'server: receive'
before 'server: send' 'client: receive'
check "an unknown question" \
  "why is no question; there are: early accept nobody nothing order
status 1" "$(try questions why)"
finish

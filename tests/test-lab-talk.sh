# test-lab-talk.sh -- each lab talks to programs that aren't ours
#
# Copyright (C) 2026 The Guile-IM authors
# SPDX-License-Identifier: LGPL-3.0-or-later
#
# Servers are visited by clients in C and Python and by nc, clients visit
# servers in C and Python; finger(1), too, where there is one.

. "${abs_top_srcdir:-.}/tests/lab-helpers.sh"
USER=ann; export USER

# --- hello: one client, in order -----------------------------------------

for client in $clients; do
  start_lab hello-server 0
  check "hello-server greets $client" "Hello World!" \
    "$(visit "$client" finish </dev/null)"
  wait "$lab"
  check "hello-server has ended well after $client" 0 $?
  check "hello-server says what it does" "Waiting for connection...
Connection request accepted!
Message sent!" "$(cat "$work/hello-server.out")"
done
for server in $servers; do
  start_server "$server" at-once 'Hello World!'
  check "hello-client prints what $server says" "Connecting to server...
Waiting for reply...
Hello World!" "$(run_lab hello-client localhost "$port")"
done

# --- echo ----------------------------------------------------------------

start_lab echo-server 0
check "echo-server listens on this computer alone" \
  "Listening on 127.0.0.1 port $port." "$(cat "$work/echo-server.err")"
for client in $clients; do
  check "echo-server sends back what $client sends" "one two
three" "$(printf 'one two\nthree' | visit "$client" finish)"
done
head -c 300000 /dev/urandom > "$work/bytes"
visit C finish < "$work/bytes" | cmp - "$work/bytes"
check "every byte of 300,000 comes back" 0 $?
check "echo-server tells who has connected" "$(($(echo "$clients" | wc -w) + 1))" \
  "$(grep -c '^Connected by 127\.0\.0\.1 port [0-9]*$' "$work/echo-server.out")"
mkfifo "$work/slow"
visit C finish < "$work/slow" > "$work/slow.out" &
slow=$!
exec 7> "$work/slow"
printf 'slow' >&7
eventually test "$(grep -c Connected "$work/echo-server.out")" -gt 0
check "a second client needn't wait for the first" quick \
  "$(printf quick | visit C finish)"
exec 7>&-
wait $slow
check "and the first isn't forgotten" slow "$(cat "$work/slow.out")"
stop_lab
for server in $servers; do
  start_server "$server" at-end 'Hello, world'
  check "echo-client prints the echo of $server" "Received 'Hello, world'" \
    "$(run_lab echo-client 127.0.0.1 "$port")"
  check_received "echo-client has sent it to $server" "Hello, world"
done

# --- visitors ------------------------------------------------------------

start_lab visitors-server 0
count=0
for client in $clients; do
  count=$((count + 1))
  check "visitors-server counts $client" \
    "Hello $client, you are visitor number $count to this server" \
    "$(printf '%s\0' "$client" | visit "$client")"
done
head -c 100000 /dev/zero | tr '\0' x | visit C > /dev/null 2>&1
check "a name without end is refused" 1 \
  "$(eventually grep -q 'the line is too long' "$work/visitors-server.err" \
       && grep -c 'the line is too long' "$work/visitors-server.err")"
check "and counts for nothing" \
  "Hello ann, you are visitor number $((count + 1)) to this server" \
  "$(run_lab visitors-client localhost "$port")"
stop_lab
for server in $servers; do
  start_server "$server" 0 \
    'Hello ann, you are visitor number 7 to this server\n'
  check "visitors-client prints the answer of $server" \
    "Hello ann, you are visitor number 7 to this server" \
    "$(run_lab visitors-client localhost "$port")"
  check_received "visitors-client sends its user's name to $server" ann
done

# --- date ----------------------------------------------------------------

start_lab date-server 0
date_line='[A-Z][a-z][a-z] [A-Z][a-z][a-z] ?[0-9] [0-9][0-9]:[0-9][0-9]:[0-9][0-9] 20[0-9][0-9]'
for client in $clients; do
  check_match "date-server answers each request of $client" "$date_line
$date_line" "$(printf 'What time is it?\r\nAnd now?\n' | visit "$client" finish)"
done
today=$(date '+%a %b %e')
check_match "it is the date of today" "$today*$(date +%Y)" \
  "$(echo | visit C finish)"
stop_lab
for server in $servers; do
  start_server "$server" 10 'Sat Nov 21 16:30:00 2026\r\n'
  check "date-client prints the answer of $server" \
    "Sat Nov 21 16:30:00 2026" "$(run_lab date-client localhost "$port")"
  check_received "date-client asks $server" "What time is it?"
done

# --- sort ----------------------------------------------------------------

start_lab sort-server 0
for client in $clients; do
  check "sort-server sorts the lists of $client" '(-1 1.5 2 10)
("apple" pear plum)
(1 (a) b)' "$(printf '(10 2 -1 1.5) (plum "apple"\npear)((a) b 1)' \
              | visit "$client" finish)"
done
check "sort-server says what is no list" \
  '"That is no list; send one like (3 1 2)"' "$(echo 3 | visit C finish)"
echo '#.(system "touch hacked")' | visit C finish >/dev/null 2>&1
check_match "sort-server says who sends what it can't read" \
  "*127.0.0.1 port *: *bad input*" "$(cat "$work/sort-server.err")"
stop_lab
for server in $servers; do
  start_server "$server" 10 '(1 2 3)'
  check "sort-client prints the answer of $server" "(1 2 3)" \
    "$(run_lab sort-client '(3 1 2)' 127.0.0.1 "$port")"
  check_received "sort-client sends the list to $server" "(3 1 2)"
done

# --- finger --------------------------------------------------------------

start_lab finger-server 0
user=$(id -un)
for client in $clients; do
  check_match "finger-server tells $client about $user" \
    "Login: $user@
Name: *Directory: *Shell: *" \
    "$(printf '%s\r\n' "$user" | visit "$client" | tr '\r' '@')"
done
check "finger-server knows who isn't there" "finger: nobody-here: no such user." \
  "$(printf '/W nobody-here\r\n' | visit C | tr -d '\r')"
check "finger-server lists everyone" 1 \
  "$(printf '\r\n' | visit C | grep -c "^$user ")"
check "finger-server asks no other computer" \
  "finger: other computers are not asked from here" \
  "$(echo "$user@example.org" | visit C | tr -d '\r')"
check "finger-server tells no secret" "" \
  "$(printf 'root\r\n' | visit C | grep ':[x*!$]')"
stop_lab
# finger(1) always asks port 79, which is free in a network of our own.
if ! command -v finger >/dev/null; then
  echo "finger(1) is not installed: no visit of it"
elif ! unshare --net --map-root-user ip link set lo up 2>/dev/null; then
  echo "this system makes no networks for tests: no visit of finger(1)"
else
  cat > "$work/network.sh" <<'END'
ip link set lo up
$1 "$2/finger-server.scm" 2> "$3/finger.err" & lab=$!
for try in 1 2 3 4 5 6 7 8 9 10; do
  grep -q '^Listening' "$3/finger.err" && break
  sleep 0.3
done
finger "$4@127.0.0.1"
$1 "$2/finger-client.scm" "$4@127.0.0.1" | sed 's/^/client: /'
kill $lab
END
  said=$(unshare --net --map-root-user sh "$work/network.sh" \
           "$guile" "$labs" "$work" root 2>&1)
  check_match "finger(1) and finger-client find the service finger" \
    "*Login: root*client: Login: root*" "$said"
fi
for server in $servers; do
  start_server "$server" 10 'Login: bob\r\n\0033[2JPlan: none\r\n'
  check "finger-client prints what $server knows, harmless" \
    "Login: bob
\\x1b;[2JPlan: none" "$(run_lab finger-client bob@localhost "$port")"
  check_received "finger-client asks $server as RFC 1288 says" "bob^"
done
finish

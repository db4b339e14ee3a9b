# test-lab-files.sh -- labs that keep something in files, or look around
#
# Copyright (C) 2026 The Guile-IM authors
# SPDX-License-Identifier: LGPL-3.0-or-later

. "${abs_top_srcdir:-.}/tests/lab-helpers.sh"

# --- logging-date --------------------------------------------------------

log=$work/log; mkdir "$log"
logs () { (cd "$log" && echo log[0-9]*.txt); }

start_lab logging-date-server 0 "$log"
for client in $clients; do
  check_match "logging-date-server answers $client" "*:*:* 20[0-9][0-9]" \
    "$(echo "It is $client" | visit "$client" finish)"
done
check_match "each request is a line in a file of its own, from log0.txt on" \
  "*:*:* 20[0-9][0-9] 127.0.0.1: It is C" "$(cat "$log/log0.txt")"
last=$(($(echo "$clients" | wc -w) - 1))
check "there is one file for each request" "$((last + 1))" \
  "$(logs | wc -w | tr -d ' ')"
printf 'one\ntwo\033[2J\n' | visit C finish > /dev/null
check "two requests of one client are two, and shown harmless" \
  'two\x1b;[2J' "$(sed 's/.*127\.0\.0\.1: //' "$log/log$((last + 2)).txt")"
stop_lab
start_lab logging-date-server 0 "$log"
echo again | visit C finish > /dev/null
check_match "after a restart the number goes on" "*: again" \
  "$(cat "$log/log$((last + 3)).txt")"
stop_lab
rm "$log"/log[0-9]*.txt
start_lab logging-date-server 0 "$log"
echo "old files are gone" | visit C finish > /dev/null
check "also when old files were removed" "log$((last + 4)).txt" "$(logs)"
stop_lab
rm "$log/log-number.txt"
echo mine > "$log/log0.txt"
start_lab logging-date-server 0 "$log"
echo "the counter is gone" | visit C finish > /dev/null
check "a file that is there is never written over" "mine" "$(cat "$log/log0.txt")"
for i in 1 2 3; do
  echo "at once $i" | visit C finish > /dev/null &
  visits="${visits:-} $!"
done
# shellcheck disable=SC2086
wait $visits
check "three at once have a file each" 3 \
  "$(cat "$log"/log[0-9]*.txt | grep -c 'at once [123]$')"
stop_lab

# --- auth ----------------------------------------------------------------

file=$work/passwords.txt
add () { printf '%s\n' "$2" | run_lab auth-add-user "$1" "$file"; }
add ann 'open sesame'; add bob 'open sesame'; add annabel secret
check "each user has a line with a hash of SHA-512" "annabel bob ann" \
  "$(sed -n 's,^\([a-z]*\):\$6\$[./0-9A-Za-z]\{16\}\$[./0-9A-Za-z]\{86\}$,\1,p' \
       "$file" | tr '\n' ' ' | sed 's/ $//')"
check "no password is in the file" 0 "$(grep -c 'sesame\|secret' "$file")"
check "equal passwords have different hashes" 3 \
  "$(cut -d: -f2 "$file" | sort -u | wc -l | tr -d ' ')"
check_match "nobody else may read the file" "-rw-------*" "$(ls -l "$file")"
add bob changed
check "a password can be changed" 3 "$(wc -l < "$file" | tr -d ' ')"
check "a name can't have a colon" "bad name a:b: it has no colon in it" \
  "$(add a:b c 2>&1)"

start_lab auth-server "$file" 0
verdict () {                            # CLIENT NAME PASSWORD
  printf '%s\n%s\n' "$2" "$3" | visit "$1"
}
for client in $clients; do
  check "the right password, $client" granted "$(verdict "$client" ann 'open sesame')"
  check "the wrong one, $client" refused "$(verdict "$client" ann secret)"
done
check "the old one" refused "$(verdict C bob 'open sesame')"
check "the new one" granted "$(verdict C bob changed)"
check "a name that isn't there" refused "$(verdict C eve secret)"
check "half a name" refused "$(verdict C anna secret)"
check "no name" refused "$(verdict C '' '')"
hash=$(sed -n 's/^ann://p' "$file")
check "the hash is no password" refused "$(verdict C ann "$hash")"
check "the name with its hash is no name" refused "$(verdict C "ann:$hash" x)"
check "nothing but a name" refused "$(echo ann | visit C finish)"
check "auth-client" granted "$(echo changed | run_lab auth-client bob 127.0.0.1 "$port")"
stop_lab
check "a file that isn't there is told at once" 1 \
  "$(run_lab auth-server "$work/none" 0 2>&1 | grep -c 'auth-server: .*none')"
for server in $servers; do
  start_server "$server" 10 'refused\n'
  check "auth-client prints the answer of $server" refused \
    "$(echo changed | run_lab auth-client bob 127.0.0.1 "$port")"
  check_received "auth-client sends the name first" bob
done

# --- well-known ----------------------------------------------------------

start_server C at-once ''
check_match "well-known finds who listens" "*finger: port 79, for the administrator*
*  port $port: *
1 found" "$(run_lab well-known "$port" "$port")"
finish

#!/bin/sh
# test-lab-time-udp.sh --- the time-udp lab asks again when nothing comes
#
# Copyright (C) 2026 The Guile-IM authors
# SPDX-License-Identifier: LGPL-3.0-or-later

. "${abs_top_srcdir:-$(cd "$(dirname "$0")/.." && pwd)}/tests/lab-network.sh"

start_lab server time-udp-server 0
date_like () { echo "$1" | grep -cxE '[0-9]{4}(-[0-9]{2}){2} [0-9:]{8}'; }

same "the server answers a client in C" 1 \
  "$(date_like "$("$peers/talk-udp" ask "$port" 'time?')")"
same "also an empty question" 1 \
  "$(date_like "$("$peers/talk-udp" ask "$port" '')")"
same "also a long one" 1 \
  "$(date_like "$("$peers/talk-udp" ask "$port" "$(head -c 900 /dev/zero \
                                                   | tr '\0' x)")")"
same "our client prints the answer" 1 \
  "$(date_like "$(lab time-udp-client 127.0.0.1 "$port")")"
refuses "a port that is taken" "another socket has port $port" \
  lab time-udp-server "$port"

start_peer prompt "$peers/talk-udp" answer 0 'noon'
same "it asks a server in C" 'noon' "$(lab time-udp-client 127.0.0.1 "$port")"
start_peer forgetful "$peers/talk-udp" answer 1 'one o clock'
same "and asks again when its question is lost" \
  'No answer within 1 s./one o clock/' \
  "$(lab time-udp-client 127.0.0.1 "$port" | tr '\n' /)"
start_peer mute "$peers/talk-udp" answer 9 'never'
said=$(lab time-udp-client 127.0.0.1 "$port" 2>&1)
same "after three questions it gives up, with a status" 1 $?
same "having said so each time" 3 \
  "$(echo "$said" | grep -c 'No answer within 1 s')"
has "and at last" 'Nothing came within' "$said"

printf '\033[2J' > "$work/escape"
start_peer harmful "$peers/talk-udp" answer 0 "$(cat "$work/escape")"
# shellcheck disable=SC2016
same "what could harm the terminal is shown harmless" '\x1b;[2J' \
  "$(lab time-udp-client 127.0.0.1 "$port")"
refuses "an unknown host" 'unknown or misspelled host name' \
  lab time-udp-client no-such-host.invalid
refuses "a port that is none" 'bad port number' \
  lab time-udp-client 127.0.0.1 70000
finish

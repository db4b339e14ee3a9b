#!/bin/sh
# test-diagnose-network.sh --- what goes wrong in a room is what teaching.texi
# says is seen
#
# Copyright (C) 2026 The Guile-IM authors
# SPDX-License-Identifier: LGPL-3.0-or-later
#
# Two computers in a network of their own: here is the student's, 192.0.2.1,
# and there the teacher's, 192.0.2.2, with a server at 6543 and another program
# at 6015.  Each example of doc/teaching.texi behind `@c room CASE' is typed at
# the student's prompt while the room is as CASE says.  Spaces and line ends
# don't count in what is printed.

if [ -z "${ROOM:-}" ]; then
  if ! unshare --net --map-root-user true 2>/dev/null; then
    echo "SKIP: this system makes no networks for tests"
    exit 77
  fi
  ROOM=own exec unshare --net --map-root-user sh "$0"
fi

. "${abs_top_srcdir:-$(cd "$(dirname "$0")/.." && pwd)}/tests/lab-network.sh"

# --- The room ------------------------------------------------------------

guile="$top_build/pre-inst-env guile --no-auto-compile"
prefix=

unshare --net sh -c 'echo $$; exec sleep 600' > "$work/teacher" &
teacher=$!
children="$children $teacher"
eventually test -s "$work/teacher"
there () { nsenter --target "$teacher" --net "$@"; }

plug_in () {
  ip link set lo up
  ip link add cable type veth peer name cable netns "$teacher" \
    && ip address add 192.0.2.1/24 dev cable && ip link set cable up \
    && there ip link set lo up \
    && there ip address add 192.0.2.2/24 dev cable \
    && there ip link set cable up
}
plug_in 2> "$work/cable" || {
  echo "SKIP: no cable between two networks: $(cat "$work/cable")"
  exit 77
}

# Who isn't found is found missing sooner: what is seen is the same.
echo 50 > /proc/sys/net/ipv4/neigh/cable/retrans_time_ms 2>/dev/null

# Not by `there': then the process would be a shell's, and outlive this test.
over_there="nsenter --target $teacher --net $guile"
in_background server $over_there -c \
  '((@ (im main) main) (list "server" "--headless" "--port" "6543"))'
eventually says server 'Server IP address' || exit 99
in_background stranger $over_there "$top/scheme/labs/date-server.scm"
eventually says stranger 'Listening on' || exit 99

# --- What goes wrong -----------------------------------------------------

# begin_case CASE and end_case CASE change the room, and change it back.
begin_case () {
  case $1 in
    as-usual) ;;
    # The teacher's firewall lets nothing out that would answer us.
    silent) there ip route add blackhole 192.0.2.1/32 ;;
    # An access point that passes nothing on from one client to another.
    isolated) there ip link set cable arp off ;;
    forbidden) ip route add prohibit 192.0.2.2/32 ;;
    unplugged) ip address del 192.0.2.1/24 dev cable ;;
    reserved) prefix='setpriv --bounding-set=-net_bind_service' ;;
    *) echo "what is the case $1?"; return 1 ;;
  esac
  ip neighbour flush dev cable
}

end_case () {
  prefix=
  case $1 in
    silent) there ip route del blackhole 192.0.2.1/32 ;;
    isolated) there ip link set cable arp on ;;
    forbidden) ip route del prohibit 192.0.2.2/32 ;;
    unplugged) ip address add 192.0.2.1/24 dev cable ;;
  esac
}

# What a prompt prints and returns for what is on standard input.
at_the_prompt () {
  $prefix $guile -c '((@ (im main) main) (list "repl"))' 2>&1 \
    | sed '1,/^Enter .,help/d'
}

squeezed () { tr -s ' \n' '  ' | sed 's/^ //; s/ $//'; }

# --- The examples --------------------------------------------------------

# $work/N.case, .typed and .shown for each.
awk -v work="$work" '
  function plain(text) { gsub (/@@/, "@", text); return text }
  /^@c room / { room = $3; next }
  room && /^@example$/ {
    n++; inside = 1; file = work "/" n
    print room, NR > (file ".case")
    next
  }
  inside && /^@end example$/ { inside = 0; room = ""; next }
  inside && /^scheme@@/ {
    sub (/^[^>]*> /, ""); print plain($0) > (file ".typed"); next
  }
  inside { print plain($0) > (file ".shown") }
  END { print n > (work "/examples") }
' "$top/doc/teaching.texi"

number=1
while [ "$number" -le "$(cat "$work/examples")" ]; do
  read -r case line < "$work/$number.case"
  begin_case "$case"
  same "teaching.texi:$line: $case" "$(squeezed < "$work/$number.shown")" \
    "$({ echo '(load "im-client.scm") (load "im-server.scm")'
         cat "$work/$number.typed"; } | at_the_prompt | squeezed)"
  end_case "$case"
  number=$((number + 1))
done
finish

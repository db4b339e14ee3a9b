#!/bin/sh
# test-lab-pages.sh --- what the pages of the labs show is what one sees
#
# Copyright (C) 2026 The Guile-IM authors
# SPDX-License-Identifier: LGPL-3.0-or-later
#
# Types what doc/labs.texi shows into shells in real terminals, in a network of
# its own, where the ports of the labs are free.  How examples are marked stands
# at the top of that file.  With PAGE="Lab echo" it reads this page alone.

if [ -z "${LAB_NETWORK:-}" ]; then
  if ! unshare --net --map-root-user true 2>/dev/null; then
    echo "SKIP: this system makes no networks for tests"
    exit 77
  fi
  LAB_NETWORK=own exec unshare --net --map-root-user sh -c \
    'ip link set lo up && exec sh "$0"' "$0"
fi

source=${abs_top_srcdir:-$(cd "$(dirname "$0")/.." && pwd)}
. "$source/tests/tmux-helpers.sh"

# ./guile-im, as far as it runs labs, of this build.
cat > "$work/guile-im" <<END_SCRIPT
#!/bin/sh
shift
case \$2 in server | client) lab=\$1-\$2; shift 2 ;; *) lab=\$1; shift ;; esac
exec $guile "$source/scheme/labs/\$lab.scm" "\$@"
END_SCRIPT
chmod +x "$work/guile-im"

# --- Each program is on a page -------------------------------------------

for program in "$source"/scheme/labs/*.scm; do
  words=$(basename "$program" .scm | sed 's/-\(server\|client\)$/ \1/')
  if grep -q "^\$ ./guile-im lab $words" "$source/doc/labs.texi"; then
    pass "a page starts $words"
  else
    fail "no page starts $words"
  fi
done

# --- The script ----------------------------------------------------------

# What the pages say, a line each: a word for what to do, a tab, what with.
# "shows" and "types" build one line of the terminal between them.
awk '
  BEGIN { dots = "\001" }
  function plain(text) {
    gsub (/@dots{}/, dots, text); gsub (/@@/, "@", text)
    gsub (/@{/, "{", text); gsub (/@}/, "}", text)
    return text
  }
  function say(what, with) { print what "\t" plain(with) }
  /^@node / { say("page", substr($0, 7)); next }
  /^@c shell / { window = $3; next }
  window && /^@example$/ { say("window", window " " NR); inside = 1; next }
  inside && /^@end example$/ { say("done", ""); inside = 0; window = ""; next }
  !inside { next }
  /^@c type / { say("types-unseen", substr($0, 9)); next }
  /^\^C$/ { say("interrupts", $0); next }
  /^(\.\.\.|@dots{})$/ { say("any-lines", ""); next }
  /^[$>] / { say("shows", substr($0, 1, 2)); say("types", substr($0, 3)); next }
  /@kbd{.*}$/ {
    at = index($0, "@kbd{")
    say("shows", substr($0, 1, at - 1))
    say("types", substr($0, at + 5, length($0) - at - 5))
    next
  }
  { say("line", $0) }
' "$source/doc/labs.texi" > "$work/script" || exit 99

# --- Playing it ----------------------------------------------------------

windows=
open_screen waiting 20 5 'exec cat'     # lest tmux ends between two pages

# begin_page NAME: in an empty directory, with no window open.
begin_page () {
  for window in $windows; do
    tm kill-session -t "$window"
  done
  windows=
  page=$1
  directory=$work/$(echo "$page" | tr ' ' -)
  mkdir "$directory" && cp "$work/guile-im" "$directory"
}

# begin_window WINDOW LINE-NUMBER
begin_window () {
  window=$1 line_number=$2
  : > "$work/expected"
  case " $windows " in *" $window "*) return ;; esac
  windows="$windows $window"
  open_screen "$window" 100 40 \
    "cd '$directory' && exec env -i HOME='$directory' PATH='$PATH' \
     LC_ALL=C.UTF-8 TZ=UTC USER=$window TERM=screen PS1='\$ ' /bin/sh"
}

# What is expected of this example so far is on the window.
has_come () {
  look_back "$window" | awk '
    # Does LINE begin with PATTERN, in which \001 is anything, and end there?
    function fits(pattern, line,   dots, i) {
      dots = index(pattern, "\001")
      if (!dots) return pattern == line
      if (substr(pattern, 1, dots - 1) != substr(line, 1, dots - 1)) return 0
      pattern = substr(pattern, dots + 1)
      for (i = dots; i <= length(line) + 1; i++)
        if (fits(pattern, substr(line, i))) return 1
      return 0
    }
    function from(i, j) {               # are wanted[j...] at line[i...]?
      if (j > m) return 1
      if (wanted[j] == "\002")
        return from(i, j + 1) || (i <= n && from(i + 1, j))
      return i <= n && fits(wanted[j], line[i]) && from(i + 1, j + 1)
    }
    { sub(/ *$/, "") }
    $0 == "" { next }
    expected { wanted[++m] = $0; next }
    { line[++n] = $0 }
    END { for (i = 1; i <= n + 1; i++) if (from(i, 1)) exit 0
          exit 1 }
  ' expected=1 "$work/expected" expected=0 -
}

# Whether the cursor is behind $shown: then it is time to type.
shown_at_cursor () {
  [ -z "$shown" ] || cursor_after "$window" "${shown% }"
}

expect () { printf '%s\n' "$1" >> "$work/expected"; }

# Whether what a command needs is here: nc in OpenBSD's version, and curl.
runnable () {
  case $1 in
    *'nc '*) nc -h 2>&1 | grep -q '^.*-N' ;;
    *'curl '*) command -v curl >/dev/null ;;
  esac
}

# play WHAT WITH; false when the page can't go on.
play () {
  case $1 in
    shows) shown=$2 ;;
    types)
      eventually has_come && eventually shown_at_cursor || return
      expect "$shown$2"
      enter "$window" "$2" ;;
    types-unseen)
      eventually has_come && eventually cursor_after "$window" Password: \
        || return
      enter "$window" "$2" ;;
    interrupts)
      eventually has_come || return
      expect "$2"
      press "$window" C-c ;;
    any-lines) expect "$(printf '\002')" ;;
    line) expect "$2" ;;
    done) eventually has_come || return
      pass "labs.texi:$line_number: $page, $window" ;;
  esac
}

show_page () {
  for window in $windows; do
    echo "--- $window"; look_back "$window" | sed '/^$/d'
  done
  echo '--- expected'; tr '\001\002' '**' < "$work/expected"
}

page=
tab=$(printf '\t')
exec 9< "$work/script"
while IFS=$tab read -r what with <&9; do
  case $what in
    page) skipped=
      [ -n "${PAGE:-}" ] && [ "$with" != "$PAGE" ] && skipped=yes
      [ -n "$skipped" ] || begin_page "$with" ;;
    *) [ -n "$skipped" ] && continue ;;
  esac
  case $what in
    page) ;;
    window) begin_window "${with% *}" "${with#* }" ;;
    types) if ! runnable "$with"; then
             echo "skipped: the rest of $page, which needs: $with"
             skipped=yes; continue
           fi ;;
  esac
  case $what in
    page | window) ;;
    *) play "$what" "$with" || {
         fail "labs.texi:$line_number: $page, $window: $what $with"
         show_page; skipped=yes
       } ;;
  esac
done
finish

# test-manual-reader.sh -- `,im manual' opens the manual, or says where it is
#
# Copyright (C) 2026 The Guile-IM authors
# SPDX-License-Identifier: LGPL-3.0-or-later
#
# `info' is a script here that says what it is asked for.

. "$(dirname "$0")/tmux-helpers.sh"

mkdir "$work/bin" "$work/doc"
echo 'This is Info.' > "$work/doc/guile-im.info"
cat > "$work/bin/info" <<'END'
#!/bin/sh
[ -t 0 ] && [ -t 1 ] && echo "Info shows $1"
END
chmod +x "$work/bin/info"

# ask EXPRESSION: type it, and then the command.
ask () {
  enter reader "$1"
  enter reader ',im manual'
}

open_screen reader 100 24 "$plain_guile"
ask "(begin (load-from-path \"im-client.scm\")
  (setenv \"INFOPATH\" \"$work/doc\")
  (setenv \"PATH\" \"$work/bin:/usr/bin:/bin\"))"
check "it opens the manual" reader shows reader "Info shows $work/doc/guile"
ask "(setenv \"PATH\" \"$work/doc\")"
check "without info it says where it is" reader \
  shows reader "The manual is $work/doc/guile-im.info, for the program"
ask "(begin (load-from-path \"im-server.scm\") (set! logging #f)
  (im-server-start #:address \"127.0.0.1\")
  (setenv \"PATH\" \"$work/bin\"))"
check "a server goes on serving" reader \
  shows reader "In another window:  info $work/doc/guile-im.info"
ask '(begin (im-server-close) (setenv "INFOPATH" "/nowhere"))'
check "without a manual it says so" reader \
  shows reader "The manual isn't here"
finish

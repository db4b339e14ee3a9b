#!/bin/sh
# test-lab-file.sh --- the file lab works in one directory, for each alone
#
# Copyright (C) 2026 The Guile-IM authors
# SPDX-License-Identifier: LGPL-3.0-or-later

. "${abs_top_srcdir:-$(cd "$(dirname "$0")/.." && pwd)}/tests/lab-network.sh"

mkdir "$work/files" "$work/files/inner"
printf 'one two three' > "$work/files/words.txt"
printf 'secret' > "$work/secret.txt"
printf 'secret' > "$work/files/.hidden"
ln -s ../secret.txt "$work/files/link.txt"
mkfifo "$work/files/pipe.txt"
printf 'a\000b\377\n' > "$work/files/bytes.bin"

start_lab server file-server 0 "$work/files"
ask () { printf '%b' "$1" | "$peers/talk-tcp" call "$port"; }
words () { cat "$work/files/$1"; }

# --- The server, and a client in C ----------------------------------------

same "open, read, close" 'ok 1/ok 3/oneok 4/ twook /' \
  "$(ask 'open words.txt read\nread 1 3\nread 1 4\nclose 1\n' | tr '\n' /)"
same "the end of the file" 'ok 1/ok 13/one two threeok 0/' \
  "$(ask 'open words.txt read\nread 1 100\nread 1 100\n' | tr '\n' /)"
same "seek" 'ok 1/ok 8/ok 5/three' \
  "$(ask 'open words.txt read\nseek 1 8\nread 1 100\n' | tr '\n' /)"
same "a new file" 'ok 1 ok 5 ok  ' \
  "$(ask 'open new.txt write\nwrite 1 5\nhelloclose 1\n' | tr '\n' ' ')"
same "has what was written" 'hello' "$(words new.txt)"
ask 'open new.txt write\nseek 1 1\nwrite 1 1\na' >/dev/null
same "writing leaves the rest alone" 'hallo' "$(words new.txt)"
ask 'open new.txt append\nwrite 1 1\n!' >/dev/null
same "append" 'hallo!' "$(words new.txt)"
same "any byte can be read" "$(od -c "$work/files/bytes.bin")" \
  "$(ask 'open bytes.bin read\nread 1 9\n' | tail -c 5 | od -c)"
same "two files at once" 'ok 1/ok 2/ok 3/oneok 3/hal' \
  "$(ask 'open words.txt read\nopen new.txt read\nread 1 3\nread 2 3\n' \
     | tr '\n' /)"
same "a handle means nothing to another client" \
  'error no such handle: "1"' "$(ask 'read 1 3\n')"
same "nor after it was closed" 'error no such handle: "1"' \
  "$(ask 'open words.txt read\nclose 1\nread 1 3\n' | tail -n 1)"
same "a write that fails is followed by the next command" \
  'error no such handle: "7"/ok 1/' \
  "$(ask 'write 7 5\nhelloopen words.txt read\n' | tr '\n' /)"

while read -r claim part command; do
  has "refused: $claim" "$part" "$(ask "$command\\n" | tr ' ' _)"
done <<'COMMANDS'
the-directory-above not_a_plain_file_name open ../secret.txt read
an-absolute-name not_a_plain_file_name open /etc/passwd read
a-way-through-a-directory not_a_plain_file_name open inner/../words.txt read
a-symbolic-link error_ open link.txt read
writing-through-one error_ open link.txt write
a-hidden-file not_a_plain_file_name open .hidden read
a-directory not_a_plain_file open inner read
a-pipe not_a_plain_file open pipe.txt read
no-name not_a_plain_file_name open  read
a-NUL-byte not_a_plain_file_name open words.txt\000x read
a-file-that-isn't-there No_such_file open none.txt read
a-mode-that-is-none no_such_mode open words.txt rw
nonsense no_such_command dance
too-few-words no_such_command read 1
too-many-bytes bad_number_of_bytes open words.txt read\nread 1 70000
less-than-none bad_number_of_bytes open words.txt read\nread 1 -1
a-position-that-is-none bad_position open words.txt read\nseek 1 x
COMMANDS
same "nothing was written there" 'secret' "$(cat "$work/secret.txt")"
same "the 17th open file" 'error too many open files' \
  "$(for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17; do
       echo 'open words.txt read'
     done | "$peers/talk-tcp" call "$port" | tail -n 1)"

if [ -d "/proc/$process/fd" ]; then
  open_files () { find "/proc/$process/fd" -lname "$work/files/*" | wc -l; }
  none_open () { [ "$(open_files)" -eq 0 ]; }
  printf 'open words.txt read\nopen new.txt read\n' \
    | "$peers/talk-tcp" vanish "$port"
  soon "who vanishes leaves no file open" none_open
else
  skip "no /proc here, to see which files are open"
fi

# --- Our client -----------------------------------------------------------

same "our client prints a file" 'one two three' \
  "$(lab file-client 127.0.0.1 "$port" words.txt)"
same "byte for byte" "$(od -c "$work/files/bytes.bin")" \
  "$(lab file-client 127.0.0.1 "$port" bytes.bin | od -c)"
lab file-client 127.0.0.1 "$port" mine.txt 'grüße'
same "and puts one there" 'grüße' "$(words mine.txt)"
refuses "it says what the server says" 'No such file' \
  lab file-client 127.0.0.1 "$port" none.txt

printf 'ok 1\nok 6\nother ok 0\nok\n' > "$work/answers"
start_peer other "$peers/talk-tcp" tell "$work/answers"
same "it reads from a server in C" 'other ' \
  "$(lab file-client 127.0.0.1 "$port" name)"
soon "in the words of the protocol" says other 'read 1 4096'
: > "$work/answers"
printf 'ok 1\nok 60\nthe rest is miss' > "$work/answers"
refuses "a server that isn't there" 'refused' lab file-client 127.0.0.1 1 name
refuses "no arguments" 'usage: file-client HOST PORT NAME [TEXT]' \
  lab file-client
finish

#!/bin/sh
# test-lab-web.sh --- the web lab serves one directory, and no other file
#
# Copyright (C) 2026 The Guile-IM authors
# SPDX-License-Identifier: LGPL-3.0-or-later

. "${abs_top_srcdir:-$(cd "$(dirname "$0")/.." && pwd)}/tests/lab-network.sh"

mkdir "$work/site" "$work/site/inner"
echo 'the index' > "$work/site/index.html"
echo 'two words' > "$work/site/two words.txt"
echo 'secret' > "$work/secret.txt"
echo 'secret' > "$work/site/.hidden"
ln -s ../secret.txt "$work/site/link.txt"
mkfifo "$work/site/pipe.txt"
head -c 300000 /dev/urandom > "$work/site/large.bin"

start_lab web web-server 0 "$work/site"

ask () { printf '%b' "$1" | "$peers/talk-tcp" call "$port" | tr -d '\r'; }
first_line () { sed -n 1p; }

# --- By a client in C that knows bytes only -------------------------------

got=$(ask 'GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
has "the index is there" 'HTTP/1.1 200 OK' "$got"
has "as HTML" 'Content-Type: text/html;charset=utf-8' "$got"
has "with its length" 'Content-Length: 10' "$got"
has "and its text" 'the index' "$got"

got=$(ask 'HEAD / HTTP/1.1\r\nHost: x\r\n\r\n')
has "HEAD says the length" 'Content-Length: 10' "$got"
same "and sends no text" "" "$(echo "$got" | grep index)"

same "two requests come over one connection" 2 \
  "$(ask 'GET / HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n' \
     | grep -c 'the index')"
same "but not after Connection: close" 1 \
  "$(ask 'GET / HTTP/1.1\r\nConnection: close\r\n\r\nGET / HTTP/1.1\r\n\r\n' \
     | grep -c 'the index')"
same "nor in HTTP/1.0" 1 \
  "$(ask 'GET / HTTP/1.0\r\n\r\nGET / HTTP/1.0\r\n\r\n' \
     | grep -c 'the index')"
same "what is behind a body is no request" 1 \
  "$(ask 'GET / HTTP/1.1\r\nContent-Length: 18\r\n\r\nGET / HTTP/1.1\r\n\r\n' \
     | grep -c 'the index')"

while read -r claim path; do
  same "404: $claim" 'HTTP/1.1 404 Not Found' \
    "$(ask "GET $path HTTP/1.1\\r\\nConnection: close\\r\\n\\r\\n" \
       | first_line)"
done <<'PATHS'
no-such-file /no-such-file
the-directory-above /../secret.txt
the-same-encoded /%2e%2e/secret.txt
with-its-slash-encoded /..%2fsecret.txt
encoded-twice /%252e%252e/secret.txt
an-absolute-name-encoded /%2fetc%2fpasswd
a-symbolic-link /link.txt
a-hidden-file /.hidden
a-pipe-nobody-writes-to /pipe.txt
a-directory /inner
a-NUL-byte /index.html%00.txt
bytes-that-are-no-UTF-8 /%ff%fe
PATHS

has "405 for other methods" 'HTTP/1.1 405' \
  "$(ask 'DELETE / HTTP/1.1\r\nConnection: close\r\n\r\n')"
has "which says what may be" 'Allow: GET, HEAD' \
  "$(ask 'PUT / HTTP/1.1\r\nConnection: close\r\n\r\n')"
has "400 for nonsense" 'HTTP/1.1 400' "$(ask 'nonsense\r\n\r\n')"
has "400 for a name that begins like a host" 'HTTP/1.1 400' \
  "$(ask 'GET //etc/passwd HTTP/1.1\r\n\r\n')"

long=$(head -c 9000 /dev/zero | tr '\0' x)
same "a line without end is no request" "" "$(ask "GET /$long")"
many=$(for i in 1 2 3 4 5 6 7 8 9 10; do
         printf 'A: b\\r\\nA: b\\r\\nA: b\\r\\nA: b\\r\\n'
         printf 'A: b\\r\\nA: b\\r\\nA: b\\r\\nA: b\\r\\n'
       done)
same "nor are headers without end" "" "$(ask "GET / HTTP/1.1\\r\\n$many")"

printf 'GET /large.bin HTTP/1.1\r\n\r\n' | "$peers/talk-tcp" vanish "$port"
has "who vanishes leaves it serving others" 'the index' \
  "$(ask 'GET / HTTP/1.0\r\n\r\n')"

# --- By programs of the world ----------------------------------------------

# Without the sanitizers that ours may have been loaded with.
curl () { env -u LD_PRELOAD curl "$@"; }

url=http://127.0.0.1:$port
if env -u LD_PRELOAD curl --version >/dev/null 2>&1; then
  same "curl gets a name with a space" 'two words' \
    "$(curl -s "$url/two%20words.txt")"
  curl -s -o "$work/large" "$url/large.bin"
  if cmp -s "$work/large" "$work/site/large.bin"; then
    pass "and 300,000 bytes as they are"
  else
    fail "and 300,000 bytes as they are"
  fi
  same "two files over one connection" 1 \
    "$(curl -sv "$url/" "$url/large.bin" -o "$work/1" -o "$work/2" 2>&1 \
       | grep -c '^\* Connected to')"
  same "with --path-as-is it gets no secret" 404 \
    "$(curl -s -o "$work/3" -w '%{http_code}' --path-as-is \
         "$url/../secret.txt")"
else
  skip "no curl here"
fi

# --- What goes wrong --------------------------------------------------------

refuses "a port that is taken" "another socket has port $port" \
  lab web-server "$port" "$work/site"
refuses "a port that is none" "bad port number" lab web-server 65536
refuses "too many arguments" "usage: web-server" lab web-server 1 2 3 4
finish

#!/bin/sh
# test-lab-login.sh --- the login lab evaluates, and nobody ends it for others
#
# Copyright (C) 2026 The Guile-IM authors
# SPDX-License-Identifier: LGPL-3.0-or-later

. "${abs_top_srcdir:-$(cd "$(dirname "$0")/.." && pwd)}/tests/lab-network.sh"

if [ -n "${IM_PRELOAD:-}" ]; then
  echo "SKIP: the server allows itself 2 GB of addresses; a sanitizer takes more"
  exit 77
fi

guile --no-auto-compile -c \
  '(format #t "ann:~a~%" (crypt "Hello world!" "$6$saltstring$"))' \
  > "$work/passwords"

start_lab login login-server "$work/passwords" 0

# What a session that sends these lines after the password shows.
session () {
  { printf 'ann\nHello world!\n'; printf '%s\n' "$@"; } \
    | "$peers/talk-tcp" call "$port"
}
value () { session "$1" | sed -n '2s/^> //p'; }

has "it asks for the name" 'login: password: ' "$(session)"
has "and welcomes who knows the password" 'Welcome, ann.' "$(session)"
for wrong in 'ann\nhello' 'bob\nHello world!' 'ann\n\n' \
             '\n$6$saltstring$svn8' 'ann:x\nHello world!' '..\n'; do
  # shellcheck disable=SC2059
  got=$(printf "$wrong\n" | "$peers/talk-tcp" call "$port")
  case $got in
    *Welcome*) fail "and nobody else: $wrong" ;;
    *'Login incorrect'*) pass "and nobody else: $wrong" ;;
    *) fail "nobody else, and it says so: $wrong: $got" ;;
  esac
done
same "after three wrong tries it hangs up" 3 \
  "$(printf 'ann\na\nann\nb\nann\nc\nann\nHello world!\n' \
     | "$peers/talk-tcp" call "$port" | grep -o 'Login incorrect' | wc -l)"

same "it evaluates" 42 "$(value '(* 6 7)')"
same "and remembers definitions" 9 \
  "$(session '(define (square x) (* x x))' '(square 3)' | sed -n '3s/^> //p')"
has "which are the session's own" 'Unbound variable: square' \
  "$(value '(square 3)')"
has "it says what is wrong" 'Error: ' "$(value '(car 1)')"

session ')' >/dev/null
soon "nonsense ends the session, and the server says why" \
  says login 'that is no Scheme data'

while read -r expression; do
  has "there is no $expression" 'Unbound variable' "$(value "$expression")"
done <<'EXPRESSIONS'
(open-input-file "/etc/passwd")
(system "true")
(primitive-exit 0)
(current-module)
(resolve-module '(guile))
(display 1)
(expt 10 1000000000000)
(make-list 1000000000 1)
EXPRESSIONS

# --- What would end a careless server -------------------------------------

# One session stays, and must be there after all of them.
mkfifo "$work/keys"
"$peers/talk-tcp" call "$port" < "$work/keys" > "$work/staying" 2>&1 &
children="$children $!"
exec 7> "$work/keys"
printf 'ann\nHello world!\n(define here 4711)\n' >&7
soon "somebody stays logged in" says staying 'Welcome'

while read -r part expression; do
  has "$expression ends alone" "$part" "$(value "$expression" | tr ' ' _)"
done <<'EXPRESSIONS'
limit_exceeded (let loop () (loop))
limit_exceeded (let loop ((x (quote ()))) (loop (cons x x)))
limit_exceeded (let loop ((x 1)) (+ 1 (loop x)))
Out_of_memory (make-vector 1000000000000)
Out_of_memory (make-string 100000000000 #\a)
Error (let loop ((x "ab")) (loop (string-append x x)))
limit_exceeded (let loop ((x 7)) (loop (* x x)))
((((( (let loop ((n 50000) (x 1)) (if (= n 0) x (loop (- n 1) (list x))))
Error (car (vector (let l ((n 9999) (x 1)) (if (= n 0) x (l (- n 1) (list x))))))
limit_exceeded (catch #t (lambda () (let l () (l))) (lambda e (let l () (l))))
EXPRESSIONS

printf '(+ here 1)\n' >&7
soon "and who stayed is still there" says staying 4712
printf 'ann\nHello world!\n(+ 1' | "$peers/talk-tcp" vanish "$port"
head -c 5000 /dev/zero | tr '\0' x | "$peers/talk-tcp" vanish "$port"
printf '(+ here 2)\n' >&7
soon "also after others vanished" says staying 4713
exec 7>&-

if command -v nc >/dev/null 2>&1; then
  has "nc is a client" 42 \
    "$(printf 'ann\nHello world!\n(* 6 7)\n(exit)\n' | nc 127.0.0.1 "$port")"
else
  skip "no nc here"
fi

refuses "a file of passwords that isn't there" "no file of passwords" \
  lab login-server "$work/none" 0
refuses "a port that is taken" "another socket has port $port" \
  lab login-server "$work/passwords" "$port"
finish

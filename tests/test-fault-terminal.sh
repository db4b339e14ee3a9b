#!/bin/sh
# test-fault-terminal.sh -- nothing from strangers is obeyed by a terminal
#
# Copyright (C) 2026 The Guile-IM authors
# SPDX-License-Identifier: LGPL-3.0-or-later
#
# A hostile server and hostile clients send escape sequences, overrides of the
# direction, line breaks and format directives wherever a request has room
# for them.  What programs print is looked at twice: the bytes that reach the
# terminal, and the lines that a person sees.

. "${abs_top_srcdir:-.}/tests/tmux-helpers.sh"

cat > "$work/attack.scm" <<'END'
(use-modules (im socket) (im reactor) (im request))

(define evil "\x1b]0;PWNED\x07\x1b[31337m\x9b31337m\u202e\u2066\u2028\x7f\r
[teacher] FORGED\nscheme@(guile-user)> FORGED\n~a~s~%~")
(define word (string->symbol evil))

;; What a client is sent: from whom, what, and data.
(define for-client
  `((bob receive-msg ,evil) (bob receive-msg ,word)
    (bob receive-msg (,evil ,word #\x1b #\x9b #(,evil) (1 . ,evil)))
    (bob receive-msg #\x1b) (bob receive-msg #\x202e)
    (bob receive-msg (quote ,evil))
    (,evil receive-msg "") (,word receive-msg "")
    ("x\n[teacher] FORGED\nx" receive-msg "")
    ("teacher] FORGED [x" receive-msg "")
    ;; To the end of a row; the next begins with what follows.
    (bob receive-msg ,(string-append (make-string 94 #\space)
                                     "[teacher] FORGED"))
    (bob receive-msg ,(string-append "one\n" (make-string 96 #\x)
                                     "[teacher] FORGED"))
    (bob receive-msg ,(string-append (make-string 47 #\x6c34)
                                     "[teacher] FORGED"))
    (server client-list (,evil ,word))
    (server client-list ("[teacher] FORGED"))
    (server client-list (,(string->symbol "scheme@(guile-user)> FORGED")))
    (server client-list ())
    (server ,word ()) (,evil ,word ,evil)))

(define (attack end)
  (for-each (lambda (part)
              (send-request (list (car part) 'me (cadr part) (caddr part))
                            victim))
            for-client)
  (send-request (list 'bob 'me 'receive-msg end) victim))

(define hostile (make-server-socket 0 #:address "127.0.0.1"))
(define victim #f)
(define refuses #t)

(when-socket-ready
 hostile
 (lambda ()
   (let ((port (socket-output (socket-accept-connection
                               (socket-dup hostile)))))
     (get-request port)
     (cond (refuses
            (set! refuses #f)
            (send-request (list 'server evil 'sorry evil) port))
           (else
            (send-request (list 'server 'me 'welcome '()) port)
            (get-request port)
            (set! victim port)
            (send-request (list 'server 'me 'client-list '(me bob)) port))))))

;; What a server is sent: before the handshake, and after it.
(define (attack-server port)
  (define (say-as name . rest)
    (let ((port (socket-output (make-client-socket "127.0.0.1" port))))
      (send-request `(,name server hello ,evil) port)
      (for-each (lambda (request) (send-request request port)) rest)
      port))
  (define (from-eve . rest) (cons* "eve 1" rest))
  (for-each say-as
            (list evil word "[teacher] FORGED" "\n[teacher] FORGED"
                  "scheme@(guile-user)> FORGED" "~a~s"))
  (say-as "~s" (list evil evil word evil))
  (say-as "eve 1"
          (from-eve 'server 'thanks evil)
          (from-eve "eve 1" 'send-msg evil)
          (from-eve "eve 1" 'send-msg (list evil word #\x1b))
          (from-eve evil 'send-msg evil)
          (from-eve word 'send-msg word)
          (from-eve 'server word evil)
          (from-eve "eve 1" 'send-msg "END-SERVER"))
  (display "<command>hello</command><from>\x1b[31337m</from><to>x</to>\
<data>\x1b[31337m</data>\n"
           (socket-output (make-client-socket "127.0.0.1" port))))

(format #t "hostile: ~a;~%" (socket-port-number hostile))
END

start_driver
driver_port
drive "(load \"$work/attack.scm\")"
eventually file_shows "$work/driver.out" 'hostile: '
hostile=$(sed -n 's/.*hostile: \([0-9]*\);.*/\1/p' "$work/driver.out")

# open_recorded SCREEN COMMAND: with the bytes that its terminal gets.
open_recorded () {
  open_screen "$1" 100 40 "$2"
  tm pipe-pane -t "$1:" -o "cat > '$work/$1.raw'"
}

# The bytes of SCREEN that must not be there: OSC, our CSI, C1, overrides of
# the direction, U+2028, DEL.  Octal, for the terminal of who sees this fail.
obeyed () {
  LC_ALL=C grep -a -o -e "$(printf '\033')]" -e "$(printf '\033')\[31337m" \
    -e "$(printf '\302\233')" -e "$(printf '\342\200[\250\256]')" \
    -e "$(printf '\342\201\246')" -e "$(printf '\177')" \
    "$work/$1.raw" | od -An -c | head -n 3
}

# Lines that pretend to be somebody's, or the prompt's.
forged () {
  look_back "$1" | grep -e '^\[teacher\]' -e '^scheme@(guile-user)> FORGED'
}

harmless () {
  found=$(obeyed "$1"; forged "$1")
  if [ -z "$found" ]; then
    pass "$1: $2"
  else
    fail "$1: $2: $found"
  fi
}

# shown_then_harmless SCREEN WHAT LAST: once LAST is there, nothing was obeyed.
shown_then_harmless () {
  check "$1: $2 are shown" "$1" shows "$1" "$3"
  eventually at_prompt "$1"
  harmless "$1" "$2 are not obeyed"
}

# evaluate SCREEN EXPRESSION: and wait until that is done.
evaluations=0
evaluate () {
  evaluations=$((evaluations + 1))
  enter "$1" "(begin $2 'done-$evaluations)"
  eventually shows "$1" "= done-$evaluations"
  eventually at_prompt "$1"
}

attack_client () {
  me=$1
  evaluate "$me" "(define whoiam 'me)"
  evaluate "$me" '(load-from-path "im-client.scm")'
  evaluate "$me" '(set! logging #t)'
  drive '(set! refuses #t)'
  enter "$me" "(im-enroll \"127.0.0.1\" $hostile)"
  shown_then_harmless "$me" 'reasons of sorry' 'Sorry: '
  enter "$me" "(im-enroll \"127.0.0.1\" $hostile)"
  eventually shows "$me" 'Here: bob.'
  eventually at_prompt "$me"
  drive '(attack "END-1")'
  shown_then_harmless "$me" 'messages, names and lists' '[bob] END-1'
  # What handlers fail with.
  number=1
  while read -r failing; do
    number=$((number + 1))
    evaluate "$me" "(set! received-msg (lambda (from message) $failing))"
    drive "(attack \"END-$number\")"
    shown_then_harmless "$me" "errors of $failing" "END-$number"
  done <<'END'
(error message)
(error from message)
(error (list from message))
(car message)
(throw (string->symbol (object->string message)) message)
(scm-error 'misc-error from message '() #f)
END
}

open_recorded plain "$plain_guile"
open_recorded line "$(guile_im client)"
eventually at_prompt plain
eventually at_prompt line
attack_client plain
attack_client line

# Completing a name must not write anything else into the line.
evaluate line "(set! clients '(\"z1)(FORGED\"))"
type_in line "(im 'z"
press line Tab
type_in line '9 5'
check 'line: only harmless names are completed' line \
  cursor_after line "$prompt (im 'z9 5"
press line C-c

# --- A server ------------------------------------------------------------

open_recorded server "$(guile_im server --address 127.0.0.1)"
eventually at_prompt server
evaluate server '(set! log-messages #t)'
target=$(look_back server | sed -n 's/.*server port: //p')
drive "(attack-server $target)"
check 'server: the log tells' server shows server 'END-SERVER'
evaluate server '(im-who)'
evaluate server '(im-kick "\x1b[31337m\n[teacher] FORGED")'
shown_then_harmless server 'log, im-who and im-kick' 'Nobody here is called'

finish

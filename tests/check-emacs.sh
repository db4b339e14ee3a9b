#!/bin/sh
# check-emacs.sh -- messages arrive in Emacs' buffers
#
# Copyright (C) 2026 The Guile-IM authors
# SPDX-License-Identifier: LGPL-3.0-or-later
#
# M-x run-scheme, which comes with Emacs, and Geiser, if it is there, each in
# a terminal; then Geiser's questions and answers while messages pour in.

. "${abs_top_srcdir:-.}/tests/tmux-helpers.sh"

if ! command -v emacs >/dev/null 2>&1; then
  echo "$test_name: skipped, since emacs is not installed"
  exit 77
fi

printf '#!/bin/sh\nexec %s "$@"\n' "$guile" > "$work/guile"
chmod +x "$work/guile"
cat > "$work/init.el" <<END
(setq inhibit-startup-screen t ring-bell-function 'ignore)
(setq scheme-program-name "$work/guile -q")
(setq geiser-guile-binary "$work/guile"
      geiser-active-implementations '(guile))
(require 'package)
(package-initialize)
(require 'geiser-guile nil t)
(add-hook 'emacs-startup-hook 'delete-other-windows)
END

# open_emacs NAME COMMAND: Emacs with that command's prompt, where NAME enrolls.
open_emacs () {
  open_screen "$1" 90 40 \
    "exec env TERM=screen emacs -nw -q -l '$work/init.el' -f $2"
  eventually shows "$1" "$prompt"
  enter "$1" "(begin (define whoiam '$1) (load-from-path \"im-client.scm\"))"
  enter "$1" "(im-enroll \"127.0.0.1\" $port)"
  eventually shows "$1" 'Here: '
}

# What Emacs' window shows, without the mode line and the echo area.
window () {
  look "$1" | sed '/^-[^ ]*-/,$d' | awk 'NF { print }'
}
window_ends_with () {
  [ "$(window "$1" | tail -n "$(printf '%s\n' "$2" | wc -l)")" = "$2" ]
}

# How both tell it: what is typed stays where it is, below the message.
talk () {
  me=$1
  type_in "$me" '(+ 100 11'
  eventually window_ends_with "$me" "$prompt (+ 100 11"
  say 'first' "$me"
  check "$me: a message replaces the prompt, which comes below it" "$me" \
    window_ends_with "$me" "[bob] first
$prompt (+ 100 11"
  press "$me" BSpace
  enter "$me" '2)'
  check "$me: what was typed can be changed and finished" "$me" \
    shows "$me" '= 112'
  drive "(for-each (lambda (i) (im '$me i)) '(1 2 3))"
  check "$me: several messages come" "$me" window_ends_with "$me" "[bob] 1
[bob] 2
[bob] 3
$prompt"
  enter "$me" "(begin (display (* 42 42)) (let loop () (loop)))"
  eventually shows "$me" '1764'
  press "$me" C-c C-c
  check "$me: C-c C-c interrupts" "$me" shows "$me" 'User interrupt'
  say 'after C-c C-c' "$me"
  check "$me: and messages come at the next prompt" "$me" \
    window_ends_with "$me" "[bob] after C-c C-c
scheme@(guile-user) [1]>"
  enter "$me" ',q'
  eventually window_ends_with "$me" "$prompt"
}

start_driver
driver_port

# --- M-x run-scheme ----------------------------------------------------------

open_emacs comint run-scheme
talk comint
enter comint '(list 1'
say 'second' comint
check 'comint: a message comes between two lines' comint \
  window_ends_with comint "$prompt (list 1
[bob] second"
enter comint '2)'
check 'comint: the expression is whole' comint shows comint '= (1 2)'
press comint C-x C-c
type_in comint 'yes'
press comint Enter

# --- Geiser --------------------------------------------------------------------

if ! emacs -q --batch -l "$work/init.el" \
     --eval "(kill-emacs (if (featurep 'geiser-guile) 0 1))" 2>/dev/null; then
  echo "$test_name: the rest is skipped, since Emacs has no Geiser"
  finish
fi

echo_area_shows () { look "$1" | tail -n 1 | grep -q -F -e "$2"; }

open_emacs geiser run-guile
talk geiser
type_in geiser "(im 'bob "
check 'geiser: asks for the arguments of what is typed' geiser \
  echo_area_shows geiser 'im ...'
drive "(for-each (lambda (i) (im 'geiser (list 'while 'typing i))) '(1 2))"
drive "(display \"sent \") (force-output)"
eventually file_shows "$work/driver.out" 'sent '
type_in geiser '"so'
press geiser Enter
type_in geiser 'there")'
press geiser Enter
check 'geiser: what comes then is there with the next answer' geiser \
  window_ends_with geiser "[bob] (while typing 1)
[bob] (while typing 2)
$prompt"
check 'geiser: what was typed in two lines is whole' geiser \
  file_shows "$work/driver.out" '[geiser] so'
say 'third' geiser
check 'geiser: later ones come at once' geiser window_ends_with geiser "[bob] third
$prompt"

# --- Geiser's questions while messages pour in ----------------------------------

cat > "$work/ask.el" <<END
(run-guile)
(defun ask (beginning)
  (geiser-eval--send/result \`(:eval (:ge completions ,beginning))))
(defun type-in (line)
  (goto-char (point-max))
  (insert line)
  (geiser-repl--maybe-send)
  (accept-process-output (get-buffer-process (current-buffer)) 1))
(defun wait-for (text)
  (let ((end (+ (float-time) 10)))
    (while (and (< (float-time) end)
                (not (save-excursion (goto-char (point-min))
                                     (search-forward text nil t))))
      (accept-process-output (get-buffer-process (current-buffer)) 0.1))))
(type-in "(begin (define whoiam 'asker) (load-from-path \"im-client.scm\"))")
(type-in "(im-enroll \"127.0.0.1\" $port)")
(wait-for "Here: ")
(princ (format "evaluated: %S\n"
               (geiser-eval--send/wait '(:eval (* 6 7)))))
(setq beginnings '("string-a" "vector-" "list-" "im-")
      answers (mapcar 'ask beginnings)
      right 0)
(type-in "(im 'bob \\"pour\\")")
(dotimes (i 200)
  (if (equal (nth (mod i 4) answers) (ask (nth (mod i 4) beginnings)))
      (setq right (1+ right))))
(princ (format "%S %s right answers\n" answers right))
(type-in "(im 'bob \\"stop\\")")
(wait-for "[bob] dry")
(princ (buffer-substring-no-properties (point-min) (point-max)))
(kill-emacs 0)
END
cat > "$work/pour.scm" <<'END'
(use-modules (im reactor))
(define pouring? #f)                    ; a drop each millisecond
(define poured 0)
(define (pour)
  (if pouring?
      (begin
        (im 'asker (list 'drop poured))
        (set! poured (+ poured 1))
        (after 0.001 pour))))
(define (received-msg from message)
  (cond ((equal? message "pour") (set! pouring? #t) (pour))
        ((equal? message "stop")
         (set! pouring? #f)
         (im 'asker "dry")              ; the last one
         (format #t "poured: ~a;~%" poured) (force-output))))
END
drive "(load \"$work/pour.scm\")"
eventually file_shows "$work/driver.out" '= #<procedure'
timeout 120 emacs -q --batch -l "$work/init.el" -l "$work/ask.el" \
  > "$work/ask.out" 2> "$work/ask.err"
eventually file_shows "$work/driver.out" 'poured: '
poured=$(sed -n 's/^poured: \([0-9]*\);.*/\1/p' "$work/driver.out")
got=$(grep -c '^\[bob\] (drop ' "$work/ask.out")
if file_shows "$work/ask.out" 'evaluated: ((result "42")'; then
  pass 'Geiser evaluates what stands in a file'
else
  fail 'Geiser evaluates what stands in a file'
fi
if file_shows "$work/ask.out" '200 right answers'; then
  pass "Geiser's answers are right while messages pour in"
else
  fail "Geiser's answers are right while messages pour in"
  head -n 20 "$work/ask.out" "$work/ask.err"
fi
if [ "$poured" -ge 10 ] && [ "$got" -eq "$poured" ]; then
  pass "none of $poured messages is lost"
else
  fail "$got of $poured messages came"
fi

finish

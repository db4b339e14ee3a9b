# test-installed.sh -- what is installed works from any prefix, C programs
# can embed it, and it goes without a trace
#
# Copyright (C) 2026 The Guile-IM authors
# SPDX-License-Identifier: LGPL-3.0-or-later
#
# Guile doesn't know of the prefix, and no variable tells it.

. "${abs_top_srcdir:-.}/tests/lab-helpers.sh"
unset GUILE_LOAD_PATH GUILE_LOAD_COMPILED_PATH GUILE_EXTENSIONS_PATH
unset GUILE_AUTO_COMPILE MAKEFLAGS MFLAGS MAKELEVEL DESTDIR
unset XDG_CACHE_HOME

prefix=$work/prefix
in_prefix () {                          # TARGET
  make -C "$build" "$1" prefix="$prefix" exec_prefix="$prefix" \
    systemdsystemunitdir="$prefix/lib/systemd/system" \
    > "$work/$1.log" 2>&1 || cat "$work/$1.log"
}
in_prefix install
pc=$(cd "$prefix" && find "$PWD" -name guile-im.pc)
PKG_CONFIG_PATH=$(dirname "$pc")${PKG_CONFIG_PATH:+:$PKG_CONFIG_PATH}
export PKG_CONFIG_PATH
cd "$work" || exit 99

# --- pkg-config ------------------------------------------------------------

variable () { pkg-config --variable="$1" guile-im; }
for file in sitedir/im-client.scm sitedir/im/reactor.scm \
            siteccachedir/im/reactor.go extensiondir/guile-im.so \
            includedir/guile-im.h; do
  # Elsewhere than on Linux extensions have another suffix.
  check "pkg-config knows where ${file#*/} is" 1 \
    "$(find "$(variable "${file%%/*}")" \
         -path "$(variable "${file%%/*}")/$(echo "${file#*/}" | sed 's/\.so$/.*/')" | grep -c -v '\.la$')"
done
"$prefix/bin/guile-im" --version > version
check "and the version is the program's" "guile-im $(pkg-config --modversion guile-im)" \
  "$(cat version)"

# --- The program -----------------------------------------------------------

# Run COMMAND, which reads what is typed into NAME and prints to NAME.out.  It
# holds its own input open, and not the bell's.
open_prompt () {                        # NAME COMMAND...
  mkfifo "$1.in"
  name=$1; shift
  "$@" 0<> "$name.in" > "$name.out" 2>&1 7>&- &
  children="$children $!"
}
type_in () { printf '%s\n' "$2" > "$1.in"; }
sees () {                               # CLAIM NAME TEXT
  eventually grep -q -F -e "$3" "$2.out"
  check "$1" 0 $?
  grep -q -F -e "$3" "$2.out" || cat "$2.out"
}

check "guile-im lists the labs that are installed" \
  "$(find "$labs" -maxdepth 1 -name '*.scm' | grep -c .)" \
  "$("$prefix/bin/guile-im" lab 2>&1 | grep -c '^  lab ')"
check "and runs them" "usage: echo-client [HOST [PORT]]" \
  "$("$prefix/bin/guile-im" lab echo client --help 2>&1)"
check "guile-im grade knows the exercises" 1 \
  "$("$prefix/bin/guile-im" grade 2>&1 | grep -c '^  im-list ')"

# --- The bell, a C program -------------------------------------------------

cp -R "$(find "$prefix" -type d -name embed)" bell
check "the manual shows its loop as it is" "" \
  "$(sed -n '/^@example$/,/^@end example$/p' "$source/doc/embedding.texi" \
     | sed -n '/^\/\* Serve whoever/,/^@end/{/^@end/d;s/@\([{}]\)/\1/g;p;}' > shown
     sed -n '/^\/\* Serve whoever/,/^}/p' bell/bell.c | diff - shown)"
check "the example builds with what pkg-config says" 0 \
  "$(make -C bell CC="${IM_CC:-cc}" > bell.log 2>&1; echo $?)"
grep -i warning bell.log && check "and without a warning" none some
mkfifo bell.in
exec 8<> bell.in
bell/bell 0 127.0.0.1 < bell.in > bell.out 2>&1 8>&- &
bell=$!
children="$children $bell"
sees "the server of the bell starts" bell "server port: "
port=$(sed -n 's/.*server port: //p' bell.out)

# The bell hears the end of its input when 7 is closed.
exec 7> bell.in 8>&-
open_prompt ann "$prefix/bin/guile-im" client --name ann 127.0.0.1 "$port"
sees "ann, at a prompt of the installed program, enrolls" ann "Nobody else is here"
open_prompt bob "$prefix/bin/guile-im" client --name bob 127.0.0.1 "$port"
sees "bob comes" ann "bob has come."
type_in ann "(im 'bob \"Hi Bob\")"
sees "they talk to each other" bob "[ann] Hi Bob"
echo "The lesson is over." >&7
sees "what the bell reads, ann is told" ann "[server] The lesson is over."
sees "and bob" bob "[server] The lesson is over."
exec 7>&-
sees "the end of its input ends it, with a farewell" bob "To come back:"
wait "$bell"
check "and with success" 0 $?
check "nothing was compiled for all this" "" \
  "$(find "$HOME/.cache" -type f 2>/dev/null)"

cat > thread.c <<'END'
#include <guile-im.h>
#include <pthread.h>

static void *
init (void *unused)
{
  guile_im_init ();
  guile_im_init ();             /* does nothing */
  return unused;
}

static void *
step (void *unused)
{
  scm_c_eval_string ("((@ (im reactor) reactor-step) #:timeout 0)");
  return unused;
}

static void *
step_elsewhere (void *unused)
{
  return scm_with_guile (step, unused);
}

int
main (void)
{
  pthread_t thread;
  void *result;

  scm_with_guile (init, "");
  pthread_create (&thread, NULL, step_elsewhere, "");
  pthread_join (thread, &result);
  return result == NULL && scm_with_guile (step, "") != NULL ? 0 : 1;
}
END
# shellcheck disable=SC2046
${IM_CC:-cc} -pthread $(pkg-config --cflags guile-im) thread.c -o thread \
  $(pkg-config --libs guile-im) > thread.log 2>&1 || cat thread.log
check_match "the thread that calls guile_im_init has the reactor, no other" \
  "*thread*
status 0" "$(./thread 2>&1; echo "status $?")"

# --- Away ------------------------------------------------------------------

in_prefix uninstall
# The directory of all manuals is nobody's own.
check "uninstall leaves no file" "" \
  "$(find "$prefix" ! -type d ! -path '*/info/dir')"
check "and no directory of ours" "" \
  "$(find "$prefix" -name im -o -name stk -o -name labs -o -name 'guile-im*')"
finish

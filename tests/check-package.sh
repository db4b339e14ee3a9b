#!/bin/sh
# check-package.sh -- the tarball, DESTDIR, the service and Debian's package
#
# Copyright (C) 2026 The Guile-IM authors
# SPDX-License-Identifier: LGPL-3.0-or-later
#
# What isn't here to try it with (Debian's tools, systemd's, Emacs) is said
# and left out.
#
# Usage: make check-package

source=${abs_top_srcdir:?"use: make check-package"}
build=${abs_top_builddir:?}
unset MAKEFLAGS MFLAGS MAKELEVEL DESTDIR
unset GUILE_LOAD_PATH GUILE_LOAD_COMPILED_PATH GUILE_EXTENSIONS_PATH

work=$(mktemp -d) || exit 99
trap 'cd /; chmod -R u+w "$work"; rm -rf "$work"' EXIT
trap 'exit 130' HUP INT TERM
HOME=$work/home; export HOME
mkdir "$HOME"
# Something to give all files of the tarball the date of.
SOURCE_DATE_EPOCH=1700000000; export SOURCE_DATE_EPOCH

passed=0 failed=0
check () {                              # CLAIM EXPECTED ACTUAL
  if [ "$2" = "$3" ]; then
    passed=$((passed + 1)); echo "PASS: $1"
  else
    failed=$((failed + 1)); echo "FAIL: $1"
    printf '%s\n' "  expected: $2" "  actual:   $3"
  fi
}
have () { command -v "$1" >/dev/null 2>&1 || { echo "no $1 here"; false; }; }

# Run a command; print what it said if it fails.
quietly () {
  "$@" > "$work/quiet.log" 2>&1 && return
  echo "$* failed:"; tail -n 50 "$work/quiet.log"
  return 1
}

# --- What packages say of themselves ---------------------------------------

version=$(sed -n 's/^VERSION = //p' "$build/Makefile")
check "configure.ac, NEWS, debian/changelog and guix.scm say one version" 0 \
  "$(sh "$source/packaging/versions.sh" "$source" >&2; echo $?)"
check "Guile can read guix.scm" package \
  "$("$build/pre-inst-env" guile -c '
       (display (car (call-with-input-file (cadr (command-line))
                       (lambda (port)
                         (let next ((last #f))
                           (let ((form (read port)))
                             (if (eof-object? form) last (next form))))))))' \
       "$source/guix.scm")"
if have emacs; then
  check "Emacs can read .dir-locals.el" ok \
    "$(emacs --batch -Q --eval "(with-temp-buffer
         (insert-file-contents \"$source/.dir-locals.el\")
         (if (assq 'c-mode (read (current-buffer))) (princ 'ok)))" 2>&1)"
fi

# --- The tarball -----------------------------------------------------------

cd "$build" || exit 99
tarball=guile-im-$version.tar.gz
make_tarball () { (umask "$1" && quietly make release-dist) && sha256sum < $tarball; }
first=$(make_tarball 022)
second=$(make_tarball 077)
check "the same sources make the same tarball" "$first" "$second"
check "and files are in it" yes \
  "$(tar tzf $tarball | grep -q '/src/reactor\.c$' && echo yes)"
check "all files in it are root's, readable and of one date" \
  "root/root 2023-11-14" \
  "$(TZ=UTC0 tar tvzf $tarball | awk '$1 !~ /^.rw.r..r../ { print $1, $6 }
                                      { print $2, $4 }' | sort -u)"
mv "$tarball" "$work"

# --- DESTDIR ---------------------------------------------------------------

quietly make install DESTDIR="$work/dest" prefix=/opt/im exec_prefix=/opt/im \
  systemdsystemunitdir=/opt/im/lib/systemd/system
check "with DESTDIR everything is below it, under the prefix" "opt" \
  "$(ls "$work/dest")"
check "and no file names it" "" \
  "$(grep -r -l -F "$work" "$work/dest" | grep -v '\.la$')"
check "nor what was built, but libtool's own" "" \
  "$(grep -r -l -F "$build" "$work/dest" | grep -v '\.la$\|\.go$\|\.so')"
service=$work/dest/opt/im/lib/systemd/system/guile-im.service
if have systemd-analyze; then
  # The program must be there for it.
  mkdir "$work/unit"
  sed "s,/opt/im/bin,$work/dest/opt/im/bin," "$service" \
    > "$work/unit/guile-im.service"
  check "systemd finds nothing wrong with the service" "" \
    "$(systemd-analyze verify --man=no "$work/unit/guile-im.service" 2>&1)"
fi
quietly make uninstall DESTDIR="$work/dest" prefix=/opt/im \
  exec_prefix=/opt/im systemdsystemunitdir=/opt/im/lib/systemd/system
# The directory of all manuals is nobody's own.
check "uninstall heeds it, too" "" \
  "$(find "$work/dest" ! -type d ! -path '*/info/dir')"

# --- Debian ----------------------------------------------------------------

finish () {
  echo "check-package: $passed passed, $failed failed"
  [ "$failed" -eq 0 ]
  exit
}
have dpkg-buildpackage && have dh || finish

cd "$work" && tar xzf "$tarball" && cd "guile-im-$version" || exit 99
check "dpkg-buildpackage makes a package from the tarball, and tests it" 0 \
  "$(quietly dpkg-buildpackage -us -uc -b -j2 >&2; echo $?)"
cd "$work" || exit 99
deb=$(ls guile-im_*.deb) || finish
mkdir root && dpkg-deb -x "$deb" root
if have lintian; then
  check "lintian finds no error and nothing to warn of" "" \
    "$(lintian --allow-root --fail-on none --tag-display-limit 0 \
         ./*.changes 2>&1 | grep '^[EW]:')"
fi
site=$work/root/usr/share/guile/site/3.0
ccache=$(find "$work/root" -type d -name site-ccache)
check "in the package no compiled code is older than its source" "" \
  "$(cd "$ccache" && find . -name '*.go' ! -name 'im-*.scm.go' | while read -r go; do
       find "$site/${go%.go}.scm" -newer "$go"
     done)"
check "and the programs have their old date" "1980-01-01" \
  "$(TZ=UTC0 find "$site"/im-*.scm "$ccache"/im-*.go \
       -exec date -r {} +%Y-%m-%d \; | sort -u)"
check "unpacked, it runs compiled code and says nothing" "okay" \
  "$(GUILE_LOAD_PATH=$site GUILE_LOAD_COMPILED_PATH=$ccache \
     GUILE_EXTENSIONS_PATH=$(dirname "$ccache")/extensions \
     "$("$build/pre-inst-env" guile -c '(display (car (command-line)))')" \
       -q -c '(load-from-path "im-client") (display (im-exit))' 2>&1)"
finish

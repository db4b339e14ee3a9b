# versions.sh -- print which version each file says this is
#
# Copyright (C) 2026 The Guile-IM authors
# SPDX-License-Identifier: LGPL-3.0-or-later
#
# Usage: sh versions.sh DIRECTORY.  Ends with success iff all say the same.

cd "$1" || exit
versions=$(
  sed -n 's/^AC_INIT(\[Guile-IM\], \[\([^]]*\)\].*/configure.ac \1/p' configure.ac
  sed -n 's/^\* Changes in \([0-9.]*[0-9]\).*/NEWS \1/p' NEWS | head -n 1
  sed -n '1s/^guile-im (\(.*\)-[^-]*) .*/debian\/changelog \1/p' debian/changelog
  sed -n 's/^ *(version "\(.*\)")/guix.scm \1/p' guix.scm
)
echo "$versions"
[ "$(echo "$versions" | wc -l)" -eq 4 ] \
  && [ "$(echo "$versions" | cut -d' ' -f2 | sort -u | wc -l)" -eq 1 ]

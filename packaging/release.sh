# release.sh -- what `make release' does: a tarball that can be signed
#
# Copyright (C) 2026 The Guile-IM authors
# SPDX-License-Identifier: LGPL-3.0-or-later
#
# Usage: sh release.sh VERSION SOURCE, in the directory where it was built.

set -eu
version=$1 source=$2
tarball=guile-im-$version.tar.gz

die () { printf 'release: %s\n' "$*" >&2; exit 1; }

git -C "$source" rev-parse >/dev/null 2>&1 \
  || die "the sources are no checkout by git"
[ -z "$(git -C "$source" status --porcelain)" ] \
  || die "something isn't committed: see git status"
sh "$source/packaging/versions.sh" "$source" \
  || die "the versions above are not the same"
[ "$(sh "$source/packaging/versions.sh" "$source" \
       | sed -n 's/configure.ac //p')" = "$version" ] \
  || die "this was configured as version $version"

# The date of all files in it.
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git -C "$source" log -1 --format=%ct)}
export SOURCE_DATE_EPOCH
make release-distcheck
sha256sum "$tarball" > "$tarball.sha256"

cat <<END

$tarball ($(wc -c < "$tarball") bytes, $(tar tzf "$tarball" | wc -l) files), $tarball.sha256.
To sign and to mark it:

  gpg --armor --detach-sign $tarball
  git -C $source tag -s v$version -m 'Guile-IM $version'
END

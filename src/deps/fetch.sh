#!/bin/sh
# SPDX-License-Identifier: ISC
#
# fetch.sh DIR [PACKAGE...]: bring the upstream tarballs of the libraries, or of
# other source packages of Debian, into DIR/src.
#
# The machine's own list of Debian archives is read, turned into source entries
# of the current stable suite, and given to apt with directories of its own, so
# that apt checks every signature while the system's configuration, lists and
# locks stay untouched.  No root needed.  DIR/src/versions names what arrived
# as "package version tarball"; a complete DIR/src is left alone.

set -eu

PACKAGES='libmd libbsd libsodium mbedtls quickjs'
SUITE=${SENDLET_DEPS_SUITE:-stable}

die()
{
	echo "fetch.sh: $*" >&2
	exit 1
}

# Print the lines of one-line (*.list) files, options first, as
# "suites|uri|components|signed-by".
list_entries()
{
	awk '
	$1 == "deb" {
		key = ""
		i = 2
		if ($i ~ /^\[/) {
			do {
				word = $i
				gsub(/[][]/, "", word)
				if (word ~ /^signed-by=/)
					key = substr(word, 11)
			} while ($(i++) !~ /\]$/ && i <= NF)
		}
		comps = ""
		for (j = i + 2; j <= NF && $j !~ /^#/; j++)
			comps = comps " " $j
		print $(i + 1) "|" $i "|" comps "|" key
	}' "$@"
}

# The same for deb822 (*.sources) files; a key given inline is passed over.
sources_entries()
{
	awk '
	function flush(    n, m, i, j, s, u) {
		n = split(field["suites"], s, " ")
		m = split(field["uris"], u, " ")
		if ((" " field["types"] " ") ~ / deb(-src)? / &&
		    tolower(field["enabled"]) !~ /^no/)
			for (i = 1; i <= n; i++)
				for (j = 1; j <= m; j++)
					print s[i] "|" u[j] "|" \
					    field["components"] "|" \
					    field["signed-by"]
		split("", field)
		name = ""
	}
	FNR == 1 || /^[ \t]*$/ { flush() }
	/^#/ || /^[ \t]*$/ { next }
	/^[ \t]/ {
		if ($1 !~ /^\./)
			field[name] = field[name] " " $0
		next
	}
	{
		name = tolower(substr($0, 1, index($0, ":") - 1))
		field[name] = substr($0, index($0, ":") + 1)
	}
	END { flush() }' "$@"
}

# A Debian archive is an entry for this very release, with a main component and
# Debian's own key (or none named, which is apt's trusted set).  The main
# archive comes first: what both have, apt takes from there, and security
# archives may lack the tarballs of what has moved on.
write_sources()
{
	# shellcheck source=/dev/null
	codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
	{
		for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list
		do
			if [ -r "$file" ]; then list_entries "$file"; fi
		done
		for file in /etc/apt/sources.list.d/*.sources; do
			if [ -r "$file" ]; then sources_entries "$file"; fi
		done
	} | awk -F '|' -v codename="$codename" -v suite="$SUITE" '
	{
		base = $1
		sub(/-security$/, "", base)
		sub("/updates$", "", base)
		gsub(/^[ \t]+|[ \t]+$/, "", $4)
		gsub(/[ \t]+/, ",", $4)
	}
	base != codename && base !~ /^(old)*stable$/ { next }
	(" " $3 " ") !~ / main / { next }
	$4 != "" && $4 !~ /debian-archive/ { next }
	{
		to = suite ($1 == base ? "" : "-security")
		opt = $4 == "" ? "" : "[signed-by=" $4 "] "
		print ($1 != base) "deb-src " opt $2 " " to " main"
	}' | sort -u | cut -c 2-
}

apt()
{
	apt-get -qq \
	    -o Dir::Etc::sourcelist="$dir/apt/sources.list" \
	    -o Dir::Etc::sourceparts=- \
	    -o Dir::State="$dir/apt/state" \
	    -o Dir::State::lists="$dir/apt/lists" \
	    -o Dir::State::status="$dir/apt/status" \
	    -o Dir::Cache="$dir/apt/cache" \
	    -o Acquire::Languages=none \
	    -o Acquire::Retries=3 \
	    "$@" >"$dir/apt/log" 2>&1 || {
		cat "$dir/apt/log" >&2
		die "apt-get failed; is the Debian archive reachable?"
	}
}

have_all()
{
	[ -s "$dir/src/versions" ] || return 1
	while read -r _ _ tarball; do
		[ -s "$dir/src/$tarball" ] || return 1
	done <"$dir/src/versions"
	for package in $PACKAGES; do
		grep -q "^$package " "$dir/src/versions" || return 1
	done
}

[ $# -ge 1 ] || die "usage: fetch.sh DIR [PACKAGE...]"
mkdir -p "$1"
dir=$(cd "$1" && pwd)
shift
PACKAGES=${*:-$PACKAGES}
exec 9>"$dir/lock"
flock 9
if have_all; then
	touch "$dir/src/versions"
	exit 0
fi

command -v apt-get >/dev/null || die "no apt-get here; use make DEPS=system"
command -v dpkg-source >/dev/null || die "dpkg-dev is not installed"
rm -rf "$dir/apt" "$dir/src.new"
mkdir -p "$dir/apt/lists/partial" "$dir/apt/cache/archives/partial" \
    "$dir/apt/state" "$dir/src.new"
: >"$dir/apt/status"
write_sources >"$dir/apt/sources.list"
[ -s "$dir/apt/sources.list" ] || die "no Debian archive in the apt sources"

apt update
# shellcheck disable=SC2086 # a list of words
(cd "$dir/src.new" && apt source --download-only --tar-only $PACKAGES)
for package in $PACKAGES; do
	tarball=$(cd "$dir/src.new" && ls "${package}"_*.orig.tar.*[!c])
	version=${tarball#"${package}"_}
	version=${version%%.orig.tar.*}
	echo "$package ${version%%[+~]*} $tarball"
done >"$dir/src.new/versions"
if grep '^mbedtls ' "$dir/src.new/versions" | grep -qv '^mbedtls 3\.6\.'; then
	die "$SUITE has no Mbed TLS 3.6: $(grep mbedtls "$dir/src.new/versions")"
fi
rm -rf "$dir/src" "$dir/apt"
mv "$dir/src.new" "$dir/src"

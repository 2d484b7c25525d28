#!/bin/bash
# SPDX-License-Identifier: ISC
#
# root.sh: install a small Debian of this machine's release, with cron, a mail
# program and somebody else's sendmail, once, below DEPS_DIR/root-deb, and print
# where.  Instant when it has been done before by the same version of this file.

set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
: "${DEPS_DIR:=$here/../../.deps}"
mkdir -p "$DEPS_DIR"
DEPS_DIR=$(cd "$DEPS_DIR" && pwd)
roots=$DEPS_DIR/root-deb
root=$roots/$(cksum <"$here/root.sh" | cut -d ' ' -f 1)

die() {
	echo "root.sh: $*" >&2
	exit 1
}

# The Debian archives that apt knows here, with the checks it makes of them.
archives() {
	apt-get indextargets --format 'deb $(REPO_URI) $(RELEASE) $(COMPONENT)' \
	    'Identifier: Packages' 'Origin: Debian' | sort -u
}

install_tree() {
	archives >"$new/sources.list"
	if [ ! -s "$new/sources.list" ]; then
		apt-get -qq update
		archives >"$new/sources.list"
	fi
	apt-config dump --format '%f "%v";%n' Acquire >"$new/apt.conf"
	mmdebstrap --mode=root --variant=essential --format=directory \
	    --aptopt="$new/apt.conf" \
	    --include=apt,bsd-mailx,busybox-static,cron,dma,passwd \
	    '' "$new/tree" "$new/sources.list" >"$new/log" 2>&1 || {
		tail -n 20 "$new/log" >&2
		die "the packages cannot be had"
	}
	chroot "$new/tree" useradd --create-home --shell /bin/sh kit
	mkdir -p "$new/tree/callers"
}

if [ -d "$root" ]; then
	echo "$root/tree"
	exit
fi
if [ "$(id -u)" -ne 0 ]; then
	exec sudo -n env DEPS_DIR="$DEPS_DIR" "$here/root.sh"
fi
mkdir -p "$roots"
exec {lock}>"$roots/.lock"
flock -w 450 "$lock" || die "somebody else is still installing"
if [ ! -d "$root" ]; then
	find "$roots" -mindepth 1 -maxdepth 1 -type d -mmin +120 \
	    -exec rm -rf {} +
	new=$(mktemp -d "$roots/.new.XXXXXX")
	trap 'rm -rf "$new"' EXIT
	install_tree
	rm -f "$new"/*.list "$new/apt.conf" "$new/log"
	chmod 755 "$new" "$new/tree"
	mv "$new" "$root"
	trap - EXIT
fi
echo "$root/tree"

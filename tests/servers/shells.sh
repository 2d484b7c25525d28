#!/bin/bash
# SPDX-License-Identifier: ISC
#
# zsh and fish, from their packages:
#
#   shells.sh fetch          below DEPS_DIR/root/shells
#   shells.sh zsh|fish ...   runs one

# shellcheck source=tests/servers/lib.sh
. "$(dirname "$0")/lib.sh"

shells=$DEPS_DIR/root/shells

fetch() {
	[ -d "$shells" ] || fill shells zsh zsh-common fish fish-common \
	    libpcre2-32-0
}

run() {
	local program=$1
	shift
	[ -d "$shells" ] || fetch
	LD_LIBRARY_PATH=$shells/usr/lib/$(gcc -print-multiarch) \
	    exec "$shells/usr/bin/$program" "$@"
}

case ${1:-} in
fetch) fetch ;;
zsh | fish) run "$@" ;;
*) die "usage: ${0##*/} fetch | zsh ... | fish ..." ;;
esac

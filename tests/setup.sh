#!/bin/sh
# SPDX-License-Identifier: ISC
#
# setup.sh [demo | check | roots | lint | bench | fuzz]: install the packages
# that building (demo), testing (check, the default), linting, measuring or
# AFL++ (fuzz) needs, as root or through sudo.
# Silent when nothing is missing.  Mail servers and callers are not installed:
# their scripts unpack them below DEPS_DIR (roots), so that the machine's own
# mail system stays what it is and no service is started.

set -eu
cd "$(dirname "$0")/.."

build='gcc make libc6-dev linux-libc-dev musl-tools dpkg-dev xz-utils bzip2
    util-linux python3 openssl'
check='apparmor bats clang llvm ca-certificates gdb git lintian mandoc mmdebstrap
    procps python3-dkim python3-nacl python3-yaml qemu-user-static strace
    systemd valgrind'
# Compilers for other machines, with the kernel's headers.
cross='gcc-aarch64-linux-gnu linux-libc-dev-arm64-cross
    gcc-arm-linux-gnueabihf linux-libc-dev-armhf-cross
    gcc-mips-linux-gnu linux-libc-dev-mips-cross'
bench='curl libssl-dev strace valgrind'
lint='clang-format clang-tidy cppcheck shellcheck'

case ${1:-check} in
demo) wanted=$build ;;
check) wanted="$build $check $cross $lint" ;;
roots) wanted= ;;
lint) wanted="$build $check $lint" ;;
bench) wanted="$build $bench" ;;
fuzz) wanted="$build clang llvm afl++" ;;
*) echo "usage: setup.sh [demo | check | roots | lint | bench | fuzz]" >&2; exit 64 ;;
esac

missing()
{
	for package; do
		dpkg-query -W -f '${db:Status-Abbrev}\n' "$package" \
		    2>/dev/null | grep -q '^.i' || echo "$package"
	done
}

as_root()
{
	if [ "$(id -u)" -eq 0 ]; then
		"$@"
	else
		sudo -n "$@"
	fi
}

apt()
{
	as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq \
	    -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 "$@" \
	    </dev/null >"$log" 2>&1
}

need()
{
	# shellcheck disable=SC2046 # a list of words
	set -- $(missing "$@")
	[ $# -gt 0 ] || return 0
	echo "installing $*"
	log=$(mktemp)
	if apt update && apt install --no-install-recommends "$@"; then
		rm -f "$log"
		return 0
	fi
	cat "$log" >&2
	rm -f "$log"
	echo "setup.sh: install these packages as root: $*" >&2
	exit 1
}

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
	echo "setup.sh: not a Debian system; have ready: $wanted" >&2
	exit 1
fi
# shellcheck disable=SC2086 # a list of words
need $wanted
case ${1:-check} in
roots) ;;
demo|bench|fuzz) exit 0 ;;
*)
	# The sanitizers' runtime is a package for each version of clang.
	need "libclang-rt-$(clang -dumpversion | cut -d . -f 1)-dev"
	exit 0 ;;
esac

# Servers are as particular about the owners of their files as when installed;
# the folder around them is its user's.
: "${DEPS_DIR:=.deps}"
mkdir -p "$DEPS_DIR"
for server in tests/servers/*.sh; do
	case $server in
	*/lib.sh|*'*'*) ;;
	*) as_root env DEPS_DIR="$DEPS_DIR" "$server" fetch ;;
	esac
done
tests/callers/root.sh >/dev/null
tests/deb/root.sh >/dev/null

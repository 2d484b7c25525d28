#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# The recipes for Alpine and OpenWrt, as far as they can be followed elsewhere.

load lib/common

RECIPES=$ROOT/conf

# Every file of a tree, links with where they lead.
listing() {
	(cd "$1" && find . ! -type d -printf '%P %l\n' | sed 's/ $//' | LC_ALL=C sort)
}

# What make install and the recipes all put there.
PROGRAM=(etc/init.d/sendlet-queue etc/sendlet.conf 'usr/bin/mailq ../sbin/sendlet'
	'usr/bin/newaliases ../sbin/sendlet' 'usr/lib/sendmail ../sbin/sendlet' usr/sbin/sendlet
	'usr/sbin/sendmail sendlet')

@test "recipes: APKBUILD packs what is installed, and lends it the group" {
	# shellcheck disable=SC2016 # for the inner shell
	run env -C "$ROOT" sh -euc '
		pkgdir=$2 srcdir=/nowhere
		. "$1"
		chgrp() { echo "chgrp $1"; }
		make() { command make -s -o build/sendlet "$@"; }
		package
		for each in pkgname pkgver pkgrel pkgdesc url arch license source; do
			eval "[ -n \"\$$each\" ]"
		done
		echo "$makedepends"' sh "$RECIPES/alpine/APKBUILD" "$BATS_TEST_TMPDIR/tree"
	[[ $status == 0 ]] || fail "$output"
	[[ $output == *'chgrp sendlet'* ]]
	diff -u <(printf '%s\n' "${PROGRAM[@]}") <(listing "$BATS_TEST_TMPDIR/tree" | grep -v ^usr/share)
	cmp "$ROOT/LICENSE" "$BATS_TEST_TMPDIR/tree/usr/share/licenses/sendlet/LICENSE"
	cmp "$ROOT/man/sendlet.8" "$BATS_TEST_TMPDIR/tree/usr/share/man/man8/sendlet.8"
	assert_equal "$(stat -c %a "$BATS_TEST_TMPDIR/tree/usr/sbin/sendlet")" 2755
	assert_equal "$(stat -c %a "$BATS_TEST_TMPDIR/tree/var/spool/sendlet")" 730
}

@test "recipes: APKBUILD's libraries are those that make DEPS=system links" {
	local libraries
	libraries=$(sed -n 's/.*pkg-config --cflags \(.*\))$/\1/p' "$ROOT/Makefile")
	[[ $libraries == *libbsd* ]]
	for library in $libraries; do
		grep -qw "$library-dev" "$RECIPES/alpine/APKBUILD"
		grep -qw "$library-static" "$RECIPES/alpine/APKBUILD"
	done
	sh -n "$RECIPES/alpine/sendlet.pre-install"
}

openwrt() {
	make -s -f "$RECIPES/openwrt/Makefile" TOPDIR="$ROOT/tests/lib/openwrt" PKG_BUILD_DIR="$ROOT" \
		TREE="$BATS_TEST_TMPDIR/tree" "$@"
}

@test "recipes: OpenWrt packs the program, its settings and its service" {
	run openwrt show
	assert_equal "${lines[0]}" "sendlet-$(sed -n 's/^PKG_VERSION:=//p' "$RECIPES/openwrt/Makefile").tar.gz - mail - \
sendmail for machines that only send mail - +libbsd +libsodium +libmbedtls"
	assert_equal "${lines[1]}" /etc/sendlet.conf
	openwrt install
	diff -u <(printf '%s\n' "${PROGRAM[@]}") <(listing "$BATS_TEST_TMPDIR/tree")
	assert_equal "$(stat -c %a "$BATS_TEST_TMPDIR/tree/etc/sendlet.conf")" 600
}

@test "recipes: OpenWrt compiles with its own compiler and libraries" {
	run openwrt -n compile
	[[ $output == *'DEPS=system'*'CC="target-cc"'*'PIE=-pie'* ]] || fail "$output"
}

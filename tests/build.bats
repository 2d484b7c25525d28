#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# What was built, and what is installed.

setup() {
	cd "$BATS_TEST_DIRNAME/.." || return
}

@test "build: the binary is small" {
	[[ $(stat -c %s build/sendlet) -le 737280 ]]
}

@test "build: it needs nothing at run time and can be loaded anywhere" {
	run readelf -lW build/sendlet
	[[ $output == *DYN* ]]
	[[ $output != *INTERP* ]]
	run readelf -dW build/sendlet
	[[ $output != *NEEDED* ]]
}

@test "build: no stack or data can be executed, what can be is read-only" {
	run readelf -lW build/sendlet
	[[ $output == *GNU_RELRO* ]]
	[[ $(grep GNU_STACK <<<"$output") == *' RW '* ]]
	refute_wx=$(grep -E '^ +LOAD' <<<"$output" | grep -c 'RWE' || :)
	[[ $refute_wx -eq 0 ]]
	run readelf -dW build/sendlet
	[[ $output == *NOW* ]]
}

# What the compiler is told, for one file of ours.
flags() {
	make -nB DEPS_DIR="${DEPS_DIR:-.deps}" -o "${DEPS_DIR:-.deps}/musl/key" "${1:-build/obj/base/str.o}"
}

# code PATTERN: how many instructions of the built file are like that.
code() {
	objdump -d --no-show-raw-insn build/sendlet | grep -cE "$1" || :
}

@test "build: what cannot be written to after the start holds all addresses" {
	local relro
	relro=$(readelf -lW build/sendlet | sed -n '/Section to Segment/,$p' | tail -n 1)
	[[ $relro == *.data.rel.ro* && $relro == *.got* ]]
	[[ $relro != *.got.plt* ]]
	run readelf -SW build/sendlet
	[[ $output != *.got.plt* && $output != *_array* ]]
	run readelf -dW build/sendlet
	[[ $output != *TEXTREL* ]]
}

@test "build: returns are guarded, the stack grows page by page" {
	run flags
	[[ $output == *-fPIE*-fstack-protector-strong*-fstack-clash-protection* ]]
	[[ $(nm -u build/obj/*.o build/obj/*/*.o | grep -c __stack_chk_fail) -gt 30 ]]
	[[ $(uname -m) != x86_64 || $(code 'sub +%fs:0x28') -gt 100 ]]
	[[ $(uname -m) != x86_64 || $(code 'orq +\$0x0,\(%rsp\)') -gt 0 ]]
}

@test "build: what was built was built with each of these" {
	local object=$BATS_TEST_TMPDIR/object.o command flag
	command=$(flags build/obj/mail/intake.o | sed -n '/-std=c17/,$p' | tr -d '\\\n')
	command=${command% -o *}
	eval "$command -o $object"
	cmp "$object" build/obj/mail/intake.o
	for flag in -fstack-protector-strong -fstack-clash-protection -ftrivial-auto-var-init=zero; do
		eval "${command/ $flag / } -o $object"
		run cmp "$object" build/obj/mail/intake.o
		echo "$flag: $output"
		[[ $status -eq 1 ]]
	done
}

# musl has no fortified functions.
@test "build: an index that is out of bounds ends the program" {
	run flags
	[[ $output == *-fsanitize=bounds*-fsanitize-undefined-trap-on-error* ]]
	[[ $(uname -m) != x86_64 || $(code 'ud2') -gt 20 ]]
	run nm -u build/obj/base/str.o
	[[ $output != *__ubsan* ]]
}

# musl's start files and assembly take no part in CET, and a program is marked
# for it only when all of it is.
@test "build: CET where the toolchain has it, PAC and BTI" {
	run flags
	case $(uname -m) in
	x86_64)
		if readelf -n "/usr/lib/$(uname -m)-linux-musl/rcrt1.o" | grep IBT; then
			[[ $output == *-fcf-protection* ]]
			readelf -n build/sendlet | grep 'IBT.*SHSTK'
		else
			[[ $output != *-fcf-protection* ]]
		fi
		;;
	aarch64)
		[[ $output == *-mbranch-protection=standard* && $(code 'paciasp|hint +#0x19') -gt 100 ]]
		;;
	esac
	run make -n -W src/base/str.c ARCH=aarch64 CC=true build/aarch64/obj/base/str.o -o .deps/aarch64/key
	[[ $output == *-mbranch-protection=standard* ]]
}

@test "build: it tells the versions of what it is made of" {
	run build/sendlet --version
	[[ $status -eq 0 ]]
	[[ ${lines[0]} =~ ^sendlet\ [0-9] ]]
	[[ ${lines[1]} =~ ^Mbed\ TLS\ 3\.6\. ]]
	[[ ${lines[2]} =~ ^libsodium\ [0-9] ]]
	[[ ${lines[3]} =~ ^libbsd\ [0-9] ]]
	[[ ${lines[4]} =~ ^libmd\ [0-9] ]]
	[[ ${lines[5]} =~ ^libunicode\ of\ QuickJS\ [0-9] ]]
}

# A repository with a tag of these sources, in $REPO.
tagged() {
	REPO=$BATS_TEST_TMPDIR/repository
	mkdir -p "$REPO"
	tar -c --exclude=./.git --exclude=./.deps --exclude=./build . | tar -x -C "$REPO"
	export GIT_AUTHOR_NAME=kit GIT_AUTHOR_EMAIL=kit@example.org GIT_COMMITTER_NAME=kit GIT_COMMITTER_EMAIL=kit@example.org
	git -C "$REPO" init -q
	git -C "$REPO" add -A
	git -C "$REPO" commit -qm "$1"
	git -C "$REPO" tag -a v9.8.7 -m 'Better than ever'
}

@test "dist: what is unpacked gives the same bytes, elsewhere and without a network" {
	local there=$BATS_TEST_TMPDIR/else/where/sendlet-9.8.7 alone=(unshare -n)
	[[ $(id -u) == 0 ]] || alone+=(-r)
	tagged 'as it is'
	make -s -C "$REPO" dist
	mkdir -p "${there%/*}"
	tar -x -f "$REPO/build/sendlet-9.8.7.tar.gz" -C "${there%/*}"
	[[ $(make -s -C "$there" version) == 9.8.7 ]]
	timeout 400 "${alone[@]}" make -s -j2 -C "$there" VERSION="$(make -s version)" \
		DEPS_DIR="$(realpath "${DEPS_DIR:-.deps}")" build/sendlet
	cmp build/sendlet "$there/build/sendlet"
	run ls "$there"
	[[ $output == $'LICENSE\nMakefile\nREADME.md\nVERSION\nbuild\nconf\nman\nsrc\ntests' ]]
}

@test "dist: the version is what the tag says, and what came after it" {
	tagged 'as it is'
	[[ $(make -s -C "$REPO" version) == 9.8.7 ]]
	make -s -C "$REPO" dist
	cp "$REPO/build/sendlet-9.8.7.tar.gz" "$BATS_TEST_TMPDIR/once"
	make -s -C "$REPO" dist
	cmp "$REPO/build/sendlet-9.8.7.tar.gz" "$BATS_TEST_TMPDIR/once"
	git -C "$REPO" commit -q --allow-empty -m more
	[[ $(make -s -C "$REPO" version) =~ ^9\.8\.7\+1\.g[0-9a-f]+$ ]]
	run make -s -C "$REPO" notes
	[[ ${lines[0]} =~ ^v9\.8\.7,\ 20[0-9-]+$ && ${lines[1]} == 'Better than ever' ]]
}

@test "build: install puts everything in its place, uninstall takes it away" {
	local root=$BATS_TEST_TMPDIR/root
	make -s -o build/sendlet install DESTDIR="$root" PREFIX=/usr SYSCONFDIR=/etc DEPS_DIR="${DEPS_DIR:-.deps}"
	for name in sbin/sendlet sbin/sendmail lib/sendmail bin/mailq bin/newaliases; do
		cmp build/sendlet "$root/usr/$name"
	done
	for page in sendlet.8 sendmail.8; do
		cmp man/sendlet.8 "$root/usr/share/man/man8/$page"
	done
	cmp man/sendlet.conf.5 "$root/usr/share/man/man5/sendlet.conf.5"
	cmp conf/sendlet.conf "$root/etc/sendlet.conf"
	cmp conf/completion/sendlet.bash "$root/usr/share/bash-completion/completions/sendlet"
	cmp conf/completion/_sendlet "$root/usr/share/zsh/site-functions/_sendlet"
	cmp conf/completion/sendlet.fish "$root/usr/share/fish/vendor_completions.d/sendlet.fish"
	[[ $(stat -c %a "$root/etc/sendlet.conf") == 640 ]]
	[[ $(stat -c %a "$root/var/spool/sendlet") == 730 ]]
	[[ $(stat -c %a "$root/usr/sbin/sendlet") == 755 ]]
	echo '# mine' >"$root/etc/sendlet.conf"
	make -s -o build/sendlet install DESTDIR="$root" PREFIX=/usr SYSCONFDIR=/etc DEPS_DIR="${DEPS_DIR:-.deps}"
	[[ $(<"$root/etc/sendlet.conf") == '# mine' ]]
	make -s uninstall DESTDIR="$root" PREFIX=/usr SYSCONFDIR=/etc
	[[ -z $(find "$root/usr" ! -type d) ]]
	[[ -e $root/etc/sendlet.conf ]]
}

# lend MODE [PATH]: what lend.sh does on a machine, which here has a private /etc.
lend() {
	local root=()
	[[ $(id -u) == 0 ]] || root=(sudo -n)
	"${root[@]}" unshare --mount sh -euc '
		mount --make-rprivate /
		mount -t tmpfs -o mode=755 tmpfs /mnt
		mkdir /mnt/etc /mnt/spool
		cp /etc/passwd /etc/group /etc/login.defs /mnt/etc/
		mount --bind /mnt/etc /etc
		sed -i /^sendlet:/d /etc/group
		touch /mnt/sendlet /etc/sendlet.conf
		chmod "$2" /etc/sendlet.conf
		PATH=$3 "$1" "" sendlet /mnt/sendlet /etc/sendlet.conf /mnt/spool
		stat -c "%n %a %G" /mnt/sendlet /etc/sendlet.conf' lend "$PWD/src/lend.sh" "$1" "${2:-$PATH}"
}

@test "build: install makes the group, which reads the configuration" {
	run lend 640
	[[ $status -eq 0 ]]
	[[ $output == "/mnt/sendlet 2755 sendlet"$'\n'"/etc/sendlet.conf 640 sendlet" ]]
}

@test "build: install leaves another mode of the configuration alone" {
	run lend 600
	[[ $status -eq 0 ]]
	[[ $output == "/mnt/sendlet 2755 sendlet"$'\n'"/etc/sendlet.conf 600 root" ]]
}

@test "build: install says so where the group cannot be made" {
	local bin=$BATS_TEST_TMPDIR/bin name
	mkdir "$bin"
	for name in cat chgrp chmod grep id stat sh; do
		ln -s "$(command -v "$name")" "$bin/$name"
	done
	printf '#!/bin/sh\nexit 10\n' >"$bin/groupadd"
	chmod 755 "$bin/groupadd"
	cp "$bin/groupadd" "$bin/addgroup"
	run lend 640 "$bin"
	[[ $status -eq 0 ]]
	[[ $output == "lend.sh: the group sendlet cannot be made: /mnt/sendlet stays an ordinary program"$'\n'"/mnt/sendlet 644 root"$'\n'"/etc/sendlet.conf 640 root" ]]
}

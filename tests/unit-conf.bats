#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# The configuration: what is read, from where, and which files are trusted.

cd "$BATS_TEST_DIRNAME/.." || exit 1
UNIT=$(realpath "${BUILD:-build}")/asan/unit

setup() {
	unset "${!SENDLET_@}" XDG_CONFIG_HOME
	export HOME=$BATS_TEST_TMPDIR/home
	mkdir -m 755 "$HOME"
	umask 022
	FILE=$BATS_TEST_TMPDIR/conf
}

# conf OPTION...: sets status, output, lines
conf() {
	run "$UNIT/conf" "$@"
}

# Somebody who is neither root nor the owner of what the test makes needs a
# directory of his own to be let in.
open_directory() {
	OPEN=$(mktemp -d /tmp/sendlet-test.XXXXXX)
	chmod 755 "$OPEN"
	cp "$UNIT/conf" "$OPEN/conf"
}

teardown() {
	[ -z "${OPEN:-}" ] || rm -rf "$OPEN"
}

is_root() {
	[ "$(id -u)" -eq 0 ]
}

@test "conf: every form of a file and of the environment" {
	"$UNIT/conf" -t <tests/golden/conf.in | diff -u tests/golden/conf.ref -
}

@test "conf: a file that is named must exist" {
	conf -f "$BATS_TEST_TMPDIR/none"
	[ "$status" -eq 78 ]
	[ "$output" = "78 $BATS_TEST_TMPDIR/none: No such file or directory" ]
}

@test "conf: an error names the file as it was given" {
	cd "$BATS_TEST_TMPDIR"
	echo relais h >'a b'
	run "$UNIT/conf" -f './a b'
	[ "${lines[0]}" = './a b:1: "relais": unknown keyword; did you mean "relay"?' ]
}

@test "conf: what is no file is refused" {
	conf -f "$BATS_TEST_TMPDIR"
	[ "$output" = "78 $BATS_TEST_TMPDIR: is no regular file" ]
	conf -f /dev/null
	[ "$output" = "78 /dev/null: is no regular file" ]
	ln -s loop "$BATS_TEST_TMPDIR/loop"
	conf -f "$BATS_TEST_TMPDIR/loop"
	[ "$status" -eq 78 ]
	conf -f /dev/null/conf
	[ "$output" = "78 /dev/null/conf: Not a directory" ]
}

@test "conf: a pipe is read to its end" {
	mkfifo -m 600 "$FILE"
	(sleep 0.2; echo 'relay a'; sleep 0.2; echo 'relay b') >"$FILE" &
	conf -f "$FILE"
	[ "$status" -eq 0 ]
	[ "${#lines[@]}" -eq 2 ]
}

@test "conf: symbolic links are followed, as secrets are mounted" {
	mkdir "$BATS_TEST_TMPDIR/..data"
	echo 'relay h' >"$BATS_TEST_TMPDIR/..data/conf"
	ln -s ..data/conf "$FILE"
	conf -f "$FILE"
	[ "$status" -eq 0 ]
}

@test "conf: the longest line, and one longer" {
	{
		printf 'relay h\nuser k\npassword %0*d\n' $((16384 - 9)) 7
		printf '#%0*d\n' 16384 7
	} >"$FILE"
	chmod 600 "$FILE"
	conf -f "$FILE"
	[ "${lines[0]}" = "$FILE:4: line longer than 16384 octets" ]
	[ "${lines[1]}" = "78 1 error in the configuration" ]
	sed -i 4d "$FILE"
	conf -f "$FILE"
	[ "$status" -eq 0 ]
	[[ $output =~ \{0{16374}7\} ]]
}

@test "conf: the largest file, and one larger" {
	echo 'relay h' >"$FILE"
	yes '# this is line noise' | head -c $((1048576 - 8)) >>"$FILE"
	conf -f "$FILE"
	[ "$status" -eq 0 ]
	echo >>"$FILE"
	conf -f "$FILE"
	[ "$output" = "78 $FILE: longer than 1048576 octets" ]
}

@test "conf: errors beyond counting do not fill the memory" {
	yes 'nonsense' | head -n 100000 >"$FILE"
	conf -f "$FILE"
	[ "$status" -eq 78 ]
	[ "${lines[0]}" = "$FILE:1: \"nonsense\": unknown keyword" ]
	[ "${lines[-1]}" = "78 100000 errors in the configuration" ]
	[ "${#output}" -lt 70000 ]
}

@test "conf: the user's own file comes before the system's" {
	mkdir -p "$HOME/.config" "$BATS_TEST_TMPDIR/xdg"
	echo 'relay system' >"$FILE"
	conf -s "$FILE"
	[[ $output == "relay system:"* ]]
	echo 'relay own' >"$HOME/.config/sendlet.conf"
	conf -s "$FILE"
	[[ $output == "relay own:"* ]]
	XDG_CONFIG_HOME=$BATS_TEST_TMPDIR/xdg conf -s "$FILE"
	[[ $output == "relay system:"* ]]
	echo 'relay xdg' >"$BATS_TEST_TMPDIR/xdg/sendlet.conf"
	XDG_CONFIG_HOME=$BATS_TEST_TMPDIR/xdg conf -s "$FILE"
	[[ $output == "relay xdg:"* ]]
	XDG_CONFIG_HOME=relative conf -s "$FILE"
	[[ $output == "relay own:"* ]]
	HOME='' conf -s "$FILE"
	[[ $output == "relay system:"* ]]
}

@test "conf: a named file comes before the user's own" {
	mkdir -p "$HOME/.config"
	echo 'relay own' >"$HOME/.config/sendlet.conf"
	echo 'relay named' >"$FILE"
	conf -f "$FILE"
	[[ $output == "relay named:"* ]]
}

@test "conf: privileged, neither a named file nor the user's own counts" {
	mkdir -p "$HOME/.config"
	echo 'relay own' >"$HOME/.config/sendlet.conf"
	echo 'relay named' >"$BATS_TEST_TMPDIR/named"
	echo 'relay system' >"$FILE"
	SENDLET_RELAY=environment conf -p -s "$FILE" -f "$BATS_TEST_TMPDIR/named"
	[[ $output == "relay system:"* ]]
}

@test "conf: the system's file may be missing when a relay is given" {
	conf -s "$FILE"
	[ "$output" = "78 no relay configured: add \"relay HOST\" to $FILE or set SENDLET_RELAY" ]
	SENDLET_RELAY=h conf -s "$FILE"
	[ "$status" -eq 0 ]
	SENDLET_RELAY=h conf -p -s "$FILE"
	[ "$output" = "78 no relay configured: add \"relay HOST\" to $FILE" ]
}

@test "conf: a file with a password is for its owner alone" {
	printf 'user kit\npassword x\nrelay h\n' >"$FILE"
	for mode in 0644 0640 0604; do
		chmod $mode "$FILE"
		conf -f "$FILE"
		[ "$status" -eq 77 ]
		[ "${lines[0]}" = "$FILE:2: a secret is in this file, but others may read it (owner $(
			id -un), group $(stat -c %G "$FILE"), mode $mode): chmod go-r, or keep the password elsewhere (password file:PATH)" ]
		[ "${lines[1]}" = "77 1 error in the configuration" ]
	done
	chmod 0600 "$FILE"
	conf -f "$FILE"
	[ "$status" -eq 0 ]
}

@test "conf: the password that stands open is told with the other errors" {
	printf 'user kit\npassword x\nrelais h\n' >"$FILE"
	conf -f "$FILE"
	[ "$status" -eq 77 ]
	[ "${#lines[@]}" -eq 3 ]
	[[ ${lines[0]} == "$FILE:3: "* ]]
	[[ ${lines[1]} == "$FILE:2: a secret is in this file"* ]]
}

@test "conf: a file that only says where the password is may be open" {
	printf 'user kit\npassword file:/etc/secret\nrelay h\n' >"$FILE"
	conf -f "$FILE"
	[ "$status" -eq 0 ]
}

@test "conf: a password of the environment is no matter of the file" {
	printf 'user kit\nrelay h\n' >"$FILE"
	SENDLET_PASSWORD=x conf -f "$FILE"
	[ "$status" -eq 0 ]
}

@test "conf: a file that others may write to is refused" {
	echo 'relay h' >"$FILE"
	for mode in 0664 0646; do
		chmod $mode "$FILE"
		conf -f "$FILE"
		[ "$output" = "77 $FILE: others may write to it (owner $(id -un), group $(
			stat -c %G "$FILE"), mode $mode): chmod go-w" ]
	done
}

@test "conf: a file of somebody else is refused" {
	if is_root; then
		echo 'relay h' >"$FILE"
		chown 4711:4711 "$FILE"
		conf -f "$FILE"
		[ "$output" = "77 $FILE: belongs to another user (owner 4711, group 4711, mode 0644): it must belong to root or uid 0" ]
	else
		# Seen from a namespace without root, its files are nobody's.
		run unshare --user --map-current-user "$UNIT/conf" -f /etc/passwd
		[[ $output == "77 /etc/passwd: belongs to another user "* ]]
	fi
}

@test "conf: who cannot read the file is told why" {
	open_directory
	echo 'relay h' >"$OPEN/file"
	if is_root; then
		chmod 0600 "$OPEN/file"
		run setpriv --reuid 4711 --regid 4711 --clear-groups "$OPEN/conf" -f "$OPEN/file"
		owner='owner root, group root, mode 0600' uid=4711
	else
		chmod 0 "$OPEN/file"
		run "$OPEN/conf" -f "$OPEN/file"
		owner="owner $(id -un), group $(id -gn), mode 0000" uid=$(id -u)
	fi
	[ "$status" -eq 77 ]
	[ "$output" = "77 $OPEN/file: cannot be read by uid $uid ($owner): run as its owner, let sendlet be set-group-id to its group, or use a file this user may read" ]
}

@test "conf: who cannot enter the directory is told so" {
	open_directory
	mkdir "$OPEN/closed"
	echo 'relay h' >"$OPEN/closed/file"
	if is_root; then
		chmod 0700 "$OPEN/closed"
		run setpriv --reuid 4711 --regid 4711 --clear-groups "$OPEN/conf" -f "$OPEN/closed/file"
		uid=4711
	else
		chmod 0 "$OPEN/closed"
		run "$OPEN/conf" -f "$OPEN/closed/file"
		chmod 0700 "$OPEN/closed"
		uid=$(id -u)
	fi
	[ "$output" = "77 $OPEN/closed/file: uid $uid may not enter its directory" ]
}

@test "conf: an unreachable home directory is no obstacle" {
	open_directory
	echo 'relay h' >"$OPEN/file"
	mkdir -p "$OPEN/home/.config"
	echo 'relay own' >"$OPEN/home/.config/sendlet.conf"
	if is_root; then
		chmod 0700 "$OPEN/home"
		HOME=$OPEN/home run setpriv --reuid 4711 --regid 4711 --clear-groups \
		    "$OPEN/conf" -s "$OPEN/file"
	else
		chmod 0 "$OPEN/home"
		HOME=$OPEN/home run "$OPEN/conf" -s "$OPEN/file"
		chmod 0700 "$OPEN/home"
	fi
	[[ $output == "relay h:"* ]]
}

@test "conf: the group it runs set-group-id to may read the password" {
	open_directory
	printf 'user kit\npassword x\nrelay h\n' >"$OPEN/file"
	chmod 0640 "$OPEN/file"
	if is_root; then
		chgrp 4712 "$OPEN/file"
		as=(setpriv --reuid 4711 --clear-groups)
		run "${as[@]}" --rgid 4711 --egid 4712 "$OPEN/conf" -p -s "$OPEN/file"
		[ "$status" -eq 0 ]
		run "${as[@]}" --rgid 4712 --egid 4712 "$OPEN/conf" -p -s "$OPEN/file"
		[ "$status" -eq 77 ]
		[[ ${lines[0]} == *"chmod go-r"* ]]
		chmod 0644 "$OPEN/file"
		run "${as[@]}" --rgid 4711 --egid 4712 "$OPEN/conf" -p -s "$OPEN/file"
		[ "$status" -eq 77 ]
		[[ ${lines[0]} == *"chmod o-r"* ]]
	else
		# Without the privilege, belonging to the group is not enough.
		run "$OPEN/conf" -p -s "$OPEN/file"
		[ "$status" -eq 77 ]
	fi
}

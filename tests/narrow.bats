#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# Narrow places that mail must be sent from: containers, changed roots, an
# emulated machine, next to no descriptors.

load lib/common

setup() {
	SPOOL=$BATS_TEST_TMPDIR/spool
	start_sink
	conf_plain 'sandbox required'
}

# within COMMAND...: sends a mail there.
within() {
	status=0
	message | timeout -k 2 "$LIMIT" "$@" --config "$CONF" ${LOUD:+"$LOUD"} -f kit@example.org \
		pat@example.net >"$OUT" 2>"$ERR" || status=$?
}

# A mail that has to wait, and then goes with another: a process of its own.
wait_and_go_within() {
	status=0
	message | timeout -k 2 "$LIMIT" "$@" --config "$CONF" -odq -f kit@example.org sam@example.net || status=$?
	assert_exit 0
	assert_received 0
	within "$@"
	assert_exit 0
	assert_silent
	eventually both_received
}

both_received() {
	[[ $(received) == 2 ]]
}

# -- containers ---------------------------------------------------------------------------------

DOCKER=("${PYTHON[@]}" "$ROOT/tests/lib/narrow.py" "$ROOT/tests/lib/docker.syscalls")

# What Docker did not know when that came: these fail, but not as unknown.
YOUNG=(-close_range -epoll_pwait2 -faccessat2 -futex_waitv -landlock_add_rule -landlock_create_ruleset
	-landlock_restrict_self -memfd_secret -openat2 -pidfd_open -pidfd_send_signal -process_mrelease -rseq)

@test "narrow: Docker's filter is one" {
	run "${DOCKER[@]}" /usr/bin/unshare --mount true
	[[ $status -ne 0 ]]
	[[ $output == *'Operation not permitted'* ]]
	run "${DOCKER[@]}" /usr/bin/env true
	[[ $status -eq 0 ]]
	! "${DOCKER[@]}" -openat /usr/bin/env true 2>"$ERR" || fail "a call it lacks was made"
}

@test "narrow: all of the sandbox fits into Docker's" {
	wait_and_go_within "${DOCKER[@]}" "$SENDLET"
}

@test "narrow: an old Docker leaves half of it" {
	within "${DOCKER[@]}" "${YOUNG[@]}" "$SENDLET"
	assert_exit 71
	assert_stderr_line 'sendlet: sandbox: Landlock: Operation not permitted'
	conf_plain 'sandbox auto'
	wait_and_go_within "${DOCKER[@]}" "${YOUNG[@]}" "$SENDLET"
}

@test "narrow: no call for filters at all" {
	within "${DOCKER[@]}" -seccomp "$SENDLET"
	assert_exit 71
	assert_stderr_line 'sendlet: sandbox: seccomp: Operation not permitted'
	conf_plain 'sandbox auto'
	wait_and_go_within "${DOCKER[@]}" -seccomp "$SENDLET"
}

# -- a changed root -----------------------------------------------------------------------------

# Nothing in it but the program and its configuration; PATHs are made.
empty_root() {
	local path
	mkdir "$BATS_TEST_TMPDIR/root"
	cp "$SENDLET" "$BATS_TEST_TMPDIR/root/sendlet"
	for path; do
		mkdir -p "$BATS_TEST_TMPDIR/root/$path"
	done
	cp "$CONF" "$BATS_TEST_TMPDIR/root/sendlet.conf"
	CONF=/sendlet.conf
	CHANGED=(unshare -r env -i "${PYTHON[@]}" -c 'import os, sys
os.chroot(sys.argv[1])
os.chdir("/")
os.execve("/sendlet", ["sendlet", *sys.argv[2:]], {})' "$BATS_TEST_TMPDIR/root")
}

@test "narrow: an empty root directory" {
	SPOOL='' conf_plain 'sandbox required'
	empty_root
	within "${CHANGED[@]}"
	assert_sent
}

@test "narrow: an empty root directory, and a large message" {
	SPOOL='' conf_plain 'sandbox required'
	empty_root
	status=0
	message "$(seq 100000)" | "${CHANGED[@]}" --config "$CONF" -f kit@example.org pat@example.net \
		>"$OUT" 2>"$ERR" || status=$?
	assert_sent
}

@test "narrow: a root directory with a spool and /tmp" {
	SPOOL=/spool conf_plain 'sandbox required'
	empty_root spool tmp
	chmod 700 "$BATS_TEST_TMPDIR/root/spool"
	wait_and_go_within "${CHANGED[@]}"
	status=0
	message "$(seq 100000)" | "${CHANGED[@]}" --config "$CONF" -f kit@example.org pat@example.net \
		>"$OUT" 2>"$ERR" || status=$?
	assert_sent 3
	[[ -z $(ls -A "$BATS_TEST_TMPDIR/root/tmp") ]]
}

@test "narrow: no /etc/passwd, nobody is called anything" {
	local etc=$BATS_TEST_TMPDIR/etc
	mkdir "$etc"
	status=0
	# shellcheck disable=SC2016 # for the inner shell
	printf 'Subject: x\n\nHello\n' | timeout "$LIMIT" unshare -rm sh -c 'mount --bind "$0" /etc && exec env -i "$@"' \
		"$etc" "$SENDLET" --config "$CONF" pat@example.net >"$OUT" 2>"$ERR" || status=$?
	assert_sent
	assert_equal "$(envelope sender)" uid0@client.example.org
}

# -- an emulated machine ------------------------------------------------------------------------

@test "narrow: QEMU's user mode, which knows no sandbox" {
	local emulator=(qemu-"$(uname -m)"-static "$SENDLET")
	within "${emulator[@]}"
	assert_exit 71
	assert_stderr_line 'sendlet: sandbox: Landlock: Function not implemented; seccomp: Function not implemented'
	conf_plain 'sandbox auto'
	wait_and_go_within "${emulator[@]}"
	LOUD=-v within "${emulator[@]}"
	assert_exit 0
	[[ $(grep -c '^== sandbox: ' "$ERR") -eq 1 ]]
}

# -- descriptors --------------------------------------------------------------------------------

@test "narrow: four descriptors, one more than are taken" {
	SPOOL='' conf_plain 'sandbox auto'
	within prlimit --nofile=4 "$SENDLET"
	assert_sent
}

@test "narrow: with so few descriptors no mail is lost without a word" {
	local n before
	for n in 0 1 2 3 4 5 6 7 8; do
		before=$(received)
		conf_plain 'sandbox auto'
		within prlimit --nofile="$n" "$SENDLET"
		if [[ $status == 0 ]]; then
			eventually more_than "$before"
		else
			[[ -s $ERR && $status -ge 64 && $status -le 78 ]] || fail "$n: exit $status"
			[[ $(received) == "$before" ]]
		fi
	done
	[[ $status -eq 0 ]] || fail "eight are too few"
}

more_than() {
	[[ $(received) -gt $1 ]]
}

@test "narrow: sandbox required needs some" {
	# A file that it has to leave open is one too many.
	SPOOL='' conf <<<"sandbox required"$'\n'"relay smtp+notls://localhost:$PORT"
	within prlimit --nofile=4 "$SENDLET"
	assert_exit 71
	assert_stderr_line 'sendlet: sandbox: Landlock: No file descriptors available'
	assert_received 0
}

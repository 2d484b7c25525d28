#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# Manners towards callers: what they leave open, closed, ignored or unset.

# shellcheck disable=SC2030,SC2031,SC2034,SC2153 # each test is a shell of its own
load lib/common

setup() {
	start_sink
	conf_plain
	IN=$BATS_TEST_TMPDIR/in
}

# begin [ENV-OPTION...]: starts sendlet as $pid on a pipe, fd 8, with a message
# in it that has not ended.  The shell's own ignoring of signals is undone.
begin() {
	mkfifo "$IN"
	env -i --default-signal=INT,QUIT "$@" "${ENV[@]}" "$SENDLET" --config "$CONF" \
		-f kit@example.org pat@example.net <"$IN" >"$OUT" 2>"$ERR" 3>&- 4>&- &
	pid=$!
	exec 8>"$IN"
	message >&8
	sleep 0.3
}

# Ends the message and waits for the outcome.
end() {
	exec 8>&-
	status=0
	wait "$pid" || status=$?
}

# Nothing was said to the relay, not even hello.
assert_untouched() {
	assert_received 0
	[[ ! -e $SINK/trace ]] || fail "the relay was contacted"
}

@test "manners: the relay is not contacted before stdin has ended" {
	begin
	sleep 0.5
	assert_untouched
	end
	assert_sent
}

@test "manners: killed before the end of input, nothing is sent" {
	for signal in INT TERM HUP QUIT KILL; do
		begin
		kill -"$signal" "$pid"
		end
		[[ $status != 0 ]] || fail "exit 0 after SIG$signal"
		rm "$IN"
		assert_untouched
	done
}

@test "manners: signals that the caller ignores stay ignored" {
	begin --ignore-signal=HUP,INT,QUIT,TERM,TSTP
	for signal in HUP INT QUIT TERM TSTP; do
		kill -"$signal" "$pid"
	done
	sleep 0.2
	end
	assert_sent
}

@test "manners: silent on success" {
	send -f kit@example.org pat@example.net < <(message)
	assert_sent
}

@test "manners: stdout and stderr closed" {
	status=0
	sendlet -v -f kit@example.org pat@example.net < <(message) >&- 2>&- || status=$?
	assert_exit 0
	assert_received 1
	assert_wire_clean
	cmp <(message | sed 's/$/\r/') "$(arrived)"
}

@test "manners: stderr closed where there is no /dev/null either" {
	start_sink
	conf_plain
	mkdir "$BATS_TEST_TMPDIR/root"
	cp "$ROOT/build/sendlet" "$CONF" "$BATS_TEST_TMPDIR/root"
	status=0
	message | timeout -k 2 "$LIMIT" unshare -r "${PYTHON[@]}" -c '
import os, sys
os.chroot(sys.argv[1])
os.chdir("/")
os.close(2)
os.execve("/sendlet", ["sendlet", *sys.argv[2:]], {})
' "$BATS_TEST_TMPDIR/root" --config /sendlet.conf -v -f kit@example.org pat@example.net \
		>"$OUT" 2>"$ERR" || status=$?
	assert_sent
}

@test "manners: stdin closed is no message, and never another file" {
	for closed in '<&-' '<&- >&-' '<&- 2>&-' '<&- >&- 2>&-'; do
		status=0
		eval "sendlet -f kit@example.org pat@example.net $closed" || status=$?
		assert_exit 66
	done
	assert_untouched
}

@test "manners: stderr that takes nothing" {
	status=0
	sendlet -v -f kit@example.org pat@example.net < <(message) 2>/dev/full || status=$?
	assert_exit 0
	assert_received 1
	status=0
	sendlet -f kit@example.org 'b@@example.net' < <(message) 2>/dev/full || status=$?
	assert_exit 65
}

@test "manners: a reader of stderr that has gone" {
	mkfifo "$BATS_TEST_TMPDIR/pipe"
	exec 8<>"$BATS_TEST_TMPDIR/pipe" 9>"$BATS_TEST_TMPDIR/pipe"
	exec 8<&-
	status=0
	sendlet -v -f kit@example.org pat@example.net < <(message) 2>&9 >&9 || status=$?
	exec 9>&-
	assert_exit 0
	assert_received 1
}

@test "manners: SIGPIPE from the relay does not kill" {
	start_sink -n resetting --on DATA=reset
	conf_plain
	send -f kit@example.org pat@example.net < <(message "$(seq 100000)")
	assert_exit 69
}

@test "manners: an empty environment" {
	status=0
	env -i "${ENV[@]}" "$SENDLET" --config "$CONF" pat@example.net < <(message) || status=$?
	assert_exit 0
	assert_received 1
}

@test "manners: no name, no arguments at all" {
	status=0
	timeout "$LIMIT" "${PYTHON[@]}" -c '
import os, sys
os.execve(sys.argv[1], [""], {})' "$SENDLET" < <(message) >"$OUT" 2>"$ERR" || status=$?
	[[ $status != 0 && $status -lt 126 ]] || fail "exit $status"
}

@test "manners: a user without passwd entry, home or groups" {
	chmod a+x "$BATS_RUN_TMPDIR" "$BATS_RUN_TMPDIR/test" "$BATS_TEST_TMPDIR"
	install -m 755 "$SENDLET" "$BATS_TEST_TMPDIR/sendlet"
	chmod 644 "$CONF"
	status=0
	message | grep -v ^From >"$IN"
	chmod 644 "$IN"
	timeout "$LIMIT" setpriv --reuid 54321 --regid 54321 --clear-groups env -i "${ENV[@]}" \
		"$BATS_TEST_TMPDIR/sendlet" --config "$CONF" pat@example.net <"$IN" >"$OUT" 2>"$ERR" ||
		status=$?
	assert_sent
	[[ $(envelope sender) =~ ^[a-z0-9._-]+@client\.example\.org$ ]] || fail "sender $(envelope sender)"
}

@test "manners: set-group-id, the caller chooses no configuration" {
	chmod a+x "$BATS_RUN_TMPDIR" "$BATS_RUN_TMPDIR/test" "$BATS_TEST_TMPDIR"
	install -m 755 "$SENDLET" "$BATS_TEST_TMPDIR/sendlet"
	chgrp 54322 "$BATS_TEST_TMPDIR/sendlet"
	chmod g+s "$BATS_TEST_TMPDIR/sendlet"
	chmod 644 "$CONF"
	status=0
	message | timeout "$LIMIT" unshare -m sh -c '
		mount -t tmpfs none /etc && exec setpriv --reuid 54321 --regid 54321 --clear-groups "$@"' sh \
		env -i SENDLET_RELAY="smtp+notls://127.0.0.1:$PORT" "$BATS_TEST_TMPDIR/sendlet" \
		--config "$CONF" pat@example.net >"$OUT" 2>"$ERR" || status=$?
	assert_exit 78
	assert_stderr_line 'sendlet: no relay configured: add "relay HOST" to /etc/sendlet\.conf'
	assert_received 0
}

@test "manners: a working directory that is gone" {
	mkdir "$BATS_TEST_TMPDIR/gone"
	cd "$BATS_TEST_TMPDIR/gone"
	rmdir "$BATS_TEST_TMPDIR/gone"
	send -f kit@example.org pat@example.net < <(message)
	cd /
	assert_sent
}

@test "manners: umask and resource limits of a careful caller" {
	message "$(seq 100000)" >"$IN"
	status=0
	(ulimit -c 0 -n 16 -u 1000 && umask 777 && sendlet -f kit@example.org pat@example.net) \
		<"$IN" >"$OUT" 2>"$ERR" || status=$?
	assert_sent
}

@test "manners: what is kept is for its owner, whatever the umask" {
	local mask
	stop_sinks
	for mask in 000 777; do
		SPOOL=$BATS_TEST_TMPDIR/$mask/spool DEAD_LETTER=$BATS_TEST_TMPDIR/$mask/letter
		mkdir "$BATS_TEST_TMPDIR/$mask"
		for SPOOL in "$SPOOL" off; do
			conf_plain
			status=0
			(umask $mask && sendlet -f kit@example.org pat@example.net) < <(message) >"$OUT" 2>"$ERR" ||
				status=$?
		done
		conf <<<"relay maildir:$BATS_TEST_TMPDIR/$mask/mail"
		(umask $mask && sendlet -f kit@example.org pat@example.net) < <(message)
		run find "$BATS_TEST_TMPDIR/$mask" -mindepth 1 \( -type f ! -perm 600 -o -type d ! -perm 700 \) -ls
		[[ -z $output ]]
		[[ $(grep -rl ^Hello "$BATS_TEST_TMPDIR/$mask"/{spool,letter,mail} | wc -l) -eq 3 ]]
	done
}

@test "manners: descriptors left open by the caller are not inherited as input" {
	exec 7<"$CONF" 8<"$CONF" 9<"$CONF"
	send -f kit@example.org pat@example.net < <(message)
	exec 7<&- 8<&- 9<&-
	assert_sent
}

@test "manners: many at once do not disturb each other" {
	for n in $(seq 20); do
		sendlet -f kit@example.org "u$n@example.net" < <(message "number $n") 3>&- 4>&- &
	done
	wait
	assert_received 20
	for n in $(seq 20); do
		user=$(envelope recipients "$n")
		grep -q "number ${user//[^0-9]/}"$'\r' "$(arrived "$n")" || fail "$user got another mail"
	done
	assert_wire_clean
}

@test "manners: nothing is written to where it was called" {
	mkdir "$BATS_TEST_TMPDIR/here"
	cd "$BATS_TEST_TMPDIR/here"
	send -X log -f kit@example.org pat@example.net < <(message)
	cd /
	assert_exit 0
	[[ -z $(ls -A "$BATS_TEST_TMPDIR/here") ]]
}

#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# The spool: what gets into it, when the caller is told so, and what it holds.

# shellcheck disable=SC2030,SC2031,SC2034,SC2153 # each test is a shell of its own
load lib/common
load lib/queue

# Nothing on standard error but the log.
assert_quiet() {
	assert_exit 0
	[[ ! -s $OUT ]] || fail "not silent"
	! grep -vE '^sendlet: (from|to)=<' "$ERR" || fail "not silent"
}

@test "spool: a relay that is down: the message waits, the caller is done" {
	down
	to_pat
	assert_quiet
	assert_queued 1
	log_has "to=<pat@example.net>, relay=none, .*, dsn=4\.4\.1, status=deferred \(queued as $(queued): .*refused\)"
}

@test "spool: silent when the log is elsewhere" {
	down
	sed -i 's/^log .*/log off/' "$CONF"
	to_pat
	assert_exit 0
	assert_silent
}

@test "spool: the octets that leave later are those that would have left" {
	down
	{
		printf 'From: kit@example.org\nTo: pat@example.net\nBcc: no@example.net\nX.y: 1\n'
		printf 'Date: Sun, 22 Nov 2026 10:00:00 +0000\nMessage-ID: <1@example.org>\n.dot: 1\n\n'
		printf '.\n..\nFrom x\n\344\nend'
		seq -f '.%g' 60000
	} >"$BATS_TEST_TMPDIR/in"
	send -i -f kit@example.org pat@example.net <"$BATS_TEST_TMPDIR/in"
	assert_quiet
	up
	run_queue
	assert_exit 0
	assert_queued 0
	assert_received 1
	assert_wire_clean
	cmp <(sed '/^Bcc:/d; s/$/\r/' "$BATS_TEST_TMPDIR/in") "$(arrived)"
	assert_equal "$(envelope sender) $(envelope recipients)" "kit@example.org pat@example.net"
}

@test "spool: an empty body, no sender, eight bits" {
	down
	send -f '' pat@example.net < <(printf 'Subject: gr\303\274n\n')
	assert_quiet
	grep -qx $'Subject: gr\303\274n\r' "$PART/$(queued)"
	up
	run_queue
	assert_received 1
	assert_equal "$(envelope sender)" ""
	grep -q "^Subject: =?utf-8?B?Z3LDvG4=?=" "$(arrived)"
}

@test "spool: the name that was given, when an alias led to the address" {
	echo 'ops: pat@example.net' >"$BATS_TEST_TMPDIR/aliases"
	ALIASES=()
	down "aliases $BATS_TEST_TMPDIR/aliases"
	submit ops
	assert_queued 1
	run_queue
	log_has 'to=<pat@example.net>, orig_to=<ops>, .*status=deferred'
	up
	run_queue
	log_has 'to=<pat@example.net>, orig_to=<ops>, .*status=sent'
}

@test "spool: only those recipients that the relay did not serve" {
	down
	up --on 'RCPT:b@=452 4.5.3 too many' --on 'RCPT:c@=550 5.1.1 no such user'
	submit a@example.net b@example.net c@example.net 'd@@example.net'
	assert_exit 67
	assert_stderr_line 'sendlet: <c@example\.net>: .*550 5\.1\.1 no such user'
	assert_queued 1
	assert_equal "$(sed -n 's/^to //p' "$PART/$(queued)")" b@example.net
	stop_sinks
	up
	run_queue
	assert_received 1
	assert_equal "$(envelope recipients)" b@example.net
}

@test "spool: a 4xx at each stage" {
	down
	for stage in GREETING EHLO MAIL RCPT DATA EOM; do
		up -n "$stage" --on "$stage=451 4.3.0 later"
		to_pat
		assert_quiet
		stop_sinks
		rm -f "$SINK/pid"
	done
	assert_queued 6
}

@test "spool: a 5xx is told, not spooled" {
	down
	up --on 'MAIL=550 5.7.1 not you'
	to_pat
	assert_exit 65
	assert_queued 0
}

@test "spool: a login that is refused is told, not spooled" {
	down
	up --auth PLAIN --auth-plaintext --user kit --password secret
	conf_plain "auth-without-tls yes" "user kit" "password wrong"
	to_pat
	assert_exit 77
	assert_queued 0
}

@test "spool: lost after the dot: sent again, with a warning" {
	down
	up --on EOM=close
	to_pat
	assert_quiet
	log_has 'status=deferred \(queued as .*may have been delivered'
	assert_equal "$(marks "$(queued)")" S
	stop_sinks
	up -n second
	run_queue
	log_has 'to=<pat@example.net>: was with a relay when that ended: possible duplicate'
	assert_received 1
	assert_queued 0
}

@test "spool: files and directories are the owner's alone" {
	down
	to_pat
	assert_equal "$(stat -c '%a %u' "$SPOOL" "$PART" "$PART/$(queued)" | sort -u)" \
		"$(printf '%s\n' "600 $(id -u)" "700 $(id -u)")"
}

@test "spool: synced and renamed before the caller is told" {
	down
	status=0
	strace -f -o "$BATS_TEST_TMPDIR/calls" -e trace=fsync,fdatasync,renameat,renameat2,rename,exit_group \
		env -i "${ENV[@]}" "$SENDLET" --config "$CONF" -f kit@example.org pat@example.net \
		< <(message) >"$OUT" 2>"$ERR" || status=$?
	assert_exit 0
	assert_equal "$(sed -n 's/^[0-9]* *\([a-z_]*\)[0-9]*(.*/\1/p' "$BATS_TEST_TMPDIR/calls" | tail -n 4 | tr '\n' ' ')" \
		"fsync renameat fsync exit_group "
}

@test "spool: so are the directories made for the first message" {
	down
	strace -o "$BATS_TEST_TMPDIR/calls" -e trace=mkdir,mkdirat,syncfs,renameat \
		env -i "${ENV[@]}" "$SENDLET" --config "$CONF" -odq pat@example.net < <(message) 2>"$ERR"
	assert_equal "$(sed -n 's/^\([a-z]*\)(.* = 0$/\1/p' "$BATS_TEST_TMPDIR/calls" | tr '\n' ' ')" \
		"mkdirat mkdirat syncfs renameat "
	: >"$BATS_TEST_TMPDIR/calls"
	strained syncfs:error=EIO
	assert_exit 0
	rm -r "$SPOOL"
	strained syncfs:error=EIO
	assert_exit 74
	assert_stderr_line 'sendlet: spool: .*: I/O error'
}

@test "spool: full of messages" {
	down "spool-max-messages 2"
	to_pat
	to_pat
	assert_exit 0
	to_pat
	assert_exit 69
	assert_stderr_line 'sendlet: spool: full: 2 messages \(spool-max-messages\)'
	assert_stderr_line 'sendlet: <pat@example\.net>: .*refused'
	assert_queued 2
}

@test "spool: -oeq and -eq: not a word of one that is full, or of no use" {
	down "spool-max-messages 1"
	sed -i 's/^log .*/log off/' "$CONF"
	to_pat
	for option in -oeq -eq; do
		to_pat $option
		assert_exit 69
		assert_silent
	done
	chmod 777 "$SPOOL"
	to_pat -oeq
	assert_exit 77
	assert_silent
}

@test "spool: full of octets" {
	down "spool-max-size 20k"
	to_pat
	assert_exit 0
	send -f kit@example.org pat@example.net < <(message "$(seq 10000)")
	assert_exit 69
	assert_stderr_line 'sendlet: spool: full: 20480 octets \(spool-max-size\)'
	assert_queued 1
}

@test "spool: many at a time stay below the limit" {
	down "spool-max-messages 10"
	for n in $(seq 30); do
		sendlet -f kit@example.org pat@example.net < <(message) 3>&- 4>&- 2>"$BATS_TEST_TMPDIR/err.$n" &
	done
	wait
	count=$(queued | wc -l)
	[[ $count -gt 0 && $count -le 10 ]] || fail "$count in the spool"
	assert_equal "$(cat "$BATS_TEST_TMPDIR"/err.* | grep -c 'queued as')" "$count"
}

# strained INJECTION: a submission during which strace makes calls fail.
strained() {
	status=0
	env -i "${ENV[@]}" strace -f -o "$BATS_TEST_TMPDIR/calls" -e "inject=$1" "$SENDLET" --config "$CONF" \
		-f kit@example.org pat@example.net < <(message) >"$OUT" 2>"$ERR" || status=$?
}

@test "spool: each call that fails: a whole message and 0, or none and an error" {
	down
	to_pat
	failures=0
	for call in flock ftruncate pwrite64 fsync renameat openat getdents64 newfstatat; do
		for n in 1 2 3 4 5 6 7 8; do
			rm -f "$PART"/*
			strained "$call:error=EIO:when=$n"
			grep -q INJECTED "$BATS_TEST_TMPDIR/calls" || break
			if [[ $status == 0 ]]; then
				assert_queued 1
			else
				failures=$((failures + 1))
				assert_queued 0
				[[ $status == 69 || $status == 7[1348] ]] || fail "$call $n: exit $status"
				grep -q '^sendlet: ' "$ERR"
			fi
		done
	done
	[[ $failures -gt 8 ]] || fail "only $failures calls mattered"
}

@test "spool: killed after each call: a whole message or none" {
	down
	to_pat
	kills=0
	for call in openat ftruncate pwrite64 fsync renameat; do
		for n in 1 2 3 4 5 6; do
			rm -f "$PART"/*
			strained "$call:signal=KILL:when=$n"
			[[ $status != 0 ]] || break
			kills=$((kills + 1))
			id=$(queued | sed '/^tmp\./d')
			[[ -z $id ]] || grep -qx $'Hello\r' "$PART/$id"
		done
	done
	[[ $kills -gt 8 ]] || fail "only $kills kills"
}

@test "spool: no room on the disk" {
	mkdir "$SPOOL"
	down
	# shellcheck disable=SC2016 # for the inner shell
	unshare -rm sh -c 'mount -t tmpfs -o size=16k,mode=755 tmpfs "$0" && { "$@"; echo $?; ls -A -I relays "$0"/*; }' \
		"$SPOOL" env -i "${ENV[@]}" "$SENDLET" --config "$CONF" -f kit@example.org pat@example.net \
		< <(message "$(seq 10000)") >"$OUT" 2>"$ERR"
	assert_equal "$(<"$OUT")" 74
	assert_stderr_line 'sendlet: spool: cannot be written: No space left on device'
}

@test "spool: a directory that others may change is none" {
	mkdir -m 777 "$SPOOL"
	chmod 777 "$SPOOL"
	down
	to_pat
	assert_exit 77
	assert_stderr_line "sendlet: spool: $SPOOL: must belong to root or you and not be writable by others"
}

@test "spool: a link in place of a user's directory is not followed" {
	mkdir -p "$SPOOL" "$BATS_TEST_TMPDIR/elsewhere"
	chmod 700 "$SPOOL"
	ln -s "$BATS_TEST_TMPDIR/elsewhere" "$PART"
	down
	to_pat
	assert_exit 73
	[[ -z $(ls -A "$BATS_TEST_TMPDIR/elsewhere") ]]
}

@test "spool: off" {
	SPOOL=off
	down
	to_pat
	assert_exit 69
}

@test "spool: a plain user's is in the state directory" {
	chmod a+x "$BATS_RUN_TMPDIR" "$BATS_RUN_TMPDIR/test" "$BATS_TEST_TMPDIR"
	install -m 755 "$SENDLET" "$BATS_TEST_TMPDIR/sendlet"
	down
	sed -i '/^spool/d' "$CONF"
	chmod 644 "$CONF"
	install -d -o 54321 -m 755 "$BATS_TEST_TMPDIR/home" "$BATS_TEST_TMPDIR/state"
	for home in "HOME=$BATS_TEST_TMPDIR/home" "XDG_STATE_HOME=$BATS_TEST_TMPDIR/state"; do
		status=0
		timeout "$LIMIT" setpriv --reuid 54321 --regid 54321 --clear-groups env -i "${ENV[@]}" \
			"$home" "$BATS_TEST_TMPDIR/sendlet" --config "$CONF" -f kit@example.org pat@example.net \
			< <(message) >"$OUT" 2>"$ERR" || status=$?
		assert_exit 0
	done
	assert_equal "$(find "$BATS_TEST_TMPDIR"/home/.local/state/sendlet/54321 -type f ! -name relays | wc -l)" 1
	assert_equal "$(find "$BATS_TEST_TMPDIR"/state/sendlet/54321 -type f ! -name relays | wc -l)" 1
	assert_equal "$(stat -c %a "$BATS_TEST_TMPDIR"/home/.local/state/sendlet)" 700
}

@test "spool: damaged files are reported and left alone" {
	down
	to_pat
	good=$(queued)
	cut=${good%?}$([[ $good == *0 ]] && echo 1 || echo 0)
	head -c 300 "$PART/$good" >"$PART/$cut"
	# Without the end of its last line, the dot after DATA would not stand alone.
	{ head -c -2 "$PART/$good" && echo ..; } | head -c "$(stat -c %s "$PART/$good")" >"$PART/0000000000000002"
	mkfifo "$PART/0000000000000000"
	ln -s "$good" "$PART/0000000000000001"
	up
	run_queue
	assert_exit 0
	assert_received 1
	log_has "spool: $cut: damaged"
	log_has "spool: 0000000000000002: damaged: body"
	[[ -e $PART/$cut && -L $PART/0000000000000001 ]]
}

@test "spool: leftovers of interrupted commits are cleaned up" {
	down
	to_pat
	touch -d '2 hours ago' "$PART/tmp.0000000000000000"
	touch "$PART/tmp.0000000000000001"
	run_queue
	[[ ! -e $PART/tmp.0000000000000000 && -e $PART/tmp.0000000000000001 ]]
}

@test "spool: -odq and 'delivery queue': into the spool only" {
	down
	up
	to_pat -odq
	assert_quiet
	assert_queued 1
	conf_plain "log stderr" "delivery queue"
	to_pat
	assert_queued 2
	[[ ! -e $SINK/trace ]] || fail "the relay was contacted"
	run_queue
	assert_received 2
	assert_queued 0
}

@test "spool: -odb and 'delivery background': the caller does not wait" {
	down
	up --on 'GREETING=delay 2'
	start=${EPOCHREALTIME/./}
	to_pat -odb
	[[ $((${EPOCHREALTIME/./} - start)) -lt 1500000 ]] || fail "the caller waited"
	assert_quiet
	eventually test -e "$(arrived)"
	eventually assert_queued 0
	stop_sinks
	up -n second
	conf_plain "delivery background"
	to_pat
	eventually test -e "$(arrived)"
	eventually assert_queued 0
	to_pat -odi
	assert_received 2
}

@test "spool: -odb leaves no descriptor of the caller's open" {
	down
	up --on 'GREETING=delay 3'
	start=${EPOCHREALTIME/./}
	output=$(message | sendlet -odb -f kit@example.org pat@example.net 2>&1 | cat)
	[[ $((${EPOCHREALTIME/./} - start)) -lt 2500000 ]] || fail "the caller's pipe stayed open"
	eventually assert_queued 0
}

@test "spool: without one, -odq and -odb deliver at once" {
	SPOOL=off
	down
	up
	for mode in -odq -odb; do
		to_pat $mode
		assert_exit 0
	done
	assert_received 2
}

@test "spool: SIGTERM and SIGHUP while the relay is silent: spooled" {
	down
	up --on EHLO=stall
	for signal in TERM HUP; do
		sendlet -f kit@example.org pat@example.net < <(message) >"$OUT" 2>"$ERR" 3>&- 4>&- &
		pid=$!
		sleep 0.7
		kill -"$signal" "$(pgrep -P $pid)"
		status=0
		wait $pid || status=$?
		assert_exit 0
		log_has 'queued as .*interrupted'
	done
	assert_queued 2
}

@test "spool: killed while the relay is silent: the caller knows" {
	down
	up --on EHLO=stall
	sendlet -f kit@example.org pat@example.net < <(message) >"$OUT" 2>"$ERR" 3>&- 4>&- &
	pid=$!
	sleep 0.7
	kill -KILL "$(pgrep -P $pid)"
	status=0
	wait $pid || status=$?
	[[ $status != 0 ]]
	assert_queued 0
}

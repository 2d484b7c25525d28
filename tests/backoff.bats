#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# Relays that do not work: when they are asked again, from one run to the next.

# shellcheck disable=SC2030,SC2031,SC2034,SC2153 # each test is a shell of its own
load lib/common
load lib/queue

RELAYS=$PART/relays

# fill N: N messages wait.
fill() {
	down "${@:2}"
	for n in $(seq "$1"); do
		submit -odq "u$n@example.net"
	done
}

drain() {
	status=0
	sendlet --drain >"$OUT" 2>"$ERR" || status=$?
	assert_exit 0
}

sessions() {
	find "$SINK" -name 'wire.*' | wc -l
}

# pass SECONDS: as if that time had passed for all relays.
pass() {
	awk -v "s=$1" '{ printf "%012d %012d %s", $1 - s, $2 - s, $3; for (i = 4; i <= NF; i++) printf " %s", $i; print "" }' \
		"$RELAYS" >"$BATS_TEST_TMPDIR/passed"
	cat "$BATS_TEST_TMPDIR/passed" >"$RELAYS"
}

# note ASKED NEXT [NAME]: the relay is on record; times are from now.
note() {
	local now=$EPOCHSECONDS
	printf '%012d %012d 0003 %s\n' $((now + $1)) $((now + $2)) "${3:-smtp+notls://127.0.0.1:$PORT}" >>"$RELAYS"
}

@test "backoff: a dead relay is asked for longer and longer intervals, whatever is due" {
	fill 3
	up --on GREETING=close
	for try in 1 2 3 4 5 6 7; do
		drain
		assert_equal "$(sessions)" "$try"
		read -r asked next tries name <"$RELAYS"
		assert_equal "$name ${tries##*0}" "smtp+notls://127.0.0.1:$PORT $try"
		base=$((300 << (try - 1)))
		[[ $base -le 3600 ]] || base=3600
		delay=$((10#$next - 10#$asked))
		[[ $delay -ge $((base * 3 / 4)) && $delay -le $((base * 5 / 4)) ]] || fail "try $try: $delay s"
		drain
		pass $((delay - 30))
		drain
		assert_silent
		assert_equal "$(sessions)" "$try"
		pass 40
	done
	assert_queued 3
	# All of them have been tried as often.
	assert_equal "$(sed -n 's/^tries //p' "$PART"/[0-9A-Z]* | sort -u)" 0007
}

@test "backoff: failures meanwhile do not put it off" {
	down
	to_pat
	cp "$RELAYS" "$BATS_TEST_TMPDIR/before"
	to_pat
	to_pat -odb
	run_queue
	cmp "$BATS_TEST_TMPDIR/before" "$RELAYS"
}

@test "backoff: once the relay works, all that waited for it is due" {
	down
	for n in 1 2 3; do
		to_pat
	done
	up
	rm "$RELAYS"
	note 0 3000
	submit now@example.net
	eventually test -e "$(arrived 4)"
	eventually assert_queued 0
	[[ ! -e $RELAYS ]]
}

@test "backoff: -q asks in any case" {
	fill 2
	up
	note 0 3000
	drain
	assert_received 0
	run_queue
	assert_received 2
	[[ ! -e $RELAYS ]]
}

@test "backoff: a new message has it asked every five minutes" {
	fill 1
	up
	note -200 3000
	submit -odb b@example.net
	sleep 0.5
	assert_received 0
	assert_queued 2
	: >"$RELAYS"
	note -310 3000
	submit -odb c@example.net
	eventually test -e "$(arrived 3)"
	eventually assert_queued 0
}

@test "backoff: of many at a time one asks" {
	fill 1 "timeout-greeting 2s"
	up --on GREETING=stall
	note -400 -10
	for n in $(seq 6); do
		submit -odb pat@example.net
	done
	sleep 1
	assert_equal "$(sessions)" 1
	eventually grep -q ' 0004 ' "$RELAYS"
	assert_queued 7
}

@test "backoff: another relay is not held up" {
	down
	up
	dead=$(closed_port)
	conf <<-END
		log stderr
		relay smtp+notls://127.0.0.1:$dead
		relay smtp+notls://127.0.0.1:$PORT
	END
	submit -odq pat@example.net
	note 0 3000 "smtp+notls://127.0.0.1:$dead"
	drain
	assert_received 1
	log_lacks refused
	# Nor is mail of a sender who has a relay of his own.
	conf <<-END
		log stderr
		relay smtp+notls://127.0.0.1:$PORT
		  sender kit@example.org
		relay smtp+notls://127.0.0.1:$dead
	END
	submit -odq pat@example.net
	send -odq -f sam@example.org pat@example.net < <(message)
	drain
	assert_received 2
	assert_queued 1
}

@test "backoff: the first relay is dead, the second does not want the message: own time" {
	down
	up --on 'RCPT=450 4.2.0 later'
	conf <<-END
		log stderr
		relay smtp+notls://127.0.0.1:$(closed_port)
		relay smtp+notls://127.0.0.1:$PORT
	END
	to_pat
	assert_queued 1
	next=$(sed -n 's/^next 0*//p' "$PART/$(queued)")
	[[ $next -gt $((EPOCHSECONDS + 200)) ]]
}

@test "backoff: a login that is refused is not tried again and again" {
	fill 3
	up --auth PLAIN --auth-plaintext --user kit --password secret
	conf_plain "log stderr" "auth-without-tls yes" "user kit" "password wrong"
	drain
	drain
	assert_equal "$(sessions)" 1
	conf_plain "log stderr" "auth-without-tls yes" "user kit" "password secret"
	run_queue
	assert_queued 0
	assert_received 3
}

@test "backoff: by a wrong clock nothing waits" {
	fill 1
	for times in '100000 100300' '-100000 -90000' '0 100000' '-1700000000 -1699999700'; do
		up -n "${times// /}"
		# shellcheck disable=SC2086 # two numbers
		note $times
		submit -odq pat@example.net
		drain
		assert_queued 0
		rm -f "$RELAYS"
	done
}

@test "backoff: a file that is damaged, or none, counts for nothing" {
	fill 1
	up
	outside=$BATS_TEST_TMPDIR/outside
	note 0 3000
	cat "$RELAYS" >"$outside"
	cp "$outside" "$outside.before"
	n=0
	for damage in 'head -c 2000000 /dev/urandom >"$RELAYS"' 'sed -i "s/ 0003 / 003 /" "$RELAYS"' \
		'sed -i "s/ /\x00/" "$RELAYS"' 'truncate -s 30 "$RELAYS"' 'mkdir "$RELAYS"' 'mkfifo "$RELAYS"' \
		'ln -s "$outside" "$RELAYS"' 'ln "$outside" "$RELAYS"'; do
		rm -rf "$RELAYS"
		[[ $damage == mk* || $damage == ln* ]] || cat "$outside" >"$RELAYS"
		eval "$damage"
		submit -odq pat@example.net
		drain
		assert_queued 0 || fail "$damage"
		n=$((n + 1))
		assert_received $((n + 1))
		rm -rf "$RELAYS"
	done
	cmp "$outside" "$outside.before"
	# It is made anew where it can be, and is missed by nobody where it cannot.
	stop_sinks
	down
	mkdir "$RELAYS"
	to_pat
	assert_exit 0
	assert_queued 1
	next=$(sed -n 's/^next 0*//p' "$PART/$(queued)")
	[[ $next -gt $((EPOCHSECONDS + 200)) ]]
}

@test "backoff: each domain of direct:// for itself, not too many, scattered" {
	conf <<<$'log stderr\nrelay direct://'
	mapfile -t many < <(printf 'a@[127.9.1.%s]\n' $(seq 80))
	submit "${many[@]}"
	assert_exit 0
	assert_queued 1
	assert_equal "$(wc -l <"$RELAYS")" 64
	assert_equal "$(grep -cE '^[0-9]{12} [0-9]{12} 0001 direct:// \[127\.9\.1\.[0-9]+\]$' "$RELAYS")" 64
	[[ $(cut -d ' ' -f 2 "$RELAYS" | sort -u | wc -l) -gt 20 ]] || fail "no scatter"
}

@test "backoff: what is on record belongs to the spool's owner, and counts for him alone" {
	chmod a+x "$BATS_RUN_TMPDIR" "$BATS_RUN_TMPDIR/test" "$BATS_TEST_TMPDIR"
	install -m 755 "$SENDLET" "$BATS_TEST_TMPDIR/sendlet"
	down
	chmod 644 "$CONF"
	install -d -g 54320 -m 730 "$SPOOL"
	as_user() {
		setpriv --reuid "$1" --regid 54320 --clear-groups env -i "${ENV[@]}" \
			"$BATS_TEST_TMPDIR/sendlet" --config "$CONF" "${@:2}"
	}
	as_user 54321 -odq a@example.net < <(message) 2>"$ERR"
	as_user 54322 -odq b@example.net < <(message) 2>"$ERR"
	run_queue
	assert_equal "$(stat -c '%u %a' "$SPOOL"/5432*/relays | tr '\n' ' ')" "54321 600 54322 600 "
	up
	RELAYS=$SPOOL/54321/relays
	: >"$RELAYS"
	note 0 3000
	drain
	assert_received 1
	assert_equal "$(envelope recipients)" b@example.net
}

@test "backoff: a spool that is full of messages has room for it" {
	down "spool-max-messages 1"
	to_pat
	[[ -e $RELAYS ]]
	assert_exit 0
	sendlet --delete "$(queued)" 2>"$ERR"
	to_pat
	assert_exit 0
}

#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# Draining the spool, looking at it, and changing what is in it.

# shellcheck disable=SC2030,SC2031,SC2034,SC2153 # each test is a shell of its own
load lib/common
load lib/queue

# fill N: N messages to u1, u2 ... wait.
fill() {
	down "${@:2}"
	for n in $(seq "$1"); do
		submit -odq "u$n@example.net"
		assert_exit 0
	done
}

sessions() {
	find "$SINK" -name 'wire.*' | wc -l
}

json() {
	sendlet -bp -j | "${PYTHON[@]}" -c '
import json, sys
for line in sys.stdin:
    entry = json.loads(line)
    print(eval(sys.argv[1]))' "$1"
}

@test "queue: -q delivers all, in order, over one connection" {
	fill 12
	up
	run_queue
	assert_exit 0
	assert_queued 0
	assert_received 12
	assert_equal "$(sessions)" 1
	for n in $(seq 12); do
		assert_equal "$(envelope recipients "$n")" "u$n@example.net"
	done
	assert_wire_clean
}

@test "queue: 500 messages over one connection, each looked at once" {
	fill 1
	one=$BATS_TEST_TMPDIR/one
	mv "$PART/$(queued)" "$one"
	for n in $(seq 500); do
		echo "$PART/$(printf '%016d' "$n")"
	done | xargs -n 1 cp "$one"
	up --ehlo 8BITMIME
	strace -f --seccomp-bpf -e trace=getdents64,openat,newfstatat -o "$BATS_TEST_TMPDIR/calls" \
		env -i "${ENV[@]}" "$SENDLET" --config "$CONF" -q 2>"$ERR"
	assert_queued 0
	assert_equal "$(sessions)" 1
	assert_equal "$(grep -c 'status=sent' "$ERR")" 500
	[[ $(grep -c getdents64 "$BATS_TEST_TMPDIR/calls") -lt 50 ]]
	[[ $(wc -l <"$BATS_TEST_TMPDIR/calls") -lt 1700 ]]
}

@test "queue: all recipients of a message in one transaction" {
	down
	submit -odq a@example.net b@example.net c@example.net
	up
	run_queue
	assert_received 1
	assert_equal "$(envelope recipients | tr '\n' ' ')" "a@example.net b@example.net c@example.net "
}

@test "queue: an empty one, and none" {
	down
	run_queue
	assert_exit 0
	assert_silent
	send -bp
	assert_exit 0
	assert_equal "$(<"$OUT")" "Mail queue is empty"
	SPOOL=off
	down
	run_queue
	assert_exit 0
	send -bp
	assert_exit 0
	assert_equal "$(<"$OUT")" "Mail queue is empty"
	send -bp -j
	assert_exit 0
	assert_silent
}

@test "queue: a dead relay is asked once per run, not once per message" {
	fill 5
	up --on GREETING=close
	run_queue
	assert_exit 0
	assert_queued 5
	assert_equal "$(sessions)" 1
	assert_equal "$(json 'entry["tries"]' | sort -u)" 1
	assert_equal "$(grep -c status=deferred "$ERR")" 5
}

@test "queue: a message the relay breaks off at does not hold up the others" {
	fill 5
	up --on 'RCPT:u1@=close'
	run_queue
	assert_received 4
	assert_queued 1
	log_has 'to=<u1@example.net>, .*status=deferred'
}

@test "queue: a relay that breaks off at every message is left alone" {
	fill 8
	up --on RCPT=close
	run_queue
	assert_queued 8
	count=$(sessions)
	[[ $count -lt 8 ]] || fail "$count connections"
}

# trusting PASSWORD: the sink, over TLS that is verified.
trusting() {
	printf '%s\n' "log stderr" "relay smtp+tls://127.0.0.1:$PORT" "ca-file $BATS_FILE_TMPDIR/relay.pem" \
		"user kit@example.org" "password \"$1\"" | conf
}

@test "queue: a login that is refused is no end of the mail, and may be put right" {
	down
	to_pat
	to_pat
	certificate self relay.pem IP:127.0.0.1
	start_sink --tls starttls --cert "$BATS_FILE_TMPDIR/relay.pem" --auth PLAIN --require-auth \
		--ehlo PIPELINING,CHUNKING
	trusting wrong
	run_queue
	log_has 'dsn=4\.7\.8, status=deferred \(.*535 5\.7\.8'
	assert_received 0
	assert_queued 2
	trusting 'open sesame'
	run_queue
	assert_received 2
	assert_queued 0
}

@test "queue: the second relay when the first is down" {
	fill 3
	up
	conf <<-END
		log stderr
		relay smtp+notls://127.0.0.1:$(closed_port)
		relay smtp+notls://127.0.0.1:$PORT
	END
	run_queue
	assert_received 3
	assert_queued 0
}

@test "queue: tries are put off for longer and longer, with scatter" {
	down
	up --on 'RCPT=450 4.2.0 later'
	to_pat
	for try in 1 2 3 4 5 6 7 8 9; do
		read -r next tries <<<"$(json 'entry["next_try"] - entry["arrival_time"], entry["tries"]' | tr -d '(),')"
		assert_equal "$tries" "$try"
		base=$((300 << (try - 1)))
		[[ $base -le 14400 ]] || base=14400
		[[ $next -ge $((base * 3 / 4)) && $next -le $((base * 5 / 4 + 20)) ]] || fail "try $try: $next s"
		run_queue
	done
	rm "$PART"/*
	for n in $(seq 10); do
		to_pat
	done
	[[ $(json 'entry["next_try"] - entry["arrival_time"]' | sort -u | wc -l) -gt 5 ]] || fail "no scatter"
}

@test "queue: a successful send takes along what is due" {
	down
	up --on 'RCPT=450 4.2.0 later'
	to_pat
	submit later@example.net
	stop_sinks
	first=$(queued | head -n 1)
	sed -i 's/^next .*/next 000000000001/' "$PART/$first"
	up -n again
	submit now@example.net
	assert_exit 0
	eventually test -e "$(arrived 2)"
	assert_equal "$(envelope recipients 2)" pat@example.net
	eventually assert_queued 1
	assert_received 2
}

@test "queue: -bs takes it along as well" {
	down
	to_pat
	later 3600
	up
	printf '%s\r\n' 'HELO me' 'MAIL FROM:<kit@example.org>' 'RCPT TO:<a@example.net>' DATA x . QUIT |
		sendlet -bs >"$OUT" 2>"$ERR"
	eventually test -e "$(arrived 2)"
	eventually assert_queued 0
}

@test "queue: nothing is started for an empty spool" {
	down
	up
	status=0
	strace -f -o "$BATS_TEST_TMPDIR/calls" env -i "${ENV[@]}" "$SENDLET" --config "$CONF" \
		-f kit@example.org pat@example.net < <(message) 2>"$ERR" || status=$?
	assert_exit 0
	assert_received 1
	if grep -E '(fork|clone3?)\(' "$BATS_TEST_TMPDIR/calls"; then
		fail "a process was started"
	fi
	# It is made, opened, and for root let through the sandbox.
	[[ $(grep -c "$SPOOL" "$BATS_TEST_TMPDIR/calls") -le 4 ]]
}

@test "queue: another configuration's relays do not take it along" {
	down
	HOME_DIR=$BATS_TEST_TMPDIR/home
	mkdir "$HOME_DIR"
	chmod a+x "$BATS_RUN_TMPDIR" "$BATS_RUN_TMPDIR/test" "$BATS_TEST_TMPDIR"
	chown 54321 "$HOME_DIR"
	install -m 755 "$SENDLET" "$BATS_TEST_TMPDIR/sendlet"
	as_user() {
		setpriv --reuid 54321 --regid 54321 --clear-groups env -i "${ENV[@]}" \
			"HOME=$HOME_DIR" "$BATS_TEST_TMPDIR/sendlet" "$@"
	}
	install -d -o 54321 "$HOME_DIR/.config"
	echo "relay smtp+notls://127.0.0.1:$RELAY_PORT" >"$HOME_DIR/.config/sendlet.conf"
	as_user -odq pat@example.net < <(message)
	sed -i "s/^next .*/next 000000000001/" "$HOME_DIR"/.local/state/sendlet/54321/[0-9]*
	up
	sed -i '/^spool/d' "$CONF"
	chmod 644 "$CONF"
	as_user --config "$CONF" now@example.net < <(message) 2>"$ERR"
	sleep 0.5
	assert_received 1
	as_user --config "$CONF" -q 2>"$ERR"
	assert_received 2
}

@test "queue: one drainer at a time" {
	fill 3
	up --on 'EOM=delay 0.5'
	sendlet -q 2>"$BATS_TEST_TMPDIR/first" 3>&- 4>&- &
	sleep 0.3
	run_queue
	assert_exit 0
	assert_silent
	wait
	assert_queued 0
	assert_received 3
	assert_equal "$(sessions)" 1
}

@test "queue: what comes in meanwhile is delivered by the same run" {
	fill 2
	up --on 'EOM=delay 0.4'
	sendlet -q 2>"$BATS_TEST_TMPDIR/first" 3>&- 4>&- &
	sleep 0.2
	submit -odq more@example.net
	wait
	assert_queued 0
	assert_received 3
}

@test "queue: -qI, -qR, -qS, and with ! what they do not name" {
	down
	send -odq -f kit@example.org a@one.example < <(message)
	send -odq -f kit@example.org b@two.example < <(message)
	send -odq -f sam@example.org c@one.example < <(message)
	third=$(queued | tail -n 1)
	up
	run_queue -qSsam
	assert_equal "$(queued | wc -l) $(envelope recipients 1)" "2 c@one.example"
	run_queue '-qR!@one.example'
	assert_equal "$(queued | wc -l) $(envelope recipients 2)" "1 b@two.example"
	run_queue "-qI$third"
	assert_queued 1
	run_queue "-qI$(queued)"
	assert_queued 0
	assert_received 3
}

@test "queue: -q1s repeats, SIGTERM ends it in good order" {
	down
	timeout 15 env -i "${ENV[@]}" "$SENDLET" --config "$CONF" -q1s 2>"$ERR" 3>&- 4>&- &
	pid=$!
	up
	submit -odq one@example.net
	# The running one has the old port in memory: it is started anew.
	kill -TERM "$(pgrep -P $pid)"
	wait $pid
	sendlet -q1s 2>"$ERR" 3>&- 4>&- &
	pid=$!
	eventually test -e "$(arrived 1)"
	submit -odq two@example.net
	eventually test -e "$(arrived 2)"
	kill -TERM "$(pgrep -P $pid)"
	status=0
	wait $pid || status=$?
	assert_exit 0
}

@test "queue: -q1s finds a relay by a file that came later" {
	local etc=$BATS_TEST_TMPDIR/etc
	mkdir "$etc"
	echo '127.0.0.1 localhost' >"$etc/hosts"
	up
	conf_plain 'sandbox required'
	sed -i 's/127\.0\.0\.1/relay.example.org/' "$CONF"
	# shellcheck disable=SC2016 # for the inner shell
	unshare -rm sh -c 'mount --bind "$0" /etc && exec timeout 15 env -i "$@"' "$etc" "$SENDLET" --config "$CONF" \
		-q1s 2>"$ERR" 3>&- 4>&- &
	pid=$!
	sleep 1.5
	echo '127.0.0.1 relay.example.org' >"$etc/new"
	mv "$etc/new" "$etc/hosts"
	submit -odq one@example.net
	eventually test -e "$(arrived 1)"
	kill -TERM "$(pgrep -P $pid)"
	wait $pid
}

@test "queue: SIGTERM after the final dot waits for the reply" {
	fill 2
	up --on 'EOM=delay 1'
	sendlet -q 2>"$ERR" 3>&- 4>&- &
	pid=$!
	eventually grep -q "'\.\\\\r\\\\n'\|C b'\.\|354" "$SINK/trace"
	sleep 0.3
	kill -TERM "$(pgrep -P $pid)"
	status=0
	wait $pid || status=$?
	assert_exit 0
	assert_queued 1
	assert_received 1
	log_lacks 'may have been delivered'
}

@test "queue: a bad interval" {
	down
	for value in x 1y 5mm -3; do
		run_queue "-q$value"
		assert_exit 64
	done
}

@test "queue: killed between dot and record: sent again, with a warning" {
	fill 1
	up --on 'EOM=delay 0.7'
	sendlet -q 2>"$ERR" 3>&- 4>&- &
	pid=$!
	eventually grep -q "C '\[message" "$SINK/trace"
	kill -KILL "$(pgrep -P $pid)"
	status=0
	wait $pid || status=$?
	assert_equal "$(marks "$(queued)")" S
	stop_sinks
	up -n again
	run_queue
	log_has 'possible duplicate'
	assert_received 1
	assert_queued 0
}

@test "queue: killed after a part was served: nobody served twice" {
	down
	submit -odq a@example.net b@example.net
	up --on 'RCPT:b@=450 4.2.0 later'
	status=0
	# The second record is the one after the delivery.
	env -i "${ENV[@]}" strace -f -o /dev/null -e inject=fdatasync:signal=KILL:when=2 \
		"$SENDLET" --config "$CONF" -q 2>"$ERR" || status=$?
	assert_equal "$(marks "$(queued)")" DQ
	stop_sinks
	up -n second
	run_queue
	log_lacks 'possible duplicate'
	assert_received 1
	assert_equal "$(envelope recipients)" b@example.net
	assert_queued 0
}

@test "queue: nothing comes between the relay's yes and the end of the file" {
	fill 2
	up
	status=0
	strace -f -o "$BATS_TEST_TMPDIR/calls" -e trace='!clock_gettime' \
		env -i "${ENV[@]}" "$SENDLET" --config "$CONF" -q 2>"$ERR" || status=$?
	assert_received 2
	grep -A 1 '250 2.0.0 Ok: queued' "$BATS_TEST_TMPDIR/calls" >"$OUT"
	assert_equal "$(grep -c '250 2.0.0 Ok: queued' "$OUT") $(grep -c unlinkat "$OUT")" "2 2"
}

@test "queue: each removal is made safe before the next message" {
	fill 3
	up
	strace -f -o "$BATS_TEST_TMPDIR/calls" -e trace=fdatasync,unlinkat \
		env -i "${ENV[@]}" "$SENDLET" --config "$CONF" -q 2>"$ERR"
	assert_received 3
	assert_queued 0
	run sed -n 's/^[0-9]* *\(fdatasync\|unlinkat\)(.*/\1/p' "$BATS_TEST_TMPDIR/calls"
	assert_equal "$(grep -A1 unlinkat <<<"$output" | grep -c fdatasync)" 3
}

@test "queue: a record that cannot be written: nothing is sent" {
	fill 1
	up
	status=0
	env -i "${ENV[@]}" strace -f -o /dev/null -e inject=pwrite64:error=EIO \
		"$SENDLET" --config "$CONF" -q 2>"$ERR" || status=$?
	assert_queued 1
	log_has 'spool: cannot be written'
	assert_received 0
}

@test "queue: a clock that was wrong does not delay or end anything" {
	down
	to_pat
	later -100000000
	up
	submit now@example.net
	eventually test -e "$(arrived 2)"
	eventually assert_queued 0
	stop_sinks
	down
	to_pat
	later 100000000
	run_queue
	assert_queued 1
	log_lacks bounced
}

# -- mailq ------------------------------------------------------------------------------------

@test "mailq: what is listed" {
	down
	submit a@example.net b@example.net
	ln -s "$SENDLET" "$BATS_TEST_TMPDIR/mailq"
	env -i "${ENV[@]}" "$BATS_TEST_TMPDIR/mailq" --config "$CONF" >"$OUT"
	id=$(queued)
	diff - <(sed -E "s/$id/ID/; s/ +/ /g; s/in [3-6]m/in Nm/; s/ [0-9]+s / Ns /; s/:$RELAY_PORT/:PORT/" "$OUT") <<-END
		ID 144 Ns <kit@example.org>
		 next try in Nm, 1 try
		 <a@example.net> queued: 127.0.0.1[127.0.0.1]:PORT: connection refused
		 <b@example.net> queued: 127.0.0.1[127.0.0.1]:PORT: connection refused
		-- 1 message, 144 octets
	END
}

@test "mailq: -j is JSON, one object per line" {
	down
	submit a@example.net '"q\"\\ "@example.net' $'\303\274@example.net'
	assert_equal "$(json '[r["address"] for r in entry["recipients"]]')" \
		"['a@example.net', '\"q\\\\\"\\\\\\\\ \"@example.net', 'ü@example.net']"
	assert_equal "$(json 'entry["id"], entry["state"], entry["uid"], entry["size"], entry["sender"]')" \
		"('$(queued)', 'queued', $(id -u), 144, 'kit@example.org')"
	assert_equal "$(json 'entry["recipients"][0]["status"], entry["recipients"][0]["state"]')" \
		"('4.4.1', 'queued')"
}

@test "mailq: needs no relay" {
	conf </dev/null
	send -bp
	assert_exit 0
	assert_equal "$(<"$OUT")" "Mail queue is empty"
}

@test "mailq: root sees and drains the mail of all, others their own" {
	chmod a+x "$BATS_RUN_TMPDIR" "$BATS_RUN_TMPDIR/test" "$BATS_TEST_TMPDIR"
	install -m 755 "$SENDLET" "$BATS_TEST_TMPDIR/sendlet"
	down
	chmod 644 "$CONF"
	# Set-group-id for want of another: the group may enter, not list.
	install -d -g 54320 -m 730 "$SPOOL"
	as_user() {
		setpriv --reuid "$1" --regid 54320 --clear-groups env -i "${ENV[@]}" \
			"$BATS_TEST_TMPDIR/sendlet" --config "$CONF" "${@:2}"
	}
	to_pat
	as_user 54321 a@example.net < <(message) 2>"$ERR"
	as_user 54322 b@example.net < <(message) 2>"$ERR"
	assert_equal "$(sendlet -bp -j | wc -l)" 3
	assert_equal "$(as_user 54321 -bp -j | grep -o '"address":"[^"]*"')" '"address":"a@example.net"'
	id=$(find "$SPOOL/54322" -type f ! -name lock ! -name relays -printf %P)
	status=0
	as_user 54321 --delete "$id" 2>"$ERR" || status=$?
	assert_exit 66
	assert_stderr_line "sendlet: $id: no such message"
	as_user 54322 --delete "$id" 2>"$ERR"
	up --on 'RCPT:a@=550 5.1.1 no'
	run_queue
	assert_equal "$(sendlet -bp -j | wc -l)" 0
	assert_received 2
	grep -q 'Final-Recipient: rfc822; a@example.net' "$(arrived 2)" "$(arrived 1)"
}

@test "mailq: root, who has sent none, sees and drains that of others" {
	chmod a+x "$BATS_RUN_TMPDIR" "$BATS_RUN_TMPDIR/test" "$BATS_TEST_TMPDIR"
	install -m 755 "$SENDLET" "$BATS_TEST_TMPDIR/sendlet"
	down 'sandbox required'
	chmod 644 "$CONF"
	install -d -g 54320 -m 730 "$SPOOL"
	setpriv --reuid 54321 --regid 54320 --clear-groups env -i "${ENV[@]}" \
		"$BATS_TEST_TMPDIR/sendlet" --config "$CONF" a@example.net < <(message) 2>"$ERR"
	assert_equal "$(ls "$SPOOL")" 54321
	assert_equal "$(sendlet -bp -j | wc -l)" 1
	up
	run_queue
	assert_received 1
	assert_equal "$(sendlet -bp -j | wc -l)" 0
}

# -- --delete, --hold, --release --------------------------------------------------------------

@test "queue: --delete" {
	fill 2
	first=$(queued | head -n 1)
	send --delete "$first"
	assert_exit 0
	log_has "$first: deleted"
	assert_queued 1
	send --delete "$first"
	assert_exit 66
	assert_stderr_line "sendlet: $first: no such message"
	for id in '' . .. ../0 lock "$first/" x; do
		send --delete "$id"
		assert_exit 65
	done
}

@test "queue: --delete of what cannot be read" {
	fill 1
	id=$(queued)
	echo damaged >"$PART/$id"
	send --delete "$id"
	assert_exit 0
	assert_queued 0
}

@test "queue: --delete leaves alone what is being sent" {
	fill 1
	id=$(queued)
	up --on 'EOM=delay 1'
	sendlet -q 2>"$BATS_TEST_TMPDIR/log" 3>&- 4>&- &
	eventually grep -q DATA "$SINK/trace"
	send --delete "$id"
	assert_exit 69
	assert_stderr_line "sendlet: $id: is being sent"
	wait
	assert_received 1
}

@test "queue: --hold and --release" {
	fill 2
	first=$(queued | head -n 1)
	send --hold "$first"
	assert_exit 0
	assert_equal "$(json 'entry["state"]' | tr '\n' ' ')" "held queued "
	up
	run_queue
	assert_queued 1
	send --release "$first"
	assert_equal "$(json 'entry["state"]')" queued
	run_queue
	assert_queued 0
	assert_received 2
}

#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# Reports on spooled mail that cannot be delivered.

# shellcheck disable=SC2030,SC2031,SC2034,SC2153 # each test is a shell of its own
load lib/common
load lib/queue

# parse EXPRESSION [N]: of the Nth message that arrived, as m.
parse() {
	"${PYTHON[@]}" - "$(arrived "${2:-1}")" "$1" <<-'END'
		import email, email.policy, sys
		with open(sys.argv[1], "rb") as file:
		    m = email.message_from_binary_file(file, policy=email.policy.SMTP)
		def status():
		    return m.get_payload(1).get_payload()
		print(eval(sys.argv[2]))
	END
}

@test "report: a recipient refused for good" {
	down
	submit -N failure -V 'id+1' pat@example.net sam@example.net
	up --on 'RCPT:pat@=550 5.1.1 no such user'
	run_queue
	assert_exit 0
	assert_queued 0
	assert_received 2
	assert_wire_clean
	assert_equal "$(envelope recipients 1)" sam@example.net
	assert_equal "$(envelope sender 2) $(envelope recipients 2)" " kit@example.org"
	assert_equal "$(parse 'm["From"], m["To"], m["Auto-Submitted"], m["Subject"]' 2)" \
		"('Mail Delivery System <MAILER-DAEMON@client.example.org>', 'kit@example.org', 'auto-replied', 'Undelivered Mail Returned to Sender')"
	assert_equal "$(parse 'm.get_content_type(), m.get_param("report-type"), [p.get_content_type() for p in m.get_payload()]' 2)" \
		"('multipart/report', 'delivery-status', ['text/plain', 'message/delivery-status', 'message/rfc822'])"
	assert_equal "$(parse 'len(status()), status()[0]["Reporting-MTA"], status()[0]["Original-Envelope-Id"]' 2)" \
		"(2, 'dns; client.example.org', 'id+1')"
	assert_equal "$(parse '[status()[1][k] for k in ("Final-Recipient", "Action", "Status", "Remote-MTA", "Diagnostic-Code")]' 2)" \
		"['rfc822; pat@example.net', 'failed', '5.1.1', 'dns; 127.0.0.1', 'smtp; 550 5.1.1 no such user']"
	grep -q '<pat@example.net>' "$(arrived 2)"
	log_has "sender non-delivery notification: [0-9A-Z]{16}"
}

@test "report: the message comes back whole" {
	down
	send -f kit@example.org pat@example.net < <(message '.' 'gr\303\274n' "$(printf 'x\344')")
	up --on 'RCPT:pat@=550 5.1.1 no such user'
	run_queue
	assert_received 1
	grep -q BODY=8BITMIME "$SINK/trace"
	grep -qx "Content-Transfer-Encoding: 8bit"$'\r' "$(arrived)"
	cmp <(message '.' 'gr\303\274n' "$(printf 'x\344')" | sed 's/$/\r/') \
		<(sed '0,/^Content-Type: message\/rfc822/d' "$(arrived)" | sed '1,/^\r$/d; /^--=_/,$d' | head -c -2)
}

@test "report: RET=HDRS, and a long message: only the header" {
	down
	submit -R hdrs pat@example.net
	send -f kit@example.org long@example.net < <(message "$(seq 200000)")
	up --on 'RCPT:@example.net=550 5.1.1 no such user'
	run_queue
	assert_received 2
	for n in 1 2; do
		assert_equal "$(parse 'm.get_payload(2).get_content_type()' $n)" text/rfc822-headers
		grep -q '^Subject: a test' "$(arrived $n)"
		if grep -qE '^(Hello|1000)'$'\r' "$(arrived $n)"; then
			fail "a body came back"
		fi
	done
}

@test "report: UTF-8 in addresses and headers has types of its own" {
	down
	send -f kit@example.org -N failure jürgen@example.net pat@example.net < <(printf 'Subject: Grüße\n\nhi\n')
	assert_queued 1
	up
	run_queue
	assert_received 2
	assert_equal "$(envelope recipients 1)" pat@example.net
	assert_equal "$(parse '[p.get_content_type() for p in m.get_payload()]' 2)" \
		"['text/plain', 'message/global-delivery-status', 'message/global']"
	grep -qx $'Final-Recipient: utf-8; jürgen@example.net\r' "$(arrived 2)"
	grep -qx $'Original-Recipient: utf-8;j\\\\x{FC}rgen@example.net\r' "$(arrived 2)"
	grep -qx $'Status: 5.6.7\r' "$(arrived 2)"
}

@test "report: mail that is to have TLS comes back as its header" {
	down 'require-tls yes'
	to_pat
	assert_queued 1
	grep -qx 'requiretls yes' "$PART/$(queued)"
	up
	run_queue
	assert_received 1
	assert_equal "$(parse 'm.get_payload(2).get_content_type(), status()[1]["Status"]')" \
		"('text/rfc822-headers', '5.7.10')"
}

@test "report: mail that was to be there by now comes back" {
	down 'deliver-by 1s' 'deliver-by-mode return'
	to_pat
	assert_queued 1
	sleep 1.1
	later 3600
	run_queue
	log_has 'to=<pat@example.net>, .*dsn=5.4.7, status=bounced'
	log_has 'sender non-delivery notification'
}

@test "report: NOTIFY=NEVER, and without FAILURE: none" {
	down
	submit -N never pat@example.net
	submit -N success,delay pat@example.net
	up --on 'RCPT:pat@=550 5.1.1 no such user'
	run_queue
	assert_received 0
	assert_queued 0
	log_has status=bounced
}

@test "report: none to the null sender: dead until removed" {
	down
	send -f '' pat@example.net < <(message)
	up --on 'RCPT:pat@=550 5.1.1 no such user'
	run_queue
	assert_received 0
	assert_queued 1
	log_has 'dead: nobody is left to be told'
	sendlet -bp >"$OUT"
	grep -q ' dead, ' "$OUT"
	grep -q 'no such user' "$OUT"
	: >"$ERR"
	run_queue
	assert_silent
	assert_queued 1
	send --delete "$(queued)"
	assert_queued 0
}

@test "report: one that is refused is dead, and can be released" {
	down
	to_pat
	up --on 'RCPT=550 5.1.1 no such user'
	run_queue
	assert_received 0
	assert_queued 1
	assert_equal "$(sed -n 's/^sender //p; s/^to //p' "$PART/$(queued)" | tr '\n' ' ')" " kit@example.org "
	stop_sinks
	up -n second
	send --release "$(queued)"
	run_queue
	assert_received 1
	assert_queued 0
}

@test "report: expiry, after some tries" {
	down "spool-max-age 1d"
	to_pat
	for try in 1 2; do
		later 28801
		run_queue
		assert_queued 1
		log_lacks bounced
	done
	later 28801
	run_queue
	log_has 'dsn=4\.4\.7, status=bounced \(given up after 24 hours; last: .*refused'
	# The report waits for the relay.
	assert_queued 1
	up
	run_queue
	assert_received 1
	assert_equal "$(parse 'status()[1]["Status"], status()[1]["Action"]')" "('4.4.7', 'failed')"
}

@test "report: a delay: off by default, once, only the header, for whom it is wanted" {
	down
	to_pat
	later 40000
	run_queue
	log_lacks notification
	assert_queued 1
	rm -r "$PART"
	down "delay-warning 4h" "spool-max-age 3d"
	submit pat@example.net
	submit -N failure sam@example.net
	submit -N delay -V 'id+1' kim@example.net
	submit -N never lee@example.net
	send -f '' null@example.net < <(message)
	later 14000
	run_queue
	log_lacks notification
	later 1000
	run_queue
	assert_equal "$(grep -c 'sender delay notification: ' "$ERR")" 2
	assert_queued 7
	later 30000
	run_queue
	log_lacks notification
	assert_queued 7
	first=$(queued | head -n 1)
	assert_equal "$(sed -n 's/^state //p' "$PART/$first")" q
	send --hold "$first"
	send --release "$first"
	run_queue
	log_lacks notification
	up --on 'RCPT:@example.net=450 4.2.0 later'
	run_queue
	assert_received 2
	assert_equal "$(envelope sender 1) $(envelope recipients 1)" " kit@example.org"
	assert_equal "$(parse 'm["Subject"], m.get_payload(2).get_content_type()')" \
		"('Delayed Mail (still being retried)', 'text/rfc822-headers')"
	for n in 1 2; do
		assert_equal "$(parse '[status()[1][k] for k in ("Action", "Status")], "Will-Retry-Until" in status()[1]' $n)" \
			"(['delayed', '4.4.1'], True)"
	done
	assert_equal "$(grep -h '^Final-Recipient' "$(arrived 1)" "$(arrived 2)" | tr -d '\r' | sort | tr '\n' ' ')" \
		"Final-Recipient: rfc822; kim@example.net Final-Recipient: rfc822; pat@example.net "
	grep -q '^Original-Envelope-Id: id+1' "$(arrived 1)" "$(arrived 2)"
	grep -q 'could not be delivered yet to:' "$(arrived 1)"
	assert_queued 5
}

@test "report: a clock that jumps, a machine that sleeps: no expiry at once" {
	down "spool-max-age 1d"
	for jump in 864000 90000000; do
		to_pat
		run_queue
		run_queue
		later $jump
		run_queue
		run_queue
		assert_queued 1
		log_lacks bounced
		# It was in the future, and is right again.
		later -$jump
		run_queue
		assert_queued 1
		log_lacks bounced
		# From here on it ages as ever.
		for try in 1 2; do
			later 28801
			run_queue
			assert_queued 1
		done
		later 28801
		run_queue
		log_has 'status=bounced .given up after 24 hours'
		rm -r "$PART"
	done
}

@test "report: sent although the spool is full" {
	down "spool-max-messages 1"
	to_pat
	up --on 'RCPT:pat@=550 5.1.1 no such user'
	run_queue
	assert_received 1
	assert_queued 0
}

@test "report: killed before the report: it comes in the next run" {
	down
	to_pat
	up --on 'RCPT:pat@=550 5.1.1 no such user'
	status=0
	env -i "${ENV[@]}" strace -f -o /dev/null -e inject=fdatasync:signal=KILL:when=2 \
		"$SENDLET" --config "$CONF" -q 2>"$ERR" || status=$?
	assert_equal "$(marks "$(queued)")" F
	run_queue
	assert_received 1
	assert_equal "$(parse 'status()[1]["Diagnostic-Code"]')" 'smtp; 550 5.1.1 no such user'
	assert_queued 0
}

@test "report: what the sender wants is passed on to a relay that knows DSN" {
	start_sink --ehlo DSN,8BITMIME
	conf_plain
	send -N success,failure -R hdrs -V 'a b=c' -f kit@example.org pat@example.net < <(message)
	assert_sent
	grep -qF 'MAIL FROM:<kit@example.org> RET=HDRS ENVID=a+20b+3Dc' "$SINK/trace"
	grep -qF 'RCPT TO:<pat@example.net> NOTIFY=SUCCESS,FAILURE' "$SINK/trace"
}

@test "report: it survives the spool" {
	down
	submit -N delay -R full -V xyz pat@example.net
	up --ehlo DSN
	run_queue
	grep -qF 'RET=FULL ENVID=xyz' "$SINK/trace"
	grep -qF 'NOTIFY=DELAY' "$SINK/trace"
}

@test "report: bad -N, -R and -V" {
	down
	for bad in '-N sometimes' '-N never,failure' '-R some' "-V $(printf '%0101d' 0)"; do
		# shellcheck disable=SC2086 # two words
		send $bad pat@example.net < <(message)
		assert_exit 64
	done
	assert_queued 0
}

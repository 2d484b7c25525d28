#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# sendlet --check: each thing that can be wrong has its line, its hint and its
# exit status, in text and in JSON, and no output ever has a secret.  What is
# asked of name servers is in check-dns.bats.

# shellcheck disable=SC2030,SC2031,SC2034,SC2153 # each test is a shell of its own
load lib/common
load lib/net
load lib/check

login() {
	printf '%s\n' 'user kit@example.org' "password \"$SECRET\""
}

@test "check: all is well, and nothing is sent" {
	start_sink --size 5000000 --auth 'PLAIN LOGIN' --auth-plaintext --require-auth
	conf_plain "$(login)" 'auth-without-tls yes' 'root ops@example.com'
	check
	assert_exit 0
	[[ ! -s $ERR ]]
	assert_step configuration ok '\(owner .*, group .*, mode 0600\); 8 settings in lines 1-8'
	assert_step aliases ok 'no aliases; root is ops@example.com'
	assert_step address ok '<ops@example.com> is root'
	assert_step connection ok "127.0.0.1\[127.0.0.1\]:$PORT"
	assert_step greeting ok '220 relay.example.com'
	assert_step capabilities ok 'AUTH PLAIN LOGIN, PIPELINING, SIZE 5000000, 8BITMIME; messages over 5000000'
	assert_step login ok 'PLAIN as kit@example.org: accepted'
	assert_step sender ok '<[^>]*@client.example.org>: 250'
	assert_step recipient ok '<ops@example.com>: 250'
	assert_step spool ok off
	[[ $(last_line) =~ ^ok:\ mail\ to\ root\ would\ be\ taken\ \(exit\ status\ 0,\ [0-9]+\ ms\)$ ]]
	assert_equal "$(json 'found["status"], found["address"]')" "('ok', 'root')"
	assert_equal "$(json 'step("login")["mechanism"], step("recipient")["address"]')" "('PLAIN', 'ops@example.com')"
	assert_received 0
	assert_wire_clean
	grep -q "C b'RSET" "$SINK/trace"
	grep -q "C b'QUIT" "$SINK/trace"
}

@test "check: a relay that refuses something" {
	local rule step code words hint
	while IFS='|' read -r rule step code words hint; do
		start_sink --on "${rule%&*}" --on "${rule#*&}"
		conf_plain
		check pat@example.net
		assert_exit "$code"
		assert_step "$step" failure "$words"
		assert_hint "$step" "$hint"
		[[ $(last_line) == failure:* ]] || fail "$(last_line)"
		assert_received 0
		stop_sinks
		rm -r "$SINK"
	done <<-'END'
		GREETING=554 5.7.1 go away|greeting|69|greeting: 554 5.7.1 go away|ask the relay's operator
		GREETING=421 4.3.2 busy|greeting|69|greeting: 421 4.3.2 busy|try again later
		GREETING=close|greeting|69|closed by the relay|check the port
		GREETING=299 hello|greeting|76|299 hello|check the port
		EHLO=550 5.7.1 who&HELO=550 5.7.1 who|capabilities|69|HELO: .*|check hostname
		MAIL=550 5.7.1 not you|sender|65|<.*>: MAIL FROM: 550 5.7.1 not you|set from
		MAIL=530 5.7.0 login|sender|77|530|set user and password
		MAIL=451 4.3.0 later|sender|69|451|try again later
		MAIL=close|sender|69|closed by the relay|set from
		RCPT=554 5.7.1 Relay access denied|recipient|67|<pat@example.net>: .*554|set user and password
		RCPT=550 5.1.1 no such user|recipient|67|550 5.1.1 no such user|check the address
		RCPT=450 4.2.0 greylisted|recipient|69|450|try again later
		RCPT=reset|recipient|69|<pat@example.net>: |check the address
	END
}

@test "check: a server from before EHLO" {
	start_sink --on 'EHLO=500 what'
	conf_plain
	check pat@example.net
	assert_exit 0
	assert_step capabilities warning 'HELO only'
	assert_hint capabilities 'use another one'
}

@test "check: a login that fails" {
	start_sink --auth 'PLAIN LOGIN' --auth-plaintext --password other
	conf_plain "$(login)" 'auth-without-tls yes'
	check pat@example.net
	assert_exit 77
	assert_step login failure 'AUTH PLAIN: 535'
	assert_hint login 'check user and password'
	conf_plain "$(login)"
	check pat@example.net
	assert_exit 77
	assert_step login failure 'refused without TLS'
	stop_sinks
	start_sink
	conf_plain "$(login)" 'auth-without-tls yes'
	check pat@example.net
	assert_exit 77
	assert_step login failure 'not offered by the relay'
	assert_hint login 'port for submission'
	refute_step sender
}

@test "check: nobody is there" {
	conf <<<"relay smtp+notls://127.0.0.1:$(closed_port)"
	check pat@example.net
	assert_exit 69
	assert_step connection failure 'connection refused'
	assert_hint connection 'a server listens there'
	refute_step greeting
	conf <<<"relay lmtp:$BATS_TEST_TMPDIR/no-socket"
	check pat@example.net
	assert_exit 69
	assert_step connection failure 'No such file'
	assert_hint connection 'socket'
}

@test "check: it does not wait long, and says so" {
	start_sink --on 'GREETING=stall'
	conf_plain 'timeout-greeting 1s'
	check pat@example.net
	assert_exit 69
	assert_step greeting failure 'timed out; --check waits'
	assert_hint greeting 'submissions://'
}

@test "check: one of several addresses is away" {
	start_sink --listen 127.0.0.1
	HOSTS="127.0.0.2 two.example"$'\n'"127.0.0.1 two.example" conf <<<"relay smtp+notls://two.example:$PORT"
	HOSTS="127.0.0.2 two.example"$'\n'"127.0.0.1 two.example" check pat@example.net
	assert_exit 0
	assert_step addresses ok 'two.example: 127.0.0.2, 127.0.0.1'
	assert_step connection warning "two.example\[127.0.0.1\]:$PORT; not two.example\[127.0.0.2\]:$PORT: connection refused"
	assert_hint connection 'address-family'
	[[ $(last_line) == 'warning: mail to pat@example.net would be taken '* ]]
}

@test "check: several relays are all looked at" {
	local first second
	start_sink -n first --on 'RCPT=450 4.2.0 later'
	first=$PORT
	start_sink -n second
	second=$PORT
	conf <<-END
		relay smtp+notls://127.0.0.1:$(closed_port)
		relay smtp+notls://127.0.0.1:$first
		relay smtp+notls://127.0.0.1:$second
		relay smtp+notls://127.0.0.1:$first
		sender *@elsewhere.example
	END
	check pat@example.net
	assert_exit 0
	assert_step connection failure 'refused'
	assert_step recipient failure '450'
	assert_step recipient ok '250'
	assert_step sender ok 'not for <.*>: only for \*@elsewhere.example'
	assert_equal "$(grep -c '^smtp+notls://.* (line ' "$OUT")" 4
	assert_equal "$(json '[s["relay"] for s in found["steps"] if s["step"] == "recipient"]')" \
		"['smtp+notls://127.0.0.1:$first', 'smtp+notls://127.0.0.1:$second']"
	[[ $(last_line) == 'warning: '* ]]
	assert_received 0
}

@test "check: the worst answer is the exit status, as for sending" {
	start_sink --on 'RCPT:one=550 5.1.1 no' --on 'RCPT:two=450 4.2.0 later'
	conf_plain
	check 'one@example.net, two@example.net, three@example.net'
	assert_exit 69
	check 'one@example.net, three@example.net'
	assert_exit 67
	check 'three@example.net, not an address'
	assert_exit 65
	assert_step address failure 'not an address'
	assert_step recipient ok three
}

@test "check: usage" {
	conf_plain
	for options in '--check a@example.net b@example.net' '--check -t' '--check --json=yes'; do
		# shellcheck disable=SC2086 # words
		send $options
		assert_exit 64
		[[ ! -s $OUT ]]
	done
}

@test "check: no relay for this sender" {
	conf <<-END
		relay smtp+notls://127.0.0.1:$(closed_port)
		sender *@elsewhere.example
	END
	check pat@example.net
	assert_exit 78
	assert_step sender failure 'no relay for the sender'
	assert_hint sender 'without sender lines'
}

@test "check: -f and the sender's rewriting" {
	start_sink
	conf_plain 'sender-map kit noreply@example.com'
	check -f kit pat@example.net
	assert_step sender ok '<noreply@example.com>: 250'
	conf <<-END
		relay smtp+notls://127.0.0.1:$PORT
		force-from alerts@example.com
	END
	check -f kit@example.org pat@example.net
	assert_step sender ok '<alerts@example.com>: 250'
	check -f '<>' pat@example.net
	assert_step sender ok '<>: 250'
}

@test "check: --send sends one message, to the first relay that takes it" {
	local first
	start_sink -n first --on 'RCPT=450 4.2.0 later'
	first=$PORT
	start_sink -n third
	local third=$PORT
	start_sink
	conf <<-END
		log stderr
		root ops@example.com
		relay smtp+notls://127.0.0.1:$first
		relay smtp+notls://127.0.0.1:$PORT
		relay smtp+notls://127.0.0.1:$third
	END
	send --check --send
	assert_exit 0
	assert_received 1
	assert_equal "$(envelope recipients)" ops@example.com
	grep -q '^Subject: Test of sendlet' "$(arrived)"
	grep -q '^To: <ops@example.com>' "$(arrived)"
	grep -q '^Auto-Submitted: auto-generated' "$(arrived)"
	grep -q '^From: ' "$(arrived)"
	grep -qE '^message +ok +[0-9]+ ms  <ops@example.com>: 250' "$OUT"
	grep -qE 'to=<ops@example.com>, .*status=sent' "$ERR"
	[[ $(last_line) == 'warning: the test message to root was taken '* ]]
	SINK=$BATS_TEST_TMPDIR/first assert_received 0
	SINK=$BATS_TEST_TMPDIR/third assert_received 0
	assert_wire_clean
}

@test "check: --send that fails" {
	start_sink --on 'EOM=554 5.6.0 spam'
	conf_plain
	send --check --send pat@example.net
	assert_exit 65
	grep -qE '^message +failure .*554 5.6.0 spam' "$OUT"
	[[ $(last_line) == 'failure: mail to pat@example.net: '*554* ]]
}

@test "check: TLS, its certificate and its pin" {
	certificate ca ca.pem "Test CA"
	certificate cert good.pem IP:127.0.0.1 ca.pem days=300
	local pin
	pin=$("$ROOT/tests/certs/make.sh" pin "$BATS_FILE_TMPDIR/good.pem")
	start_sink --tls starttls --cert "$BATS_FILE_TMPDIR/good.pem" --auth SCRAM-SHA-256 --require-tls
	conf <<-END
		relay smtp+tls://127.0.0.1:$PORT
		ca-file $BATS_FILE_TMPDIR/ca.pem
		$(login)
	END
	check pat@example.net
	assert_exit 0
	assert_step files ok "ca-file $BATS_FILE_TMPDIR/ca.pem \(owner .*mode"
	assert_step tls ok 'TLSv1.3 with .*; CN=test, by CN=Test CA, until 20[0-9-]+; pin sha256:[0-9a-f]{64}$'
	assert_step login ok SCRAM-SHA-256
	[[ $(json 'step("tls")["pin"]') == *"${pin#sha256:}" ]]
	assert_equal "$(json 'step("tls")["verified"], step("tls")["days"] in (299, 300)')" "('yes', True)"
	assert_equal "$(grep -c '^capabilities' "$OUT")" 2
	conf <<-END
		relay smtp+tls://127.0.0.1:$PORT
		tls-pin sha256:${pin#sha256:}
	END
	check pat@example.net
	assert_exit 0
	assert_step tls ok ', which is listed'
	conf <<-END
		relay smtp://127.0.0.1:$PORT
		ca-file /etc/ssl/certs/ca-certificates.crt
	END
	check pat@example.net
	assert_exit 0
	assert_step tls warning 'not verified'
	assert_hint tls "tls-pin sha256:${pin#sha256:}"
	conf <<-END
		relay smtp+tls://127.0.0.1:$PORT
		ca-file /etc/ssl/certs/ca-certificates.crt
	END
	check pat@example.net
	assert_exit 69
	assert_step tls failure 'unknown authority'
	assert_hint tls ca-file
}

@test "check: certificates that expire soon, are for others, or have expired" {
	certificate ca ca.pem "Test CA"
	certificate cert soon.pem IP:127.0.0.1 ca.pem
	certificate cert other.pem DNS:other.example ca.pem
	certificate cert old.pem IP:127.0.0.1 ca.pem expired
	local name
	for name in soon other old; do
		start_sink -n $name --tls implicit --cert "$BATS_FILE_TMPDIR/$name.pem"
		conf <<-END
			relay submissions://127.0.0.1:$PORT
			ca-file $BATS_FILE_TMPDIR/ca.pem
		END
		check pat@example.net
		cp "$OUT" "$OUT.$name"
		cp "$OUT.json.steps" "$OUT.$name.steps"
		echo "$status" >"$OUT.$name.status"
	done
	assert_equal "$(cat "$OUT".{soon,other,old}.status | tr '\n' ' ')" "0 69 69 "
	cp "$OUT.soon" "$OUT" && cp "$OUT.soon.steps" "$OUT.json.steps"
	assert_step tls warning '(1 day|2 days) left'
	assert_hint tls 'renew'
	cp "$OUT.other" "$OUT" && cp "$OUT.other.steps" "$OUT.json.steps"
	assert_step tls failure 'not for this name but for other.example'
	assert_hint tls 'name the relay as its certificate does'
	cp "$OUT.old" "$OUT" && cp "$OUT.old.steps" "$OUT.json.steps"
	assert_step tls failure expired
	assert_hint tls 'renew'
}

@test "check: TLS that is not to be had" {
	start_sink
	conf <<<"relay submission://127.0.0.1:$PORT"
	check pat@example.net
	assert_exit 69
	assert_step tls failure 'STARTTLS: not offered'
	assert_hint tls submissions://
	conf <<<"relay smtp://127.0.0.1:$PORT"
	check pat@example.net
	assert_exit 0
	assert_step tls ok 'STARTTLS is not offered'
	conf <<-END
		relay submissions://127.0.0.1:$PORT
	END
	check pat@example.net
	assert_exit 69
	assert_step tls failure 'does not answer with TLS'
	assert_hint tls submission://
}

@test "check: files for TLS that are none" {
	certificate ca ca.pem "Test CA"
	certificate cert good.pem IP:127.0.0.1 ca.pem
	start_sink --tls starttls --cert "$BATS_FILE_TMPDIR/good.pem"
	local lines words
	while IFS='|' read -r lines words; do
		conf <<-END
			relay smtp+tls://127.0.0.1:$PORT
			${lines//@/$BATS_FILE_TMPDIR}
			$(grep -q ca-file <<<"$lines" || echo "tls-key $BATS_FILE_TMPDIR/good.pem.key")
		END
		check pat@example.net
		assert_exit 78
		assert_step tls failure "TLS: .*$words"
		assert_hint tls 'check ca-file, tls-cert and tls-key'
	done <<-'END'
		ca-file /nonexistent|/nonexistent: No such file
		ca-file @/good.pem.key|good.pem.key: no certificate in PEM form
		tls-cert /nonexistent|/nonexistent: No such file
		tls-cert @/good.pem.key|no certificate in PEM form
	END
}

@test "check: LMTP, Unix sockets, Maildirs, proxies" {
	start_sink -n local --listen "$BATS_TEST_TMPDIR/socket" --lmtp
	conf <<<"relay lmtp:$BATS_TEST_TMPDIR/socket"
	check pat@example.net
	assert_exit 0
	assert_step connection ok "$BATS_TEST_TMPDIR/socket"
	refute_step addresses
	assert_step recipient ok 250
	conf <<<"relay maildir:$BATS_TEST_TMPDIR/mail"
	check pat@example.net
	assert_exit 0
	assert_step maildir ok 'a Maildir'
	[[ ! -e $BATS_TEST_TMPDIR/mail ]]
	send --check --send pat@example.net
	assert_exit 0
	assert_equal "$(find "$BATS_TEST_TMPDIR/mail/new" -type f | wc -l)" 1
	: >"$BATS_TEST_TMPDIR/file"
	conf <<<"relay maildir:$BATS_TEST_TMPDIR/file"
	check pat@example.net
	assert_exit 73
	assert_step maildir failure 'Not a directory'
	conf <<<"relay maildir:$BATS_TEST_TMPDIR/no/mail"
	check pat@example.net
	assert_exit 73
	assert_step maildir failure 'No such file'
	start_sink
	mkdir "$BATS_TEST_TMPDIR/proxy"
	"${INSIDE[@]}" timeout 60 "${PYTHON[@]}" "$ROOT/tests/lib/proxyd.py" "$BATS_TEST_TMPDIR/requests" \
		>"$BATS_TEST_TMPDIR/proxy/port" 2>"$BATS_TEST_TMPDIR/proxy/errors" 3>&- 4>&- &
	echo $! >"$BATS_TEST_TMPDIR/proxy/pid"
	eventually test -s "$BATS_TEST_TMPDIR/proxy/port"
	conf <<-END
		proxy "socks5://kit:open%20sesame@127.0.0.1:$(<"$BATS_TEST_TMPDIR/proxy/port")"
		relay smtp+notls://mail.far:$PORT
	END
	SECRET='open%20sesame' check pat@example.net
	assert_no_secret
	assert_step connection ok '127.0.0.1\[127.0.0.1\]'
}

@test "check: which lines count" {
	start_sink
	conf <<-END
		timeout-dot 1m
		timeout-data 1m
		relay smtp+notls://127.0.0.1:$PORT
		timeout-data 2m
		from one@example.org
	END
	ENV=(SENDLET_FROM=two@example.org)
	check pat@example.net
	assert_exit 0
	assert_step configuration warning 'lines 1-2, 4-5, 7-8; .*from is set by the environment; without effect: lines 3, 6'
	assert_hint configuration 'take them out'
	assert_equal "$(json 'step("configuration")["lines"]')" '1-2, 4-5, 7-8'
	assert_step sender ok '<two@example.org>'
	ENV=("SENDLET_RELAY=smtp+notls://127.0.0.1:$PORT")
	check pat@example.net
	assert_exit 0
	assert_step configuration warning 'without effect: lines 4-6'
}

@test "check: every error of a configuration, and files that may not be read" {
	conf <<-'END'
		relay smtp.example.com
		colour red
		tls-min 1.1
	END
	check
	assert_exit 78
	assert_step configuration failure ':3: "colour": unknown keyword'
	assert_step configuration failure ':4: tls-min: '
	assert_step configuration failure '2 errors in the configuration'
	assert_hint configuration 'sendlet.conf\(5\)'
	[[ ! -s $ERR ]]
	[[ $(last_line) == 'failure: 2 errors in the configuration '* ]]
	conf <<<""
	check
	assert_exit 78
	assert_step configuration failure 'no relay configured'
	PORT=25 conf_plain "password file:$BATS_TEST_TMPDIR/none" 'user kit'
	check
	assert_exit 78
	assert_step configuration failure "$BATS_TEST_TMPDIR/none"
	PORT=25 conf_plain
	chmod 666 "$CONF"
	check
	assert_exit 77
	assert_step configuration failure 'others may write to it'
}

@test "check: a password that everybody can read" {
	start_sink --auth PLAIN --auth-plaintext
	(umask 022 && echo "$SECRET" >"$BATS_TEST_TMPDIR/password")
	conf_plain 'user kit@example.org' "password file:$BATS_TEST_TMPDIR/password" 'auth-without-tls yes'
	check pat@example.net
	assert_exit 0
	assert_step files warning "password $BATS_TEST_TMPDIR/password \(owner .*mode 0644\)"
	assert_hint files "chmod o-r"
	rm "$BATS_TEST_TMPDIR/password"
}

@test "check: aliases" {
	start_sink
	printf '%s\n' 'root: pat@example.net, kit' 'kit: kit@example.org' 'bad: |/bin/sh' >"$BATS_TEST_TMPDIR/aliases"
	chmod 644 "$BATS_TEST_TMPDIR/aliases"
	ALIASES=("SENDLET_ALIASES=$BATS_TEST_TMPDIR/aliases")
	conf_plain
	check
	assert_exit 0
	assert_step aliases warning 'aliases: 3 aliases; .*:3: .*programs are not run'
	assert_hint aliases newaliases
	assert_step address ok '<pat@example.net> is root; <kit@example.org> is root'
	assert_step recipient ok '<kit@example.org>: 250'
	check bad
	assert_exit 65
	assert_step address failure '<bad>.*; .*'
}

@test "check: the spool" {
	start_sink
	SPOOL=$BATS_TEST_TMPDIR/spool conf_plain
	check pat@example.net
	assert_exit 0
	assert_step spool ok 'made when it is needed'
	[[ ! -e $BATS_TEST_TMPDIR/spool ]]
	SPOOL=$BATS_TEST_TMPDIR/spool PORT=$(closed_port) conf_plain
	message | sendlet -f kit@example.org pat@example.net
	SPOOL=$BATS_TEST_TMPDIR/spool conf_plain
	check pat@example.net
	assert_step spool ok '1 message, 0 held, 0 dead'
	assert_equal "$(json 'step("spool")["messages"], step("spool")["room"] > 0')" '(1, True)'
	chmod 777 "$BATS_TEST_TMPDIR/spool"
	check pat@example.net
	assert_exit 0
	assert_step spool failure 'must belong to root or you'
}

@test "check: as a probe of Nagios, as the manual page has it" {
	local probe=$BATS_TEST_TMPDIR/probe
	awk '/^\.Bd -literal/ { text = ""; inside = 1; next } /^\.Ed/ { if (text ~ /last=/) printf "%s", text; inside = 0 }
		inside { text = text $0 "\n" }' "$ROOT/man/sendlet.8" >"$probe"
	grep -q 'sendlet --check' "$probe"
	nagios() {
		status=0
		(
			sendlet_() { sendlet "$@"; }
			eval "$(sed 's/sendlet --check/sendlet_ --check pat@example.net/' "$probe")"
		) >"$OUT" || status=$?
		assert_equal "$(wc -l <"$OUT")" 1
	}
	start_sink
	conf_plain
	nagios
	assert_exit 0
	[[ $(<"$OUT") == ok:* ]]
	conf_plain "relay smtp+notls://127.0.0.1:$(closed_port)"
	nagios
	assert_exit 1
	[[ $(<"$OUT") == warning:* ]]
	conf <<<"relay smtp+notls://127.0.0.1:$(closed_port)"
	nagios
	assert_exit 2
	[[ $(<"$OUT") == failure:* ]]
}

@test "check: colour on a terminal only, and only where it is wanted" {
	start_sink
	conf_plain
	send --check pat@example.net
	! grep -q $'\033' "$OUT" || fail "colour in a file"
	for wanted in TERM=xterm,yes TERM=dumb,no TERM=,no TERM=xterm:NO_COLOR=1,no TERM=xterm:NO_COLOR=,yes; do
		IFS=: read -ra ENV <<<"${wanted%,*}"
		timeout 20 "${INSIDE[@]}" env -i "${ALIASES[@]}" "${ENV[@]}" "${PYTHON[@]}" -c \
			'import pty, sys; sys.exit(pty.spawn(sys.argv[1:]))' \
			"$SENDLET" --config "$CONF" --check pat@example.net </dev/null >"$OUT"
		grep -q 'recipient' "$OUT"
		assert_equal "$wanted" "${wanted%,*},$(grep -q $'\033\\[32mok' "$OUT" && echo yes || echo no)"
	done
}

@test "check: output that cannot be written is a failure" {
	start_sink
	conf_plain
	status=0
	sendlet --check pat@example.net >/dev/full 2>"$ERR" || status=$?
	assert_exit 74
	assert_stderr_line 'sendlet: standard output: cannot be written'
}

@test "check: with -v the dialogue is shown, without its secrets" {
	start_sink --auth PLAIN --auth-plaintext
	conf_plain "$(login)" 'auth-without-tls yes'
	send -v --check pat@example.net
	assert_exit 0
	assert_no_secret
	assert_stderr_line '-> AUTH PLAIN \*\*\*\*'
}

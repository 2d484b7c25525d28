#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# Authentication: each mechanism against a server that checks, the choice
# among several, secrets from everywhere, and what happens without.

# shellcheck disable=SC2030,SC2031,SC2034,SC2153 # each test is a shell of its own
load lib/common

setup_file() {
	certificate self relay.pem IP:127.0.0.1
}

# start MECHANISMS [OPTION...]: a sink that wants authentication under TLS.
start() {
	start_sink --tls starttls --cert "$BATS_FILE_TMPDIR/relay.pem" --require-auth --auth "$@"
}

# relay [LINE...]: user and password are right unless a LINE says otherwise.
relay() {
	conf <<-END
		relay smtp+tls://127.0.0.1:$PORT
		ca-file $BATS_FILE_TMPDIR/relay.pem
		user kit@example.org
		$(printf '%s\n' "$@")
	END
	grep -q ^password "$CONF" || echo 'password "open sesame"' >>"$CONF"
}

send_one() {
	send -f kit@example.org pat@example.net < <(message)
}

assert_mechanism() {
	assert_sent
	assert_equal "$(envelope mechanism) $(envelope auth)" "$1 ${2:-kit@example.org}"
}

for_mechanism() {
	start "$1" "${@:2}"
	relay "auth $1"
	send_one
	assert_mechanism "$1"
}

@test "auth: PLAIN" {
	for_mechanism PLAIN
}

@test "auth: LOGIN" {
	for_mechanism LOGIN
}

@test "auth: CRAM-MD5" {
	for_mechanism CRAM-MD5
}

@test "auth: SCRAM-SHA-1" {
	for_mechanism SCRAM-SHA-1
}

@test "auth: SCRAM-SHA-256" {
	for_mechanism SCRAM-SHA-256
}

@test "auth: SCRAM-SHA-1-PLUS, bound to TLS 1.2" {
	for_mechanism SCRAM-SHA-1-PLUS --tls-max 1.2
}

@test "auth: SCRAM-SHA-256-PLUS, bound to TLS 1.2" {
	for_mechanism SCRAM-SHA-256-PLUS --tls-max 1.2
}

@test "auth: SCRAM-SHA-256-PLUS, bound to TLS 1.3" {
	for_mechanism SCRAM-SHA-256-PLUS --tls-min 1.3
}

@test "auth: OAUTHBEARER" {
	start OAUTHBEARER --password a.token-with_signs~+/==
	relay 'auth OAUTHBEARER' 'password a.token-with_signs~+/=='
	send_one
	assert_mechanism OAUTHBEARER
}

@test "auth: XOAUTH2" {
	start XOAUTH2
	relay 'auth XOAUTH2'
	send_one
	assert_mechanism XOAUTH2
}

@test "auth: EXTERNAL by client certificate" {
	certificate self client.pem "" cn=kit
	start EXTERNAL --client-ca "$BATS_FILE_TMPDIR/client.pem"
	conf <<-END
		relay smtp+tls://127.0.0.1:$PORT
		ca-file $BATS_FILE_TMPDIR/relay.pem
		tls-cert $BATS_FILE_TMPDIR/client.pem
		tls-key $BATS_FILE_TMPDIR/client.pem.key
		auth EXTERNAL
	END
	send_one
	assert_mechanism EXTERNAL kit
}

@test "auth: under implicit TLS" {
	start_sink --tls implicit --cert "$BATS_FILE_TMPDIR/relay.pem" --require-auth --auth PLAIN
	conf <<-END
		relay submissions://127.0.0.1:$PORT
		ca-file $BATS_FILE_TMPDIR/relay.pem
		user kit@example.org
		password "open sesame"
	END
	send_one
	assert_mechanism PLAIN
}

@test "auth: names and passwords of any characters" {
	for name in 'k=i,t' 'kit, the 1st' "o'kit"; do
		for mechanism in PLAIN LOGIN CRAM-MD5 SCRAM-SHA-256; do
			start_sink -n "$mechanism" --tls starttls --cert "$BATS_FILE_TMPDIR/relay.pem" \
				--require-auth --auth "$mechanism" --user "$name" --password 'p=a,s#s "w'
			conf <<-END
				relay smtp+tls://127.0.0.1:$PORT
				ca-file $BATS_FILE_TMPDIR/relay.pem
				user "$name"
				password env:SECRET
			END
			ENV+=('SECRET=p=a,s#s "w')
			send_one
			assert_mechanism "$mechanism" "$name"
			kill "$(<"$SINK/pid")"
			rm -r "$SINK"
		done
	done
}

@test "auth: of several mechanisms the best is taken" {
	start "LOGIN CRAM-MD5 PLAIN"
	relay
	send_one
	assert_mechanism PLAIN
}

@test "auth: the administrator's list decides" {
	start "PLAIN LOGIN CRAM-MD5"
	relay 'auth CRAM-MD5 LOGIN'
	send_one
	assert_mechanism CRAM-MD5
}

@test "auth: mechanism names are compared without case" {
	start PLAIN --on 'EHLO#2=250-relay.example.com\n250 auth plain'
	relay
	send_one
	assert_exit 0
	assert_equal "$(envelope auth)" kit@example.org
}

@test "auth: no mechanism in common: what was offered is listed, nothing sent" {
	start "NTLM GSSAPI"
	relay
	send_one
	assert_exit 77
	assert_received 0
	assert_stderr_line 'sendlet: .*NTLM GSSAPI.*'
	assert_wire_clean
}

@test "auth: a user but no AUTH offered: nothing is sent" {
	start_sink --tls starttls --cert "$BATS_FILE_TMPDIR/relay.pem"
	relay
	send_one
	assert_exit 77
	assert_received 0
	assert_wire_clean
}

@test "auth: the secret does not go over plain text" {
	start_sink --auth "PLAIN LOGIN" --auth-plaintext --require-auth
	conf <<-END
		relay smtp+notls://127.0.0.1:$PORT
		user kit@example.org
		password "open sesame"
	END
	send_one
	assert_exit 77
	assert_received 0
	assert_stderr_line 'sendlet: .*auth-without-tls.*'
	! grep -qi auth "$SINK/wire.1" || fail "AUTH was sent"
	assert_wire_clean
}

@test "auth: nor is a login tried there that does not show the secret" {
	start_sink --auth "SCRAM-SHA-256 SCRAM-SHA-1 CRAM-MD5" --auth-plaintext
	conf_plain 'user kit@example.org' 'password "open sesame"'
	send_one
	assert_exit 77
	assert_received 0
	assert_stderr_line 'sendlet: .*refused without TLS.*'
	! grep -qi auth "$SINK/wire.1" || fail "AUTH was sent"
}

@test "auth: auth-without-tls yes lets it go" {
	start_sink --auth PLAIN --auth-plaintext --require-auth
	conf <<-END
		relay smtp+notls://127.0.0.1:$PORT
		user kit@example.org
		password "open sesame"
		auth-without-tls yes
	END
	send_one
	assert_mechanism PLAIN
}

@test "auth: what listens is told the password only if nothing else will do" {
	start_sink --auth "PLAIN LOGIN CRAM-MD5 SCRAM-SHA-256" --auth-plaintext --require-auth
	conf_plain 'user kit@example.org' 'password "open sesame"' 'auth-without-tls yes'
	send_one
	assert_mechanism SCRAM-SHA-256
}

@test "auth: smtp:// does not give the secret to a certificate nobody verified" {
	start PLAIN
	conf <<-END
		relay smtp://127.0.0.1:$PORT
		user kit@example.org
		password "open sesame"
	END
	send_one
	assert_exit 77
	assert_received 0
	! grep -q 'AUTH PLAIN ' "$SINK/wire.1" || fail "the secret was sent"
}

@test "auth: a wrong password is told in the relay's words" {
	for mechanism in PLAIN LOGIN CRAM-MD5 SCRAM-SHA-1 SCRAM-SHA-256 OAUTHBEARER XOAUTH2; do
		start_sink -n "$mechanism" --tls starttls --cert "$BATS_FILE_TMPDIR/relay.pem" \
			--require-auth --auth "$mechanism"
		relay "auth $mechanism" 'password wrong'
		send_one
		assert_exit 77
		assert_received 0
		assert_stderr_line 'sendlet: .*535 5\.7\.8 Authentication failed.*'
		refute_stderr wrong$
		assert_wire_clean
	done
}

@test "auth: a SCRAM server that cannot prove itself gets no mail" {
	for mechanism in SCRAM-SHA-1 SCRAM-SHA-256; do
		start_sink -n "$mechanism" --tls starttls --cert "$BATS_FILE_TMPDIR/relay.pem" \
			--auth "$mechanism" --forge-signature
		relay "auth $mechanism"
		send_one
		[[ $status == 76 || $status == 77 ]] || fail "exit $status"
		assert_received 0
	done
}

@test "auth: a SCRAM server that skips the proof gets no mail" {
	start_sink --tls starttls --cert "$BATS_FILE_TMPDIR/relay.pem" --auth SCRAM-SHA-256 \
		--on 'AUTH#1=235 2.7.0 welcome'
	relay
	send_one
	[[ $status == 76 || $status == 77 ]] || fail "exit $status"
	assert_received 0
}

@test "auth: a long token waits for the 334" {
	token=$(printf '%02000d' 7)
	for mechanism in XOAUTH2 OAUTHBEARER PLAIN; do
		start_sink -n "$mechanism" --tls starttls --cert "$BATS_FILE_TMPDIR/relay.pem" \
			--require-auth --auth "$mechanism" --password "$token"
		relay "auth $mechanism" "password $token"
		send_one
		assert_mechanism "$mechanism"
		grep -q "C b'AUTH $mechanism\\\\r" "$SINK/trace"
	done
}

# -- where the secret comes from --------------------------------------------------------------

# from SECRET: the password keyword's value that must yield "open sesame".
from() {
	start PLAIN
	relay "password $1"
	send_one
	assert_mechanism PLAIN
}

@test "auth: password file:, its line end taken off" {
	echo 'open sesame' >"$BATS_TEST_TMPDIR/secret"
	chmod 600 "$BATS_TEST_TMPDIR/secret"
	from "file:$BATS_TEST_TMPDIR/secret"
}

@test "auth: password file: with CRLF" {
	printf 'open sesame\r\n' >"$BATS_TEST_TMPDIR/secret"
	chmod 600 "$BATS_TEST_TMPDIR/secret"
	from "file:$BATS_TEST_TMPDIR/secret"
}

@test "auth: password env:" {
	ENV+=("MAIL_SECRET=open sesame")
	from env:MAIL_SECRET
}

@test "auth: password credential:" {
	mkdir "$BATS_TEST_TMPDIR/credentials"
	printf 'open sesame' >"$BATS_TEST_TMPDIR/credentials/mail"
	chmod 600 "$BATS_TEST_TMPDIR/credentials/mail"
	ENV+=("CREDENTIALS_DIRECTORY=$BATS_TEST_TMPDIR/credentials")
	from credential:mail
}

@test "auth: password command: runs without a shell" {
	ENV+=('SENDLET_PASSWORD=command:/usr/bin/printf "open %s" sesame')
	from wrong
}

@test "auth: password command: is not run for a file that is not the first word" {
	start PLAIN
	relay "password \"command:/usr/bin/touch $BATS_TEST_TMPDIR/ran\""
	mv "$CONF" "$CONF.other"
	conf_plain
	send -f kit@example.org --config "$CONF.other" pat@example.net < <(message)
	assert_exit 64
	send -f kit@example.org "--config=$CONF.other" pat@example.net < <(message)
	assert_exit 64
	send -f kit@example.org -C "$CONF.other" pat@example.net < <(message)
	[[ ! -e $BATS_TEST_TMPDIR/ran ]]
}

@test "auth: password command: in the file that is the first word" {
	from '"command:/usr/bin/printf \"open %s\" sesame"'
}

@test "auth: password command: that fails" {
	start PLAIN
	ENV+=('SENDLET_PASSWORD=command:/bin/false')
	relay
	send_one
	[[ $status != 0 ]]
	assert_received 0
	assert_stderr_line 'sendlet: .*/bin/false.*'
}

@test "auth: password file: that is missing" {
	start PLAIN
	relay "password file:$BATS_TEST_TMPDIR/none"
	send_one
	assert_exit 78
	assert_received 0
	assert_stderr_line 'sendlet: .*none.*'
}

@test "auth: a literal password in a file others can read is refused" {
	start PLAIN
	relay
	chmod 644 "$CONF"
	send_one
	assert_exit 77
	assert_received 0
	assert_stderr_line "$CONF:[0-9]+: .*mode 0644.*"
	refute_stderr 'open sesame'
}

@test "auth: the user and the password from the environment" {
	start PLAIN
	conf <<-END
		relay smtp+tls://127.0.0.1:$PORT
		ca-file $BATS_FILE_TMPDIR/relay.pem
	END
	ENV+=("SENDLET_USER=kit@example.org" "SENDLET_PASSWORD=open sesame")
	send_one
	assert_mechanism PLAIN
}

# -- what is shown ----------------------------------------------------------------------------

@test "auth: -v masks every secret" {
	for mechanism in PLAIN LOGIN CRAM-MD5 SCRAM-SHA-256 OAUTHBEARER XOAUTH2; do
		start_sink -n "$mechanism" --tls starttls --cert "$BATS_FILE_TMPDIR/relay.pem" \
			--require-auth --auth "$mechanism"
		relay "auth $mechanism"
		send -v -f kit@example.org pat@example.net < <(message)
		assert_exit 0
		assert_received 1
		grep -q -- "-> AUTH $mechanism" "$ERR"
		refute_stderr 'open sesame'
		refute_stderr "$(printf 'open sesame' | base64)"
		refute_stderr "$(printf '\0kit@example.org\0open sesame' | base64)"
		# No line the client sent while authenticating appears as it was.
		sed -n '/AUTH/,/MAIL/p' "$SINK/wire.1" | tr -d '\r' | grep -aoE '[A-Za-z0-9+/]{12,}=*' |
			while read -r word; do
				! grep -qF -e "$word" "$ERR" || fail "$mechanism: $word was shown"
			done
	done
}

#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# sendmail -bs: the dialogue with the client, and what the relay sees of it.

load lib/common

# talk LINE...: says the lines (CRLF added), keeps the answers in $OUT.
talk() {
	status=0
	printf '%s\r\n' "$@" | sendlet -bs >"$OUT" 2>"$ERR" || status=$?
}

#
codes() {
	local got
	got=$(tr -d '\r' <"$OUT" | grep -v '^...-' | cut -c1-3 | paste -sd' ')
	[[ $got == "$*" ]] || fail "codes are $got, not $*"
}

answer() {
	tr -d '\r' <"$OUT" | grep -qxF -- "$1" || fail "no answer is: $1"
}

mail=('MAIL FROM:<kit@example.org>' 'RCPT TO:<pat@example.net>')
text=('DATA' 'Subject: hi' 'From: kit@example.org' 'Date: now' 'Message-ID: <1@x>'
	'To: pat@example.net' '' 'Hello' '.')

@test "bs: one mail, and the relay's own words for it" {
	start_sink --on 'EOM=250 2.0.0 Ok: taken as 4711'
	conf_plain
	talk 'EHLO me' "${mail[@]}" "${text[@]}" QUIT
	assert_exit 0
	codes 220 250 250 250 354 250 221
	answer '250 2.0.0 Ok: taken as 4711'
	assert_received 1
	assert_equal "$(envelope sender)" kit@example.org
	assert_wire_clean
	[[ ! -s $ERR ]]
}

@test "bs: the greeting offers what is implemented" {
	start_sink
	conf_plain
	talk 'EHLO me' QUIT
	for word in PIPELINING 'SIZE 104857600' 8BITMIME SMTPUTF8 DSN ENHANCEDSTATUSCODES; do
		answer "250-$word"
	done
	answer '250 CHUNKING'
}

@test "bs: a recipient the relay refuses is refused at RCPT, with its code" {
	start_sink --on 'RCPT:bad@=550 5.1.1 no such user'
	conf_plain
	talk 'HELO me' 'MAIL FROM:<kit@example.org>' 'RCPT TO:<bad@example.net>' \
		'RCPT TO:<pat@example.net>' "${text[@]}" QUIT
	codes 220 250 250 550 250 354 250 221
	answer '550 5.1.1 no such user'
	assert_equal "$(envelope recipients)" pat@example.net
}

@test "bs: a recipient refused for now is not tried again behind the client's back" {
	start_sink --on 'RCPT:bad@=450 4.2.1 later'
	conf_plain
	talk 'HELO me' 'MAIL FROM:<kit@example.org>' 'RCPT TO:<bad@example.net>' \
		'RCPT TO:<pat@example.net>' "${text[@]}" QUIT
	codes 220 250 250 450 250 354 250 221
	assert_equal "$(grep -c 'RCPT TO:<bad' "$SINK/trace")" 1
}

@test "bs: a sender the relay refuses is refused at MAIL" {
	start_sink --on 'MAIL=553 5.7.1 not yours'
	conf_plain
	talk 'HELO me' "${mail[@]}" QUIT
	codes 220 250 553 503 221
	answer '553 5.7.1 not yours'
}

@test "bs: a message the relay refuses is refused at its dot" {
	start_sink --on 'EOM#1=554 5.6.0 spam'
	conf_plain
	talk 'HELO me' "${mail[@]}" "${text[@]}" "${mail[@]}" "${text[@]}" QUIT
	codes 220 250 250 250 354 554 250 250 354 250 221
	answer '554 5.6.0 spam'
	assert_received 1
}

@test "bs: many mails share one connection to the relay" {
	start_sink
	conf_plain
	talk 'EHLO me' "${mail[@]}" "${text[@]}" RSET "${mail[@]}" "${text[@]}" NOOP \
		"${mail[@]}" "${text[@]}" QUIT
	assert_received 3
	assert_equal "$(grep -c EHLO "$SINK/trace")" 1
}

@test "bs: a relay that hangs up between mails is called again" {
	start_sink --on 'MAIL#2=close'
	conf_plain
	talk 'EHLO me' "${mail[@]}" "${text[@]}" "${mail[@]}" "${text[@]}" QUIT
	codes 220 250 250 250 354 250 250 250 354 250 221
	assert_received 2
}

@test "bs: a relay that hangs up after RCPT is called again at the dot" {
	start_sink --on 'DATA#1=close'
	conf_plain
	talk 'EHLO me' "${mail[@]}" "${text[@]}" QUIT
	codes 220 250 250 250 354 250 221
	assert_received 1
}

@test "bs: no relay to be had is a temporary failure" {
	PORT=$(closed_port)
	conf_plain
	talk 'EHLO me' "${mail[@]}" QUIT
	codes 220 250 451 503 221
}

@test "bs: commands out of order" {
	start_sink
	conf_plain
	talk 'MAIL FROM:<a@b.c>' 'RCPT TO:<a@b.c>' DATA 'BDAT 0 LAST' 'HELO' 'HELO me' 'RCPT TO:<a@b.c>' DATA \
		'MAIL FROM:<a@b.c>' DATA 'MAIL FROM:<a@b.c>' QUIT
	codes 220 503 503 503 503 501 250 503 503 250 503 503 221
	assert_received 0
}

@test "bs: small commands" {
	start_sink
	conf_plain
	talk 'EHLO me' NOOP HELP 'VRFY pat' 'EXPN staff' VERB SEND SOML SAML TURN FOO '' QUIT
	codes 220 250 250 214 252 550 250 502 502 502 502 500 500 221
}

@test "bs: wrong syntax, wrong parameters" {
	start_sink
	conf_plain
	talk 'EHLO me' 'MAIL TO:<a@b.c>' 'MAIL FROM:<a b@c' 'MAIL FROM:<a@b.c> FOO=1' 'MAIL FROM:<a@b.c> SIZE=x' \
		'MAIL FROM:<a@b.c> SIZE=99999999999' 'MAIL FROM:<a@b.c> SIZE=100 BODY=8BITMIME RET=HDRS ENVID=x' \
		'RCPT FROM:<a@b.c>' 'RCPT TO:<>' 'RCPT TO:<a@b.c> FOO' 'RCPT TO:<a@b.c> NOTIFY=NEVER' QUIT
	codes 220 250 501 501 555 501 552 250 501 501 555 250 221
}

@test "bs: a command line over the limit is passed over" {
	start_sink
	conf_plain
	talk 'EHLO me' "NOOP $(printf '%3000s' x)" NOOP QUIT
	codes 220 250 500 250 221
}

@test "bs: BDAT in chunks, in the middle of a line" {
	start_sink
	conf_plain
	status=0
	printf '%s\r\n' 'EHLO me' "${mail[@]}" >"$BATS_TEST_TMPDIR/in"
	printf 'BDAT 15\r\nSubject: hi\r\nToBDAT 10\r\n: pat@exabBDAT 15 LAST\r\n.c\r\n\r\n.\r\n..x\r\nyQUIT\r\n' \
		>>"$BATS_TEST_TMPDIR/in"
	sendlet -bs <"$BATS_TEST_TMPDIR/in" >"$OUT" 2>"$ERR" || status=$?
	codes 220 250 250 250 250 250 250 221
	assert_received 1
	tail -c 11 "$(arrived)" | cmp - <(printf '\r\n.\r\n..x\r\ny\r\n' | tail -c 11)
}

@test "bs: dots are doubled and taken back once" {
	start_sink
	conf_plain
	talk 'EHLO me' "${mail[@]}" DATA 'Subject: x' '' '..one' '...two' 'a.b' '.' QUIT
	tr -d '\r' <"$(arrived)" | tail -3 | diff - <(printf '%s\n' .one ..two a.b)
}

@test "bs: only CRLF.CRLF ends a message" {
	start_sink
	conf_plain
	printf '%s\r\n' 'EHLO me' "${mail[@]}" DATA 'Subject: x' '' >"$BATS_TEST_TMPDIR/in"
	printf 'a\n.\nb\r.\rc\n.\r\nd\r\n.\ne\r\n.\0\r\nMAIL FROM:<evil@example.com>\r\n.\r\nQUIT\r\n' >>"$BATS_TEST_TMPDIR/in"
	sendlet -bs <"$BATS_TEST_TMPDIR/in" >"$OUT" 2>"$ERR"
	codes 220 250 250 250 354 250 221
	assert_received 1
	assert_wire_clean
	grep -q 'MAIL FROM:<evil' "$(arrived)"
}

@test "bs: a client that goes in the middle of a message sends nothing" {
	start_sink
	conf_plain
	talk 'EHLO me' "${mail[@]}" DATA 'Subject: x' '' 'Hello'
	assert_exit 66
	assert_received 0
}

@test "bs: a client that goes between mails has done no wrong" {
	start_sink
	conf_plain
	talk 'EHLO me' "${mail[@]}" "${text[@]}"
	assert_exit 0
	assert_received 1
}

@test "bs: Bcc goes, missing fields come, long lines are encoded" {
	start_sink
	conf_plain
	talk 'EHLO me' "${mail[@]}" DATA 'Bcc: secret@example.net' 'Subject: x' '' 'Hello' . \
		"${mail[@]}" DATA '' "$(printf '%01200d' 1)" . QUIT
	codes 220 250 250 250 354 250 250 250 354 250 221
	refute_arrived secret
	grep -q '^Message-ID: <' "$(arrived)"
	grep -q '^Content-Transfer-Encoding: quoted-printable' "$(arrived 2)"
	run grep -cE '.{999}' "$(arrived 2)"
	assert_equal "$output" 0
}

@test "bs: long lines are refused where they are not to be encoded" {
	start_sink
	conf_plain 'long-lines refuse'
	talk 'EHLO me' "${mail[@]}" DATA '' "$(printf '%01200d' 1)" . QUIT
	codes 220 250 250 250 354 554 221
	assert_received 0
}

@test "bs: a message over max-message-size is refused at its end" {
	start_sink
	conf_plain 'max-message-size 1k'
	talk 'EHLO me' "${mail[@]}" DATA "$(yes abc | head -1000)" . "${mail[@]}" "${text[@]}" QUIT
	codes 220 250 250 250 354 552 250 250 354 250 221
	assert_received 1
}

@test "bs: over a socket, as a super-server starts it" {
	start_sink
	conf_plain
	printf '%s\r\n' 'EHLO me' "${mail[@]}" "${text[@]}" QUIT >"$BATS_TEST_TMPDIR/in"
	"${PYTHON[@]}" - "$SENDLET" "$CONF" "$BATS_TEST_TMPDIR/in" >"$OUT" <<-'END'
		import socket, subprocess, sys
		ours, theirs = socket.socketpair()
		program = subprocess.Popen([sys.argv[1], "--config", sys.argv[2], "-bs"], stdin=theirs, stdout=theirs, env={})
		theirs.close()
		ours.settimeout(10)
		ours.sendall(open(sys.argv[3], "rb").read())
		while data := ours.recv(4096):
		    sys.stdout.buffer.write(data)
		sys.exit(program.wait(10))
	END
	codes 220 250 250 250 354 250 221
	assert_received 1
}

@test "bs: what the client asks to be told is asked of the relay" {
	start_sink --ehlo DSN
	conf_plain
	talk 'EHLO me' 'MAIL FROM:<kit@example.org> RET=HDRS ENVID=a+3Db' \
		'RCPT TO:<pat@example.net> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;pat+2Bx@example.net' \
		"${text[@]}" QUIT
	codes 220 250 250 250 354 250 221
	assert_equal "$(envelope mail)" 'MAIL FROM:<kit@example.org> RET=HDRS ENVID=a+3Db'
	assert_equal "$(envelope rcpt)" 'RCPT TO:<pat@example.net> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;pat+2Bx@example.net'
}

@test "bs: what is no such wish is refused" {
	start_sink
	conf_plain
	talk 'EHLO me' 'MAIL FROM:<kit@example.org> RET=ALL' 'MAIL FROM:<kit@example.org> ENVID=a=b' \
		"${mail[0]}" 'RCPT TO:<pat@example.net> NOTIFY=NEVER,DELAY' 'RCPT TO:<pat@example.net> ORCPT=x' "${mail[1]}" QUIT
	codes 220 250 501 501 250 501 501 250 221
}

@test "bs: behind a listener that starts one for each connection" {
	start_sink
	conf_plain
	printf '%s\r\n' 'EHLO me' "${mail[@]}" "${text[@]}" QUIT >"$BATS_TEST_TMPDIR/in"
	"${PYTHON[@]}" - "$SENDLET" "$CONF" "$BATS_TEST_TMPDIR/in" >"$OUT" <<-'END'
		import socket, subprocess, sys
		listener = socket.create_server(("127.0.0.1", 0))
		said = open(sys.argv[3], "rb").read()
		running = []
		for _ in range(3):
		    client = socket.create_connection(listener.getsockname(), 10)
		    client.sendall(said)
		    inner, _ = listener.accept()
		    running.append((client, subprocess.Popen([sys.argv[1], "--config", sys.argv[2], "-bs"],
		        stdin=inner, stdout=inner, stderr=subprocess.DEVNULL, env={})))
		    inner.close()
		for client, program in running:
		    client.settimeout(10)
		    while data := client.recv(4096):
		        sys.stdout.buffer.write(data)
		    if program.wait(10) != 0:
		        sys.exit(1)
	END
	assert_equal "$(grep -c '^250 2.0.0 Ok: queued' "$OUT")" 3
	assert_received 3
}

#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# Mail programs for people, used from scripts.
# shellcheck disable=SC2016 # scripts for the shell inside

load lib/common
load callers/callers

text=$'Hello\n..\nbye'

@test "bsd-mailx" {
	call -u kit bsd-mailx -s 'a test' -c cc@example.net -b hidden@example.net \
		-a 'X-Extra: yes' pat@example.net <<<"$text"
	delivered kit@client.example.org pat@example.net cc@example.net hidden@example.net
	assert_field To pat@example.net
	assert_field Cc cc@example.net
	assert_field Subject 'a test'
	assert_field X-Extra yes
	assert_field From 'Kit Example <kit@client.example.org>'
	assert_equal "$(body)" "$text"
	refute_text hidden@example.net
}

@test "bsd-mailx: a sender with -r, and local users" {
	call -u kit bsd-mailx -s 'a test' -r 'alerts@example.org' root pat <<<"$text"
	delivered alerts@example.org root@client.example.org pat@client.example.org
	assert_field_like From '.*alerts@example.org.*'
	assert_equal "$(body)" "$text"
}

@test "bsd-mailx: 8-bit text" {
	call -u kit bsd-mailx -s 'Grüße' pat@example.net <<<'Grüße'
	delivered kit@client.example.org pat@example.net
	[[ $(body) == Grüße || $(body) == 'Gr=C3=BC=C3=9Fe' ]]
}

@test "s-nail" {
	call -u kit s-nail -s 'a test' -c cc@example.net -b hidden@example.net \
		-r 'Kit <kit@example.org>' pat@example.net <<<"$text"
	delivered kit@example.org pat@example.net cc@example.net hidden@example.net
	assert_field Subject 'a test'
	assert_field Cc cc@example.net
	assert_field_like From '("?Kit"? <)?kit@example.org>?'
	assert_field_like User-Agent 's-nail .*'
	assert_field_like Message-ID '<[0-9]{14}\..*>'
	assert_equal "$(body)" "$text"
	refute_text hidden@example.net
}

@test "s-nail: fails with sendwait when the relay refuses" {
	stop_sinks
	prepare --on 'RCPT=550 5.1.1 no such user'
	call -u kit s-nail -S sendwait -s 'a test' pat@example.net <<<"$text"
	((status != 0)) || fail "exit 0"
	assert_stderr_line '.*550 5\.1\.1 no such user.*'
	refused pat@example.net 'no such user'
}

@test "mutt" {
	call -u kit mutt -s 'a test' -c cc@example.net -b hidden@example.net \
		-e 'set realname="Kit" from=kit@example.org use_envelope_from=yes' \
		-a /etc/hostname -- pat@example.net <<<"$text"
	delivered kit@example.org pat@example.net cc@example.net hidden@example.net
	assert_field From 'Kit <kit@example.org>'
	assert_field To pat@example.net
	assert_field Cc cc@example.net
	assert_field Subject 'a test'
	assert_field_like Content-Type 'multipart/mixed; .*'
	assert_field_like Message-ID '<[A-Za-z0-9_+/-]{16}@client.*>'
	body | grep -x -A 2 Hello | cmp - <(echo "$text")
	refute_text hidden@example.net
}

@test "mutt: 8-bit text, DSN wishes" {
	call -u kit mutt -s 'Grüße' -e 'set use_8bitmime dsn_notify=failure dsn_return=hdrs' \
		-e 'set charset=utf-8 send_charset=utf-8 allow_8bit' pat@example.net <<<'Grüße'
	delivered kit@client.example.org pat@example.net
	assert_equal "$(body)" Grüße
	[[ $(envelope mail) == *BODY=8BITMIME* ]]
}

@test "mutt: fails when the relay refuses" {
	stop_sinks
	prepare --on 'RCPT=550 5.1.1 no such user'
	call -u kit mutt -s 'a test' pat@example.net <<<"$text"
	assert_exit 1
	assert_stderr_line '.*550 5\.1\.1 no such user.*'
	refused pat@example.net 'no such user'
}

@test "mailutils mail" {
	call -u kit mail.mailutils -s 'a test' -a 'Cc: cc@example.net' -a 'Bcc: hidden@example.net' \
		-r kit@example.org pat@example.net <<<"$text"
	delivered kit@example.org pat@example.net cc@example.net hidden@example.net
	assert_field Subject 'a test'
	assert_field_like Cc '<?cc@example.net>?'
	assert_field_like User-Agent 'mail .*'
	assert_equal "$(body)" "$text"
	refute_text hidden@example.net
}

nmh() {
	cat >"$BATS_TEST_TMPDIR/draft" <<-END
		To: Pat <pat@example.net>
		Bcc: hidden@example.net
		From: Kit <kit@example.org>
		Subject: a test
		--------
		$text
	END
	call -u kit sh -ec '
		mkdir "$HOME/Mail"
		echo "Path: Mail" >"$HOME/.mh_profile"
		cat >/tmp/draft
		/usr/bin/mh/send -mts "$1" /tmp/draft
	' nmh "$1" <"$BATS_TEST_TMPDIR/draft"
}

@test "nmh: sendmail/smtp, which is -bs" {
	nmh sendmail/smtp
	assert_exit 0
	[[ ! -s $ERR ]]
	assert_wire_clean
	assert_received 2
	assert_envelope 1 kit@example.org pat@example.net
	assert_envelope 2 kit@example.org hidden@example.net
	assert_wellformed 1
	assert_field From 'Kit <kit@example.org>'
	assert_field Subject 'a test'
	assert_equal "$(body)" "$text"
	refute_text hidden@example.net
}

@test "nmh: sendmail/pipe" {
	nmh sendmail/pipe
	assert_exit 0
	[[ ! -s $ERR ]]
	assert_wire_clean
	grep -F 'to=<pat@example.net>' "$SYSLOG" | grep status=sent
	assert_wellformed 1
	assert_field From 'Kit <kit@example.org>'
	assert_equal "$(body)" "$text"
	refute_text hidden@example.net
}

@test "nmh: -bs tells what the relay said" {
	stop_sinks
	prepare --on 'RCPT:pat=550 5.1.1 no such user'
	nmh sendmail/smtp
	((status != 0)) || fail "exit 0"
	grep -F 'no such user' "$OUT" "$ERR"
}

@test "mblaze" {
	call -u kit sh -c 'mmime -r | sendmail -t' <<-END
		From: Kit <kit@example.org>
		To: Pat <pat@example.net>
		Bcc: hidden@example.net
		Subject: Grüße

		$text
	END
	delivered kit@client.example.org pat@example.net hidden@example.net
	assert_field_like Subject '=\?UTF-8\?.*'
	assert_equal "$(body)" "$text"
	refute_text hidden@example.net
}

# alpine knows no other way than a terminal.
alpine() {
	cat >"$BATS_TEST_TMPDIR/pinerc" <<-'END'
		personal-name=Kit
		user-domain=example.org
		use-only-domain-name=no
		smtp-server=
		default-fcc=""
		nntp-server=
		inbox-path=/dev/null
		last-version-used=6.26
		feature-list=no-enable-msg-view-urls,quell-folder-internal-msg
	END
	call -u kit env TERM=vt100 sh -c '
		cat >"$HOME/.pinerc"
		exec python3 -S /callers/terminal.py "$@"
	' alpine "$@" <"$BATS_TEST_TMPDIR/pinerc"
}

# Two fields down is the subject; Control-X sends.
write='Prev Pg=\r\ra test\rHello\r..\rbye\x18'

@test "alpine, which is -bs" {
	alpine "$write" 'Send message=y' -- alpine -p /home/kit/.pinerc pat@example.net
	delivered kit@example.org pat@example.net
	assert_field From 'Kit <kit@example.org>'
	assert_field To pat@example.net
	assert_field Subject 'a test'
	assert_field_like Message-ID '<[0-9a-f-]{36}@example.org>'
	assert_equal "$(body)" "$text"
}

@test "alpine: shows what the relay said" {
	stop_sinks
	prepare --on 'RCPT=550 5.1.1 no such user'
	alpine "$write" 'Send message=y' 'no such user=\x03' 'Cancel message=c' \
		-- alpine -p /home/kit/.pinerc pat@example.net
	assert_exit 0
	assert_received 0
}

#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# Aliases: which file counts, who hears of its mistakes, newaliases.  What the
# file means is in unit-alias.bats, what leaves in wire/alias-*.t.

load lib/common

FILE=$BATS_TEST_TMPDIR/aliases

setup() {
	ALIASES=("SENDLET_ALIASES=$FILE")
}

aliases() {
	(umask 022 && cat >"$FILE")
}

# A Maildir for a relay, the log on stderr.
conf_maildir() {
	conf <<-END
		relay maildir:$BATS_TEST_TMPDIR/mail
		$(printf '%s\n' "$@")
	END
}

# The program under this name.
newaliases() {
	ln -sf "$SENDLET" "$BATS_TEST_TMPDIR/newaliases"
	SENDLET=$BATS_TEST_TMPDIR/newaliases send
}

assert_to() {
	diff -u <(printf 'to <%s>\n' "$@") <(grep '^to <' "$OUT")
}

@test "aliases: in arguments, lists, and header fields" {
	conf_maildir
	aliases <<-'END'
		root: ops@example.com
		"print room": printers@example.com
		all: root, "print room", kit
	END
	send --dry-run -t 'Root <root>, "print room"' kit < <(printf 'To: all\nCc: pat\nBcc: sam@example.org\n\nx\n')
	assert_exit 0
	assert_to ops@example.com printers@example.com kit@client.example.org \
		pat@client.example.org sam@example.org
	grep -qx $'To: all@client.example.org\r' "$OUT"
}

@test "aliases: /etc/aliases is the usual file, and need not exist" {
	command -v unshare >/dev/null
	ALIASES=()
	conf_maildir
	mkdir "$BATS_TEST_TMPDIR/etc"
	cp /etc/passwd "$BATS_TEST_TMPDIR/etc"
	# shellcheck disable=SC2016 # for the inner shell
	inside() {
		unshare -rm sh -c 'mount --bind "$0" /etc && shift 0 && exec "$@"' "$BATS_TEST_TMPDIR/etc" \
			"$SENDLET" --config "$CONF" --dry-run root <<<x >"$OUT" 2>"$ERR"
	}
	inside
	assert_to root@client.example.org
	[[ ! -s $ERR ]]
	echo 'root: ops@example.com' >"$BATS_TEST_TMPDIR/etc/aliases"
	inside
	assert_to ops@example.com
	echo 'aliases off' >>"$CONF"
	inside
	assert_to root@client.example.org
}

@test "aliases: the file is not opened for other recipients, and mistakes do not matter" {
	start_sink
	conf_plain "log stderr"
	aliases <<<'root'
	send -i pat@example.net < <(message)
	assert_exit 0
	assert_received 1
	refute_stderr aliases
}

@test "aliases: mistakes are logged, and the caller hears nothing when the mail got through" {
	start_sink
	aliases <<-'END'
		a line
		root: ops@example.com, /dev/null
	END
	conf_plain
	send -i root < <(message)
	assert_sent
	conf_plain "log stderr"
	send -i root < <(message)
	assert_exit 0
	assert_stderr_line "sendlet: aliases: 2 errors, newaliases shows them: $FILE:1: not of the form .*"
	assert_stderr_line "sendlet: to=<ops@example.com>, orig_to=<root>, relay=.* status=sent .*"
	[[ $(grep -c 'aliases:' "$ERR") == 1 ]]
}

@test "aliases: mistakes are told when mail failed" {
	conf <<<"relay smtp+notls://127.0.0.1:$(closed_port)"
	aliases <<<'root; ops@example.com'
	send -i root < <(message)
	assert_exit 69
	assert_stderr_line "sendlet: <root@client.example.org>: .*"
	assert_stderr_line "sendlet: aliases: 1 error, newaliases shows it: $FILE:1: .*"
}

@test "aliases: a file others may write to counts for nothing" {
	conf_maildir "log stderr"
	aliases <<<'root: evil@example.com'
	chmod 666 "$FILE"
	send --dry-run root < <(message)
	assert_exit 0
	assert_to root@client.example.org
	assert_stderr_line "sendlet: aliases: 1 error, .*$FILE: others may write to it .*"
}

@test "aliases: a file of the configuration that is missing is told of" {
	conf_maildir "log stderr"
	send --dry-run root < <(message)
	assert_exit 0
	assert_to root@client.example.org
	assert_stderr_line "sendlet: aliases: 1 error, .*$FILE: No such file or directory"
}

@test "aliases: a file too long, a directory" {
	conf_maildir
	head -c 1048577 /dev/zero | tr '\0' '#' | aliases
	newaliases
	assert_exit 65
	assert_stderr_line "sendlet: $FILE: longer than 1048576 octets"
	truncate -s 1048576 "$FILE"
	newaliases
	assert_exit 0
	rm "$FILE"
	mkdir "$FILE"
	newaliases
	assert_exit 78
	assert_stderr_line "sendlet: $FILE: is no regular file"
	send --dry-run root < <(message)
	assert_exit 0
	assert_to root@client.example.org
}

@test "aliases: in a dialogue, a mistake is logged once" {
	conf_maildir "log stderr"
	aliases <<-'END'
		root: ops@example.com, /dev/null
		kit: root
	END
	send -bs < <(printf '%s\r\n' 'HELO me' 'MAIL FROM:<a@example.org>' 'RCPT TO:<root>' 'RCPT TO:<kit>' \
		RSET 'MAIL FROM:<a@example.org>' 'RCPT TO:<kit>' QUIT)
	assert_exit 0
	[[ $(grep -c '^250 2.1.5 Ok' "$OUT") == 3 ]]
	[[ $(grep -c 'aliases:' "$ERR") == 1 ]]
}

@test "newaliases: a summary as sendmail has it" {
	conf_maildir
	aliases <<-'END'
		postmaster: root
		root: ops@example.com
	END
	newaliases
	assert_exit 0
	echo "$FILE: 2 aliases, longest 15 bytes, 33 bytes total" | diff - "$OUT"
	[[ ! -s $ERR ]]
	for option in -bi -I; do
		send "$option"
		assert_exit 0
		grep -q ': 2 aliases, ' "$OUT"
	done
}

@test "newaliases: every mistake with its line" {
	conf_maildir
	aliases <<-'END'
		root: "|/usr/bin/program", :include:/etc/list
		nothing here
		a: b
		b: a
		root: twice@example.com
	END
	newaliases
	assert_exit 65
	diff -u - "$ERR" <<-END
		sendlet: $FILE:1: "|/usr/bin/program": programs are not run: an address is wanted
		sendlet: $FILE:1: :include:/etc/list: lists are not included: an address is wanted
		sendlet: $FILE:2: not of the form "name: address, ..."
		sendlet: $FILE:5: root: has an alias already, in line 1: this one is ignored
		sendlet: $FILE:4: b: a loop: it leads back to a
	END
}

@test "newaliases: no file, no relay, no input, no password needed" {
	: >"$CONF"
	newaliases <&-
	assert_exit 66
	ALIASES=(SENDLET_ALIASES=off)
	newaliases
	assert_exit 0
	grep -qx 'off: no aliases' "$OUT"
	ALIASES=("SENDLET_ALIASES=$FILE" SENDLET_RELAY=smtp.example.com SENDLET_USER=x
		"SENDLET_PASSWORD=file:$BATS_TEST_TMPDIR/none")
	aliases <<<'root: ops@example.com'
	newaliases
	assert_exit 0
	[[ ! -s $ERR ]]
}

#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# Who a mail is from: defaults, the map, what relays insist on, and which relay
# is for whom.  The user who runs this is root; its name is in /etc/passwd.

# shellcheck disable=SC2030,SC2031,SC2034 # each test is a shell of its own
load lib/common

USER_NAME=$(getent passwd 0 | cut -d : -f 5 | cut -d , -f 1)

setup() {
	start_sink
	LOGIN=$(id -nu)
}

# header LINE...: what is sent from a header, as "MAIL FROM" and the fields
# that matter, one per line.  Arguments of the program are in $ARGS.
ARGS=(-f kit@example.org)
header() {
	send --dry-run "${ARGS[@]}" pat@example.net < <(printf '%s\n' "$@" '' text)
	[[ $status == 0 ]] || { cat "$ERR" && return; }
	grep -iE '^(from|sender|reply-to|resent-from|resent-sender)[ :]' "$OUT" | tr -d '\r'
}

# expect LINE... <<RESULT
expect() {
	diff -u <(header "$@") -
}

@test "identity: without -f the user at the domain, with his full name" {
	ARGS=()
	conf_plain 'domain example.org'
	expect 'Subject: x' <<-END
		from <$LOGIN@example.org>
		From: $USER_NAME <$LOGIN@example.org>
	END
	ENV+=(NAME='Kit Kane')
	expect 'Subject: x' <<-END
		from <$LOGIN@example.org>
		From: Kit Kane <$LOGIN@example.org>
	END
	ARGS=(-F 'Kane, Kit')
	expect 'Subject: x' <<-END
		from <$LOGIN@example.org>
		From: "Kane, Kit" <$LOGIN@example.org>
	END
	ARGS=(-F ' ')
	expect 'Subject: x' <<-END
		from <$LOGIN@example.org>
		From: $LOGIN@example.org
	END
}

@test "identity: from, with templates" {
	ARGS=()
	conf_plain 'domain example.org' 'from %u+%h@%d'
	expect 'Subject: x' <<-END
		from <$LOGIN+client.example.org@example.org>
		From: $LOGIN+client.example.org@example.org
	END
	conf_plain 'from 100%%@example.net'
	expect 'From: kit' <<-'END'
		from <100%@example.net>
		From: kit@client.example.org
	END
	conf_plain 'from alerts@example.com'
	expect 'Subject: x' <<-'END'
		from <alerts@example.com>
		From: alerts@example.com
	END
	ARGS=(-f '')
	expect 'Subject: x' <<-'END'
		from <>
		From: alerts@example.com
	END
	ARGS=(-F Alerts)
	expect 'Subject: x' <<-'END'
		from <alerts@example.com>
		From: Alerts <alerts@example.com>
	END
	ARGS=()
	conf_plain 'from "a b@example.com"'
	send --dry-run pat@example.net < <(message)
	assert_exit 78
	conf_plain 'from a..b@[x'
	send --dry-run pat@example.net < <(message)
	assert_exit 78
	assert_stderr_line 'sendlet: a..b@\[x: .*not an address: .*'
}

@test "identity: force-from replaces From, keeps the name, adds Reply-To" {
	conf_plain 'force-from only@example.com'
	expect 'From: Kit Kane <kit@example.org>' <<-'END'
		from <only@example.com>
		From: Kit Kane <only@example.com>
		Reply-To: Kit Kane <kit@example.org>
	END
	expect 'From: kit@example.org (Kit Kane)' <<-'END'
		from <only@example.com>
		From: only@example.com (Kit Kane)
		Reply-To: kit@example.org (Kit Kane)
	END
	expect 'From: =?utf-8?q?J=C3=B6rg?= <@a,@b:joerg@example.org> (at home)' <<-'END'
		from <only@example.com>
		From: =?utf-8?q?J=C3=B6rg?= <only@example.com> (at home)
		Reply-To: =?utf-8?q?J=C3=B6rg?= <@a,@b:joerg@example.org> (at home)
	END
	expect 'From: "Kane, Kit" <kit>' 'Reply-To: pat' <<-'END'
		from <only@example.com>
		From: "Kane, Kit" <only@example.com>
		Reply-To: pat@client.example.org
	END
	expect 'From: root (Cron Daemon)' <<-'END'
		from <only@example.com>
		From: only@example.com (Cron Daemon)
		Reply-To: root@client.example.org (Cron Daemon)
	END
	expect 'Subject: x' <<-'END'
		from <only@example.com>
		From: only@example.com
	END
	expect 'From: Only <ONLY@example.com>' <<-'END'
		from <only@example.com>
		From: Only <ONLY@example.com>
	END
}

@test "identity: force-from and odd From fields" {
	conf_plain 'force-from only@example.com'
	expect 'From: only@example.com, Pat <pat@example.net>' <<-'END'
		from <only@example.com>
		From: only@example.com
		Reply-To: only@example.com, Pat <pat@example.net>
	END
	expect 'From: Puppet Agent' <<-'END'
		from <only@example.com>
		From: only@example.com
	END
	expect 'From:' <<-'END'
		from <only@example.com>
		From: only@example.com
	END
	expect 'From: kit@example.org' 'From: pat@example.net' 'Sender: sam@example.org' <<-'END'
		from <only@example.com>
		From: only@example.com
		Reply-To: kit@example.org
	END
	expect 'From : team: Kit <kit@example.org>, pat@example.net;' <<-'END'
		from <only@example.com>
		From: Kit <only@example.com>
		Reply-To: team: Kit <kit@example.org>, pat@example.net;
	END
	header 'From: "Kit"' ' (a long' '	comment) <kit' '	@example.org>' >/dev/null
	sed -n -e /^Date/d -e '/^From/,/^To/p' "$OUT" | diff -u - <(printf '%s\r\n' 'From: "Kit"' ' (a long' \
		'	comment) <only@example.com>' 'Reply-To: "Kit"' ' (a long' '	comment) <kit' \
		'	@example.org>' 'To: undisclosed-recipients:;')
}

@test "identity: force-from yes is from, or else the login name" {
	conf_plain 'from alerts@example.com' 'force-from yes'
	expect 'From: kit' <<-'END'
		from <alerts@example.com>
		From: alerts@example.com
		Reply-To: kit@client.example.org
	END
	conf_plain 'user login@example.com' 'password x' 'force-from yes'
	expect 'From: kit' <<-'END'
		from <login@example.com>
		From: login@example.com
		Reply-To: kit@client.example.org
	END
	conf_plain 'force-from yes'
	assert_equal "$(header 'From: kit' | tail -n 1)" 'sendlet: 1 error in the configuration'
}

@test "identity: the null sender stays the null sender" {
	ARGS=(-f '<>')
	conf_plain 'force-from only@example.com' 'sender-map * other@example.com'
	expect 'From: MAILER-DAEMON' <<-'END'
		from <>
		From: only@example.com
		Reply-To: other@example.com
	END
}

@test "identity: sender-map, the first that matches counts" {
	conf_plain 'domain example.org' 'sender-map kit Kit.Kane@example.com' \
		'sender-map *@*.internal ops@example.com' 'sender-map p[a-c]? p@example.com' \
		'sender-map *@example.net net@example.com sam@example.net never@example.com'
	expect 'From: Kit <kit>' 'Sender: PAT@example.org' 'Reply-To: kit' \
		'Resent-From: www@a.internal, sam@example.net, x@example.edu' <<-'END'
		from <Kit.Kane@example.com>
		From: Kit <Kit.Kane@example.com>
		Sender: p@example.com
		Reply-To: kit@example.org
		Resent-From: ops@example.com, net@example.com, x@example.edu
	END
	ARGS=(-f kit@client.example.org)
	expect 'From: kit@other.example.org' <<-'END'
		from <Kit.Kane@example.com>
		From: kit@other.example.org
	END
	ARGS=(-f web@host.internal)
	expect 'Subject: x' <<-'END'
		from <ops@example.com>
		From: ops@example.com
	END
}

@test "identity: sender-map knows the user before from does" {
	ARGS=()
	conf_plain "sender-map $LOGIN %u@example.com" 'from other@example.net'
	expect 'Subject: x' <<-END
		from <$LOGIN@example.com>
		From: $USER_NAME <$LOGIN@example.com>
	END
	conf_plain 'sender-map nobody %u@example.com' 'from other@example.net'
	expect 'Subject: x' <<-'END'
		from <other@example.net>
		From: other@example.net
	END
	conf_plain "sender-map * x@[y"
	send pat@example.net < <(message)
	assert_exit 78
	assert_stderr_line 'sendlet: sender-map: "x@\[y": not an address: .*'
	assert_received 0
}

@test "identity: each relay sees what it wants; the mail stays the same one" {
	start_sink -n first --on 'GREETING=421 not now'
	local first=$PORT
	start_sink -n second --on 'RCPT=450 4.2.1 later'
	local second=$PORT
	start_sink -n third
	conf <<-END
		relay smtp+notls://127.0.0.1:$first
		force-from first@example.com
		relay smtp+notls://127.0.0.1:$second
		force-from second@example.com
		relay smtp+notls://127.0.0.1:$PORT
		from third@example.com
	END
	SINK=$BATS_TEST_TMPDIR/third
	send -t < <(printf '%s\n' 'To: pat@example.net' '' text)
	assert_sent
	assert_equal "$(envelope sender)" third@example.com
	grep -qx $'From: third@example.com\r' "$(arrived)"
	refute_arrived Reply-To
	grep -q 'MAIL FROM:<second@example.com>' "$BATS_TEST_TMPDIR/second/trace"
}

@test "identity: a message that is sent twice keeps its Message-ID" {
	start_sink -n first --on 'EOM=451 4.3.0 later'
	local first=$PORT
	start_sink -n second
	conf <<-END
		relay smtp+notls://127.0.0.1:$first
		relay smtp+notls://127.0.0.1:$PORT
		force-from second@example.com
	END
	SINK=$BATS_TEST_TMPDIR/second
	send -f kit@example.org pat@example.net < <(printf '%s\n' 'Subject: x' '' text)
	assert_sent
	[[ $(grep -c '^Message-ID: ' "$(arrived)") == 1 ]]
	diff -u <(grep -a -o 'Message-ID: [^\\]*' "$BATS_TEST_TMPDIR"/first/wire.1 | tr -d '\r') \
		<(grep -o '^Message-ID: .*' "$(arrived)" | tr -d '\r')
}

@test "identity: relays are chosen by the sender" {
	local all sam pat
	start_sink -n all
	all=$PORT
	start_sink -n sam
	sam=$PORT
	start_sink -n pat
	pat=$PORT
	conf <<-END
		relay smtp+notls://127.0.0.1:$all
		relay smtp+notls://127.0.0.1:$sam
		sender sam@* *@sam.example
		sender <>
		relay smtp+notls://127.0.0.1:$pat
		sender pat@*
	END
	local sender
	for sender in kit@example.org sam@example.org x@sam.example '' pat@example.org pat@sam.example; do
		send -f "$sender" you@example.net < <(message)
		assert_exit 0
		assert_silent
	done
	SINK=$BATS_TEST_TMPDIR/all
	assert_equal "$(envelope sender 1)" kit@example.org
	assert_received 1
	SINK=$BATS_TEST_TMPDIR/pat
	assert_equal "$(envelope sender 1)" pat@example.org
	assert_received 1
	SINK=$BATS_TEST_TMPDIR/sam
	assert_received 4
}

@test "identity: the relay for a sender comes first, the others stand in" {
	start_sink -n all
	local all=$PORT
	conf <<-END
		relay smtp+notls://127.0.0.1:$all
		relay smtp+notls://127.0.0.1:$(closed_port)
		sender sam@*
	END
	SINK=$BATS_TEST_TMPDIR/all
	send -v -f sam@example.org you@example.net < <(message)
	assert_exit 0
	assert_received 1
	grep -q 'connection refused' "$ERR"
	send -v -f kit@example.org you@example.net < <(message)
	assert_exit 0
	assert_received 2
	refute_stderr 'connection refused'
}

@test "identity: no relay for a sender" {
	conf <<-END
		relay smtp+notls://127.0.0.1:$PORT
		sender sam@*
	END
	send -f kit@example.org you@example.net < <(message)
	assert_exit 78
	assert_stderr_line 'sendlet: <you@example.net>: no relay for the sender <kit@example.org>'
	assert_received 0
}

@test "identity: the same in an SMTP dialogue" {
	start_sink -n all
	local all=$PORT
	start_sink -n sam
	conf <<-END
		sender-map kit sam@example.com
		relay smtp+notls://127.0.0.1:$all
		relay smtp+notls://127.0.0.1:$PORT
		sender sam@*
		force-from only@example.com
	END
	SINK=$BATS_TEST_TMPDIR/sam
	send -bs < <(printf '%s\r\n' 'EHLO x' 'MAIL FROM:<kit@client.example.org>' \
		'RCPT TO:<you@example.net>' DATA 'From: Kit <kit>' '' text . QUIT)
	assert_exit 0
	assert_received 1
	assert_wire_clean
	assert_equal "$(envelope sender)" only@example.com
	grep -qx $'From: Kit <only@example.com>\r' "$(arrived)"
	grep -qx $'Reply-To: Kit <sam@example.com>\r' "$(arrived)"
}

@test "identity: -G is still subject to force-from" {
	ARGS=(-G -f kit@example.org)
	conf_plain 'force-from only@example.com' 'sender-map * x@example.com'
	expect 'From: kit' <<-'END'
		from <only@example.com>
		From: only@example.com
		Reply-To: kit@client.example.org
	END
}

@test "identity: settings in the environment" {
	ARGS=()
	conf_plain
	ENV+=(SENDLET_FROM=a@example.com SENDLET_FORCE_FROM=b@example.com
		"SENDLET_SENDER_MAP=pat c@example.com kit d@example.com")
	expect 'From: kit' <<-'END'
		from <b@example.com>
		From: b@example.com
		Reply-To: d@example.com
	END
}

@test "identity: mail from the spool looks as it would have at once" {
	local port SPOOL=$BATS_TEST_TMPDIR/spool
	port=$(closed_port)
	mkdir "$SPOOL"
	conf <<-END
		sender-map kit kate@client.example.org
		sender-map kate never@client.example.org
		relay smtp+notls://127.0.0.1:$port
		force-from only@example.com
	END
	send -f kit you@example.net < <(printf '%s\n' 'From: Kit <kit>' 'Subject: x' '' text)
	assert_exit 0
	sed -i "s/:$port/:$PORT/" "$CONF"
	send -q
	assert_exit 0
	assert_received 1
	assert_equal "$(envelope sender)" only@example.com
	diff -u <(grep -E '^(From|Reply-To|Message-ID|Sender)' "$(arrived)" | cut -d ' ' -f 1-4 |
		sed 's/^Message-ID.*/Message-ID/' | tr -d '\r') - <<-'END'
		From: Kit <only@example.com>
		Reply-To: Kit <kate@client.example.org>
		Message-ID
	END
}

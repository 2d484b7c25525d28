#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# --import: what other programs' settings become, exactly; and that ours takes
# it.

# shellcheck disable=SC2034 # ENV is the harness's
load lib/common

SECRET=Pa55word-seen

# file PATH: standard input, below the directory of the test.
file() {
	mkdir -p "$BATS_TEST_TMPDIR/$(dirname "$1")"
	cat >"$BATS_TEST_TMPDIR/$1"
}

# import PATH: into $CONF; nothing secret, and accepted by ourselves.
import() {
	cd "$BATS_TEST_TMPDIR" || return
	run "$SENDLET" --import "$1"
	[[ $status == 0 ]] || fail "exit $status: $output"
	[[ $output != *"$SECRET"* ]] || fail "the password is shown"
	printf '%s\n' "$output" >"$CONF"
	accepted
}

# Ours reads it: with passwords where it expects them, and without commands.
accepted() {
	(umask 077 && echo x >"$BATS_TEST_TMPDIR/secret")
	sed -E "s,^(password )file:.*,\1file:$BATS_TEST_TMPDIR/secret,; s,gpg2 [^\\]*,printf x,; /^(spool|aliases) /d" "$CONF" >"$BATS_TEST_TMPDIR/ours"
	{ cat "$BATS_TEST_TMPDIR/ours" && echo; } >"$BATS_TEST_TMPDIR/again"
	chmod 600 "$BATS_TEST_TMPDIR/ours"
	run timeout 10 env -i SENDLET_ALIASES=off SENDLET_SPOOL=off "$SENDLET" --config "$BATS_TEST_TMPDIR/ours" --dry-run pat@example.net < <(message)
	[[ $status == 0 ]] || fail "not accepted: $output"
}

# expect: standard input is what was printed, but for the first line.
expect() {
	diff -u - <(tail -n +2 "$CONF")
}

@test "import: msmtp" {
	file msmtprc <<-END
		# comment
		defaults
		tls on
		tls_trust_file /etc/ssl/certs/ca-certificates.crt
		timeout 30

		account one
		host smtp.example.com
		port 587
		from %U@example.com
		auth plain
		user "kit k"
		password $SECRET
		aliases /etc/aliases
		domain h.example.com
		syslog LOG_MAIL

		account two : one
		tls_starttls off
		port 465
		host mx.example.org
		from kit@example.org
		passwordeval "printf '%s' 'x y'"
		tls_certcheck off
		proxy_host 127.0.0.1
		proxy_port 9050
		unheard_of yes

		account default : one
	END
	import msmtprc
	expect <<-END

		hostname h.example.com
		aliases /etc/aliases
		# See sendlet-aliases(5): an alias "default" is nothing special here.
		log syslog

		relay submissions://mx.example.org
		# Account two: there is no -a here; it is chosen by the sender.
		sender kit@example.org
		from kit@example.org
		user "kit k"
		auth plain
		password "command:/bin/sh -c \\"printf '%s' 'x y'\\""
		ca-file /etc/ssl/certs/ca-certificates.crt
		# tls_certcheck off: the certificate is verified now; tls-pin helps if it cannot be.
		proxy socks5://127.0.0.1:9050
		timeout-connect 30s
		# unheard_of: not known here.

		relay submission://smtp.example.com
		from %u@example.com
		user "kit k"
		auth plain
		# Put the password from msmtprc, line 13, alone into this file:
		password file:/etc/sendlet.password
		ca-file /etc/ssl/certs/ca-certificates.crt
		timeout-connect 30s
	END
}

@test "import: msmtp, kinds of servers" {
	local tls starttls port want
	while read -r tls starttls port want; do
		file .msmtprc <<-END
			account default
			host smtp.example.com
			tls $tls
			tls_starttls $starttls
			${port/#[0-9]/port &}
			auth off
		END
		sed -i 's/^-$//' "$BATS_TEST_TMPDIR/.msmtprc"
		import .msmtprc
		run grep '^relay' "$CONF"
		assert_equal "$output" "relay $want"
	done <<-'END'
		off on - smtp+notls://smtp.example.com
		off on 2525 smtp+notls://smtp.example.com:2525
		on on - smtp+tls://smtp.example.com
		on on 25 smtp+tls://smtp.example.com
		on on 587 submission://smtp.example.com
		on on 2525 submission://smtp.example.com:2525
		on off - submissions://smtp.example.com
		on off 465 submissions://smtp.example.com
		on off 4650 submissions://smtp.example.com:4650
	END
}

@test "import: ssmtp and revaliases" {
	file ssmtp/ssmtp.conf <<-END
		Root=ops@example.com
		Mailhub=smtp.example.com:587
		UseTLS=YES
		UseSTARTTLS=YES
		AuthUser=me
		AuthPass=$SECRET
		AuthMethod=CRAM-MD5
		RewriteDomain=example.com
		hostname=h.example.com
		FromLineOverride=NO
	END
	file ssmtp/revaliases <<-END
		# local:outgoing:hub
		root:kit@example.org:other.example.org:2525
		www:web@example.com
	END
	import ssmtp/ssmtp.conf
	expect <<-END

		root ops@example.com
		hostname h.example.com
		sender-map root kit@example.org
		sender-map www web@example.com
		domain example.com

		relay smtp+notls://other.example.org:2525
		sender kit@example.org

		relay submission://smtp.example.com
		# The certificate is verified now.
		force-from %u@example.com
		user me
		auth CRAM-MD5
		# Put the password from ssmtp/ssmtp.conf, line 6, alone into this file:
		password file:/etc/sendlet.password
	END
}

@test "import: nullmailer" {
	file nullmailer/remotes <<-END
		# comment
		smart.example.com smtp --port=587 --starttls --user=me --pass='$SECRET x' --insecure
		tls.example.com smtp ssl user="a b" pass=$SECRET auth-login x509cafile=/etc/ca.pem
		old.example.com qmqp
		[2001:db8::1]
		strange.example.com smtp --more=1
	END
	file nullmailer/me <<<h.example.com
	file nullmailer/defaultdomain <<<example.com
	file nullmailer/adminaddr <<<ops@example.com
	file nullmailer/allmailfrom <<<all@example.com
	file nullmailer/queuelifetime <<<86400
	import nullmailer
	expect <<-END

		hostname h.example.com
		domain example.com
		root ops@example.com
		# Other local users: see sendlet-aliases(5).
		force-from all@example.com
		spool-max-age 86400

		relay submission://smart.example.com
		user me
		# Put the password from nullmailer/remotes, line 2, alone into this file:
		password file:/etc/sendlet.password
		# The certificate is verified now; tls-pin helps if it cannot be.

		relay submissions://tls.example.com
		user "a b"
		# Put the password from nullmailer/remotes, line 3, alone into this file:
		password file:/etc/sendlet.password.2
		auth LOGIN
		ca-file /etc/ca.pem
		# Line 4: QMQP is not known here.

		relay smtp+notls://[2001:db8::1]
		# more: not known here.

		relay smtp+notls://strange.example.com
	END
	cp "$CONF" "$BATS_TEST_TMPDIR/whole"
	import nullmailer/remotes
	diff <(tail -n +2 "$BATS_TEST_TMPDIR/whole") <(tail -n +2 "$CONF")
}

@test "import: dma and auth.conf" {
	file mailname <<<h.example.com
	file auth.conf <<-END
		# user|host:password
		you|other.example.com:$SECRET
		me|smtp.example.com:$SECRET
	END
	file dma.conf <<-END
		SMARTHOST smtp.example.com
		PORT 587
		ALIASES /etc/aliases
		AUTHPATH $BATS_TEST_TMPDIR/auth.conf
		SECURETRANSFER
		STARTTLS
		OPPORTUNISTIC_TLS
		MAILNAME $BATS_TEST_TMPDIR/mailname
		MASQUERADE kit@
		DEFER
		FINGERPRINT 00
	END
	import dma.conf
	expect <<-END

		hostname h.example.com
		aliases /etc/aliases
		delivery queue

		# TLS is required now: a password goes over verified TLS only.
		relay submission://smtp.example.com
		user me
		# Put the password from $BATS_TEST_TMPDIR/auth.conf, line 3, alone into this file:
		password file:/etc/sendlet.password
		# The certificate is verified now.
		# FINGERPRINT: tls-pin is of the public key, not of the certificate.
		force-from kit@%h
	END
	file dma.conf <<<'MASQUERADE example.org'
	import dma.conf
	expect <<-END

		relay direct://
		force-from %u@example.org
	END
}

@test "import: esmtp" {
	file esmtprc <<-END
		hostname = smtp.example.com:25
		username = "me"
		password = "$SECRET"
		starttls = required
		qualifydomain = example.com
		force reverse_path = kit@example.com
		identity = kit@example.org
			hostname smtp.example.org
			username 'kit'
			password '$SECRET'
			starttls enabled
		identity = pat@example.org
			hostname localhost:2525
		mda "/usr/bin/procmail -d %T"
	END
	import esmtprc
	expect <<-END

		domain example.com
		# mda: there is no such thing here.

		# TLS is required now: a password goes over verified TLS only.
		relay submission://smtp.example.org
		sender kit@example.org
		user kit
		# Put the password from esmtprc, line 10, alone into this file:
		password file:/etc/sendlet.password

		relay smtp+notls://localhost:2525
		sender pat@example.org

		relay smtp+tls://smtp.example.com
		force-from kit@example.com
		user me
		# Put the password from esmtprc, line 3, alone into this file:
		password file:/etc/sendlet.password.2
	END
}

@test "import: Postfix and its maps" {
	file sasl_passwd <<-END
		[other.example.com]:587 you:$SECRET
		[smtp.example.com]:587	me:$SECRET:with:colons
	END
	file generic <<-END
		kit@h.local kit@example.com
		@h.local @example.com
	END
	file relays <<<'@example.org [tls.example.org]:submissions'
	file main.cf <<-END
		# comment
		myhostname = old.example.com
		mydomain = example.com
		myhostname = h.\$mydomain
		myorigin = \${mydomain}
		relayhost = [smtp.example.com]:587
		smtp_fallback_relay = example.net
		smtp_sasl_auth_enable = yes
		smtp_sasl_password_maps =
		    hash:$BATS_TEST_TMPDIR/sasl_passwd
		smtp_tls_security_level
		 = encrypt
		smtp_generic_maps = hash:$BATS_TEST_TMPDIR/generic
		sender_dependent_relayhost_maps = texthash:$BATS_TEST_TMPDIR/relays
		message_size_limit = 20480000
		inet_protocols = ipv4
		header_checks = pcre:/etc/postfix/checks
		smtp_tls_CAfile = /etc/ssl/ca.pem
	END
	import main.cf
	expect <<-END

		hostname h.example.com
		max-message-size 20480000
		ca-file /etc/ssl/ca.pem
		domain example.com
		address-family ipv4-only
		sender-map kit@h.local kit@example.com
		sender-map *@h.local %u@example.com
		# header_checks: there is no such thing here.

		relay submission://tls.example.org:465
		sender *@example.org
		# The certificate is verified now; tls-pin helps if it cannot be.

		relay submission://smtp.example.com
		user me
		# Put the password from $BATS_TEST_TMPDIR/sasl_passwd, line 2, alone into this file:
		password file:/etc/sendlet.password
		# The certificate is verified now; tls-pin helps if it cannot be.

		relay mx://example.net
		# The certificate is verified now; tls-pin helps if it cannot be.
	END
}

@test "import: Exim as Debian has it" {
	file exim4/update-exim4.conf.conf <<-END
		dc_eximconfig_configtype='smarthost'
		dc_readhost='example.com'
		dc_smarthost='smtp.example.com::587:[192.0.2.1];lan.example.org'
		dc_hide_mailname='true'
	END
	file exim4/passwd.client <<-END
		# target:login:password
		*.example.com:me:$SECRET
	END
	file email-addresses <<<'kit: kit@example.com'
	import exim4/update-exim4.conf.conf
	expect <<-END

		sender-map kit kit@example.com
		from %u@example.com
		domain example.com

		# TLS is required now: a password goes over verified TLS only.
		relay submission://smtp.example.com
		user me
		# Put the password from exim4/passwd.client, line 2, alone into this file:
		password file:/etc/sendlet.password

		relay smtp://192.0.2.1

		relay smtp://lan.example.org
	END
	sed -i "s/smarthost'/local'/" "$BATS_TEST_TMPDIR/exim4/update-exim4.conf.conf"
	run "$SENDLET" --import exim4/update-exim4.conf.conf
	assert_equal "$status" 78
}

@test "import: the samples of the programs themselves" {
	local sample n=0
	while read -r sample; do
		import "$sample"
		n=$((n + 1))
	done < <("$ROOT/tests/servers/samples.sh" list)
	((n >= 6)) || fail "$n samples"
}

@test "import: known by its words when the name says nothing" {
	file any <<<$'mailhub=smtp.example.com\nrewriteDomain=example.com'
	import any
	run head -n 1 "$CONF"
	assert_equal "$output" '# What any says for ssmtp.'
	file other <<<'nothing of the kind'
	run "$SENDLET" --import other
	assert_equal "$status" 78
	[[ $output == 'sendlet: other: not the configuration of '* ]] || fail "$output"
}

@test "import: what cannot be read" {
	cd "$BATS_TEST_TMPDIR"
	run "$SENDLET" --import nothing-here
	assert_equal "$status" 66
	run "$SENDLET" --import /dev/null
	assert_equal "$status" 78
	run "$SENDLET" --import one two
	assert_equal "$status" 64
	head -c 2000000 /dev/zero | tr '\0' a >msmtprc
	run "$SENDLET" --import msmtprc
	assert_equal "$status" 78
}

@test "import: no terminal sees what a file holds but text" {
	file msmtprc <<<$'account default\nhost a.example\nuser \e[31mx\n\e]0;evil\a on\nauth on'
	cd "$BATS_TEST_TMPDIR"
	run "$SENDLET" --import msmtprc
	[[ $output != *$'\e'* && $output != *$'\a'* ]] || fail "$output"
}

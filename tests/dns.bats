#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# Finding the servers behind a relay: MX, SRV, direct delivery, /etc/hosts; and
# name servers that fail, lie or say nothing.  The zones: servers/zones.

# shellcheck disable=SC2030,SC2031,SC2034,SC2153 # each test is a shell of its own
load lib/common
load lib/net

# -- MX ---------------------------------------------------------------------------------------

@test "mx: the most preferred host gets the mail" {
	sink 127.0.0.9 25
	sink 127.0.0.10 25
	relay mx://order.test
	mail
	assert_taken 127.0.0.9
	assert_taken 127.0.0.10 0
}

@test "mx: the next one when a host is down, greets badly or is busy" {
	sink 127.0.0.10 25
	relay mx://order.test
	mail
	assert_taken 127.0.0.10
	for rule in 'GREETING=421 4.3.2 no' 'EHLO=close' 'MAIL=451 4.3.0 later' 'RCPT=450 4.2.1 later' 'DATA=reset'; do
		sink 127.0.0.9 25 --on "$rule"
		mail
		assert_exit 0
		assert_equal "$(taken 127.0.0.9)" 0
		kill "$(<"$BATS_TEST_TMPDIR/at.127.0.0.9/pid")"
		rm -r "$BATS_TEST_TMPDIR/at.127.0.0.9"
	done
	assert_equal "$(taken 127.0.0.10)" 6
}

@test "mx: a host that has answered uses up its own time only" {
	sink 127.0.0.9 25 --on GREETING=stall
	sink 127.0.0.10 25
	relay mx://order.test 'timeout-connect 1s' 'timeout-greeting 2s'
	mail
	assert_taken 127.0.0.10
}

@test "mx: a recipient refused for good is not offered to the next" {
	sink 127.0.0.9 25 --on 'RCPT=550 5.1.1 no such user'
	sink 127.0.0.10 25
	relay mx://order.test
	mail
	assert_failed 67 '.*: RCPT TO: 550 5\.1\.1 no such user'
	assert_equal "$(taken 127.0.0.10)" 0
}

@test "mx: hosts of equal preference share the mail" {
	local count
	for host in 9 10 13; do
		sink "127.0.0.$host" 25
	done
	relay mx://equal.test
	for _ in {1..40}; do
		mail
		assert_exit 0
	done
	for host in 9 10 13; do
		count=$(taken "127.0.0.$host")
		((count > 0)) || fail "127.0.0.$host got nothing"
	done
}

@test "mx: without records the domain is a host" {
	sink 127.0.0.9 25
	relay mx://nomx.test
	mail
	assert_taken 127.0.0.9
}

@test "mx: with records the domain itself is none" {
	sink 127.0.0.99 25
	relay mx://plain.test 'timeout-connect 5s'
	mail
	assert_failed 69 'host9\.test\[127\.0\.0\.9\]:25: connection refused'
	assert_equal "$(taken 127.0.0.99)" 0
}

@test "mx: a null record means no mail" {
	sink 127.0.0.9 25
	relay mx://nullmx.test
	mail
	assert_failed 69 'nullmx\.test: the domain takes no mail \(RFC 7505\)'
	assert_equal "$(taken 127.0.0.9)" 0
}

@test "mx: a null record beside others does not count" {
	sink 127.0.0.9 25
	relay mx://notonlynull.test
	mail
	assert_taken 127.0.0.9
}

@test "mx: hosts and domains that are aliases" {
	sink 127.0.0.9 25
	for relay in mx://mxalias mx://aliased smtp+notls://alias2; do
		relay "$relay.test"
		mail
		assert_exit 0
	done
	assert_equal "$(taken 127.0.0.9)" 3
	relay smtp+notls://dangling.test
	mail
	assert_failed 69 'dangling\.test: no such host'
}

@test "mx: a domain by another name, wild cards, a host twice, a name as long as can be" {
	sink 127.0.0.9 25
	for domain in shop.renamed shop.wild twice longest; do
		relay "mx://$domain.test"
		mail
		assert_exit 0
		assert_silent
	done
	assert_equal "$(taken 127.0.0.9)" 4
}

@test "mx: hosts that do not exist, have no address, or are aliases in a circle" {
	relay mx://mxnowhere.test
	mail
	assert_failed 69 'nowhere\.test: no such host'
	relay mx://mxempty.test
	mail
	assert_failed 69 'empty\.test: the name has no address'
	relay mx://mxloop.test
	mail
	assert_failed 69 'loop1\.test: .*'
	sink 127.0.0.9 25
	relay mx://mxnowhere2.test
	mail
	assert_taken 127.0.0.9
}

@test "mx: an address in place of a host is none, nor is the domain then one" {
	sink 127.0.0.9 25
	relay mx://mxaddress.test
	mail
	assert_failed 69 'mxaddress\.test: its MX records name no host'
	assert_equal "$(taken 127.0.0.9)" 0
}

@test "mx: a domain that does not exist" {
	relay mx://nothing.test
	mail
	assert_failed 69 'nothing\.test: no such domain'
}

@test "mx: an answer of 250 records comes over TCP, and the best of them counts" {
	sink 127.0.0.9 25
	relay mx://big.test
	mail
	assert_taken 127.0.0.9
}

@test "mx: another port" {
	sink 127.0.0.9 2525
	relay mx://order.test:2525
	mail
	assert_taken 127.0.0.9
}

@test "mx: IPv6 and IPv4 of one host" {
	sink 127.0.0.11 25
	relay mx://mxboth.test
	mail
	assert_taken 127.0.0.11
	sink fd00::11 25
	mail
	assert_taken fd00::11
	relay mx://mxsix.test 'address-family ipv4-only'
	mail
	assert_failed 69 'six\.test: the name has no address'
}

@test "mx: the next relay when there is nobody" {
	sink 127.0.0.13 25
	conf <<-END
		relay mx://nullmx.test
		relay mx://nothing.test
		relay smtp+notls://host13.test
	END
	mail
	assert_taken 127.0.0.13
}

# -- SRV --------------------------------------------------------------------------------------

# certified ADDRESS PORT KIND NAMES: a sink with a certificate for these names.
certified() {
	[[ -e $BATS_FILE_TMPDIR/ca.pem ]] || certificate ca ca.pem "Test CA"
	certificate cert "$1.pem" "$4" ca.pem
	sink "$1" "$2" --tls "$3" --cert "$BATS_FILE_TMPDIR/$1.pem"
}

service() {
	relay "srv://$1.test" "ca-file $BATS_FILE_TMPDIR/ca.pem"
}

@test "srv: TLS from the first byte comes first" {
	certified 127.0.0.9 465 implicit DNS:tls.test
	certified 127.0.0.10 587 starttls DNS:tls.test
	service tls
	mail
	assert_taken 127.0.0.9
	assert_equal "$(SINK=$BATS_TEST_TMPDIR/at.127.0.0.9 envelope sni)" tls.test
}

@test "srv: STARTTLS when the other service is away, or is not offered" {
	certified 127.0.0.10 587 starttls DNS:tls.test
	service tls
	mail
	assert_taken 127.0.0.10
	certified 127.0.0.9 587 starttls DNS:start.test
	service start
	mail
	assert_taken 127.0.0.9
	assert_equal "$(SINK=$BATS_TEST_TMPDIR/at.127.0.0.9 envelope tls)" TLSv1.3
}

@test "srv: STARTTLS is not optional" {
	sink 127.0.0.9 587
	certificate ca ca.pem "Test CA"
	service start
	mail
	assert_failed 69 '.*STARTTLS: not offered by the relay.*'
	assert_equal "$(taken 127.0.0.9)" 0
}

@test "srv: a domain that offers nothing says so, or does not exist" {
	relay srv://none.test
	mail
	assert_failed 69 'none\.test: the domain offers neither .*'
	relay srv://nothing.test
	mail
	assert_failed 69 'nothing\.test: the domain offers neither .*'
}

@test "srv: priority" {
	for host in 9 10; do
		certified "127.0.0.$host" 465 implicit DNS:prio.test
	done
	service prio
	mail
	mail
	assert_taken 127.0.0.9 2
	assert_taken 127.0.0.10 0
}

@test "srv: the certificate is for the domain, or for a host inside it" {
	certified 127.0.0.9 587 starttls DNS:mail.inside.test
	service inside
	mail
	assert_taken 127.0.0.9
	# host9.test is outside of start.test: who answers for the DNS could
	# have named any host with a good certificate.
	service start
	mail
	assert_failed 69 '.*certificate of start\.test: .*not for this name.*'
	stop_sinks
	rm -r "$BATS_TEST_TMPDIR/at.127.0.0.9"
	certified 127.0.0.9 587 starttls DNS:inside.test
	service inside
	mail
	assert_taken 127.0.0.9
	stop_sinks
	rm -r "$BATS_TEST_TMPDIR/at.127.0.0.9"
	certified 127.0.0.9 587 starttls DNS:host9.test
	service start
	mail
	assert_exit 69
}

# -- direct delivery --------------------------------------------------------------------------

recipients() {
	SINK=$BATS_TEST_TMPDIR/at.$1 envelope recipients "${2:-1}" | tr '\n' ' '
}

@test "direct: one transaction for each domain" {
	sink 127.0.0.9 25
	sink 127.0.0.13 25
	relay direct://
	mail a@plain.test x@host13.test b@PLAIN.test y@host13.test
	assert_exit 0
	assert_silent
	assert_equal "$(recipients 127.0.0.9)" 'a@plain.test b@PLAIN.test '
	assert_equal "$(recipients 127.0.0.13)" 'x@host13.test y@host13.test '
	assert_equal "$(taken 127.0.0.9) $(taken 127.0.0.13)" "1 1"
}

@test "direct: a domain is the same in all the ways to write it" {
	sink 127.0.0.9 25
	relay direct://
	mail a@bücher.test b@xn--bcher-kva.test c@BÜCHER.Test
	assert_taken 127.0.0.9
	assert_equal "$(recipients 127.0.0.9 | wc -w)" 3
}

@test "direct: results are merged, each recipient has its own" {
	sink 127.0.0.9 25 --on 'RCPT:bad@=550 5.1.1 no such user'
	sink 127.0.0.13 25 --on 'MAIL=451 4.3.0 later'
	relay direct://
	mail a@plain.test bad@plain.test c@host13.test d@nothing.test e@nullmx.test
	assert_exit 69
	assert_equal "$(recipients 127.0.0.9)" 'a@plain.test '
	assert_stderr_line 'sendlet: <bad@plain\.test>: .*: RCPT TO: 550 5\.1\.1 no such user'
	assert_stderr_line 'sendlet: <c@host13\.test>: .*451 4\.3\.0 later'
	assert_stderr_line 'sendlet: <d@nothing\.test>: nothing\.test: no such domain'
	assert_stderr_line 'sendlet: <e@nullmx\.test>: nullmx\.test: the domain takes no mail \(RFC 7505\)'
	refute_stderr '<a@plain'
}

@test "direct: a domain that does not exist is a permanent failure" {
	relay direct://
	mail a@nothing.test
	assert_failed 68 'nothing\.test: no such domain'
	mail a@nullmx.test
	assert_failed 68 'nullmx\.test: the domain takes no mail .*'
	mail a@empty.test
	assert_failed 68 'empty\.test: the name has no address'
	mail "a@[127.0.0.9]"
	assert_failed 69 '127\.0\.0\.9\[127\.0\.0\.9\]:25: connection refused'
}

@test "direct: a name server in trouble is none" {
	relay direct://
	mail a@x.broken
	assert_failed 69 'x\.broken: name server failed'
	mail a@mxnowhere.test
	assert_failed 69 'nowhere\.test: no such host'
	relay direct:// 'address-family ipv4-only'
	mail a@six.test
	assert_failed 69 'six\.test: the name has no address'
}

@test "direct: the enhanced codes of the domains' refusals (RFC 7505 section 4)" {
	relay direct:// 'log stderr'
	mail a@nullmx.test b@nothing.test c@empty.test
	assert_exit 68
	assert_stderr_line '.*to=<a@nullmx\.test>, .*, dsn=5\.1\.10, status=bounced .*'
	assert_stderr_line '.*to=<b@nothing\.test>, .*, dsn=5\.1\.2, status=bounced .*'
	assert_stderr_line '.*to=<c@empty\.test>, .*, dsn=5\.1\.2, status=bounced .*'
}

@test "direct: addresses in place of domains" {
	sink 127.0.0.9 25
	sink fd00::9 25
	relay direct://
	mail 'a@[127.0.0.9]' 'b@[IPv6:fd00::9]'
	assert_exit 0
	assert_equal "$(taken 127.0.0.9) $(taken fd00::9)" "1 1"
}

@test "direct: nobody is told the password" {
	sink 127.0.0.9 25 --auth PLAIN --auth-plaintext
	conf <<-END
		auth-without-tls yes
		user kit@example.org
		password secret
		relay direct://
	END
	mail a@plain.test
	assert_taken 127.0.0.9
	grep -c '^AUTH' "$BATS_TEST_TMPDIR/at.127.0.0.9/wire.1" | grep -qx 0
}

@test "direct: the relay behind it gets what is left" {
	sink 127.0.0.9 25 --on 'RCPT:b@=450 4.2.1 later'
	sink 127.0.0.13 25
	conf <<-END
		relay direct://
		relay smtp+notls://host13.test
	END
	mail a@plain.test b@plain.test c@mxnowhere.test
	assert_exit 0
	assert_equal "$(recipients 127.0.0.9)" 'a@plain.test '
	assert_equal "$(recipients 127.0.0.13)" 'b@plain.test c@mxnowhere.test '
}

@test "direct: the -bs dialogue" {
	sink 127.0.0.9 25
	relay direct://
	send -bs < <(printf '%s\r\n' 'EHLO me' 'MAIL FROM:<kit@example.org>' 'RCPT TO:<a@plain.test>' \
		'DATA' 'Subject: x' '' 'x' . QUIT)
	assert_exit 0
	assert_equal "$(taken 127.0.0.9)" 1
}

# -- names of hosts ---------------------------------------------------------------------------

@test "hosts: the file comes before the name servers" {
	sink 127.0.0.10 25
	resolvers 127.0.0.54
	for host in only.hosts.test ONLY.hosts.TEST; do
		relay "smtp+notls://$host"
		mail
		assert_exit 0
		assert_silent
	done
	assert_equal "$(taken 127.0.0.10)" 2
}

@test "hosts: further names of a line, both families" {
	sink fd00::9 25
	relay smtp+notls://both.hosts.test
	mail
	assert_taken fd00::9
	sink 127.0.0.9 25
	relay smtp+notls://alias.hosts.test
	mail
	assert_taken 127.0.0.9
}

@test "hosts: localhost is this machine, without any file" {
	sink 127.0.0.1 2525
	HOSTS='127.0.0.99 elsewhere'
	relay smtp+notls://localhost:2525
	mail
	assert_taken 127.0.0.1
}

@test "dns: short names are completed" {
	sink 127.0.0.9 25
	relay smtp+notls://short
	mail
	assert_taken 127.0.0.9
}

@test "dns: a host with 200 addresses" {
	sink 127.0.9.1 25
	relay smtp+notls://crowd.test
	mail
	assert_exit 0
}

# -- name servers in trouble ------------------------------------------------------------------

@test "dns: a server that fails or refuses" {
	relay smtp+notls://x.broken
	mail
	assert_failed 69 'x\.broken: name server failed'
	relay smtp+notls://x.elsewhere
	mail
	assert_failed 69 'x\.elsewhere: name server failed'
	assert_took 0 3000
}

@test "dns: a server that fails and does not repeat the question" {
	nameserver
	resolvers 127.0.0.54
	relay smtp+notls://bare.test
	mail
	assert_failed 69 'bare\.test: name server failed'
	assert_took 0 3000
}

@test "dns: nobody listens: that is seen at once" {
	resolvers 127.0.0.54
	relay smtp+notls://host9.test
	mail
	assert_failed 69 'host9\.test: name server does not answer'
	assert_took 0 3000
}

@test "dns: the second server when the first fails, lies or is silent" {
	nameserver
	resolvers 127.0.0.54 127.0.0.53
	sink 127.0.0.9 25
	relay mx://plain.test
	for host in 127.0.0.54 127.0.0.55; do
		resolvers "$host" 127.0.0.53
		mail
		assert_exit 0
	done
	for mode in silent garbage number question short failed; do
		resolvers 127.0.0.54 127.0.0.53
		relay "mx://$mode.test"
		mail
		assert_failed 69 "$mode\.test: no such domain"
		assert_took 0 3000
	done
}

@test "dns: answers that are none are waited past, until the time is over" {
	nameserver
	resolvers 127.0.0.54
	sink 127.0.0.9 25
	sed -i s/timeout:2/timeout:1/ "$RESOLV_CONF"
	for mode in silent garbage number question short many; do
		relay "mx://$mode.test"
		mail
		assert_failed 69 "$mode\.test: name server does not answer"
		assert_took 1800 7000
	done
}

@test "dns: timeout-connect ends the wait for a name server" {
	nameserver
	resolvers 127.0.0.54
	for relay in mx://silent.test srv://silent.test smtp+notls://silent.test; do
		relay "$relay" 'timeout-connect 1s'
		mail
		assert_exit 69
		assert_took 900 3000
	done
	relay mx://hang.test 'timeout-total 1s'
	mail
	assert_exit 69
	assert_took 900 3000
}

@test "dns: names in circles, names with control characters, other people's records" {
	nameserver
	resolvers 127.0.0.54
	sink 127.0.0.9 25
	for mode in loop chain foreign; do
		relay "mx://$mode.test" 'timeout-connect 3s'
		mail
		assert_exit 69
	done
	relay mx://evil.test
	mail
	assert_failed 69 'evil\.test: its MX records name no host'
	assert_equal "$(taken 127.0.0.9)" 0
}

@test "dns: a cut answer is fetched over TCP, which may fail as well" {
	nameserver
	resolvers 127.0.0.54
	sed -i s/timeout:2/timeout:1/ "$RESOLV_CONF"
	for mode in hang cut lie drip; do
		relay "mx://$mode.test"
		mail
		assert_failed 69 "$mode\.test: name server (failed|does not answer)"
		assert_took 0 9000
		grep -q "^tcp $mode " "$BATS_TEST_TMPDIR/questions"
	done
}

@test "dns: a server that is silent over TCP leaves time for the others" {
	nameserver 127.0.0.54 hang
	nameserver 127.0.0.55 late
	resolvers 127.0.0.54 127.0.0.55
	sink 127.0.0.9 25
	relay mx://any.test 'address-family ipv4-only'
	mail
	assert_taken 127.0.0.9
	grep -q '^tcp hang 15' "$BATS_TEST_TMPDIR/questions"
}

@test "dns: a question that was lost is repeated" {
	nameserver
	resolvers 127.0.0.54
	sink 127.0.0.9 25
	relay mx://late.test
	mail
	assert_taken 127.0.0.9
	assert_took 900 6000
}

# asked NUMBER TYPE: how often the name server got a question of this type.
asked() {
	assert_equal "$(grep -c "^udp [a-z0-9]* $2 " "$BATS_TEST_TMPDIR/questions")" "$1"
}

@test "dns: a server that does not answer for IPv6 holds nobody up" {
	nameserver
	resolvers 127.0.0.54
	sink 127.0.0.9 25
	relay smtp+notls://noaaaa.test
	mail
	assert_taken 127.0.0.9
	assert_took 0 1400
	asked 1 28
	relay smtp+notls://noaaaa.test 'address-family ipv4-only'
	mail
	assert_taken 127.0.0.9 2
	assert_took 0 1400
	asked 1 28
}

@test "dns: nor behind MX and SRV records" {
	nameserver 127.0.0.54 noaaaa
	resolvers 127.0.0.54
	sink 127.0.0.9 25
	relay mx://any.test
	mail
	assert_taken 127.0.0.9
	assert_took 0 1400
	kill "$(<"$BATS_TEST_TMPDIR/at.127.0.0.9/pid")"
	rm -r "$BATS_TEST_TMPDIR/at.127.0.0.9"
	certified 127.0.0.9 465 implicit DNS:any.test
	service any
	mail
	assert_taken 127.0.0.9
	assert_took 0 1400
}

@test "dns: nor one that does not for IPv4" {
	nameserver
	resolvers 127.0.0.54
	sink fd00::9 25
	relay smtp+notls://noa.test
	mail
	assert_taken fd00::9
	assert_took 0 1400
	relay smtp+notls://noa.test 'address-family ipv6-only'
	mail
	assert_taken fd00::9 2
	asked 1 1
}

@test "dns: late answers count when what came earlier is of no use" {
	nameserver
	resolvers 127.0.0.54
	sink fd00::9 25
	for mode in slowaaaa lateaaaa longaaaa; do
		relay "smtp+notls://$mode.test"
		mail
		assert_exit 0
		assert_silent
	done
	assert_equal "$(taken fd00::9)" 3
}

#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# sendlet --check with a real name server: finding the relay, and whether the
# sender's SPF, DKIM and DMARC records would let the mail pass.  The zones are
# in servers/zones.

# shellcheck disable=SC2030,SC2031,SC2034,SC2153 # each test is a shell of its own
load lib/common
load lib/net
load lib/check

# from DOMAIN [LINE...]: what is said of a sender there, by way of 192.0.2.9.
from() {
	[[ -e $BATS_TEST_TMPDIR/at.192.0.2.9 ]] || sink 192.0.2.9 25
	relay smtp+notls://192.0.2.9 "${@:2}"
	check -f "kit@$1" pat@example.net
	assert_exit 0
}

# key [SELECTOR]: a line that signs with the key of RFC 8463.
key() {
	(umask 077 && echo nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A= >"$BATS_TEST_TMPDIR/key")
	echo "dkim-sign ${2:-pass.records} $1 $BATS_TEST_TMPDIR/key"
}

@test "check-dns: servers and their addresses" {
	sink 127.0.0.10 25
	relay mx://order.test
	check -f kit@example.org pat@example.net
	assert_exit 0
	assert_step servers ok 'order.test: host9.test:25, host10.test:25, host11.test:25'
	assert_step addresses ok 'host9.test: 127.0.0.9'
	assert_step connection failure 'host9.test\[127.0.0.9\]:25: connection refused'
	assert_step connection ok 'host10.test\[127.0.0.10\]:25'
	assert_step recipient ok 250
	[[ $(last_line) == warning:* ]]
}

@test "check-dns: names that lead nowhere" {
	relay smtp+notls://nothing.test
	check pat@example.net
	assert_exit 69
	assert_step addresses failure 'nothing.test: no such host'
	assert_hint addresses 'how the relay is spelt'
	refute_step connection
	relay smtp+notls://x.broken
	check pat@example.net
	assert_exit 69
	assert_step addresses failure 'x.broken: name server failed'
	assert_hint addresses resolv.conf
	relay mx://nothing.test
	check pat@example.net
	assert_exit 69
	assert_step servers failure 'nothing.test: no such domain'
	relay mx://nullmx.test
	check pat@example.net
	assert_exit 69
	assert_step servers failure 'takes no mail'
	relay srv://none.test
	check pat@example.net
	assert_exit 69
	assert_step servers failure 'offers neither'
	assert_hint servers submission://
}

@test "check-dns: direct delivery asks each domain" {
	sink 127.0.0.9 25
	sink 127.0.0.13 25 --on 'RCPT=450 4.2.1 later'
	relay direct://
	check -f kit@example.org 'a@plain.test, b@host13.test'
	assert_exit 69
	assert_step servers ok 'plain.test: host9.test:25'
	assert_step recipient ok '<a@plain.test>: 250'
	assert_step recipient failure '<b@host13.test>: .*450'
	check -f kit@example.org a@nothing.test
	assert_exit 68
	assert_step servers failure 'nothing.test: no such domain'
}

@test "check-dns: name servers that are silent do not hold it up" {
	nameserver
	resolvers 127.0.0.54
	sink 127.0.0.9 25
	relay smtp+notls://127.0.0.9
	check -f kit@silent.test pat@example.net
	assert_exit 0
	assert_step spf warning 'silent.test: name server does not answer'
	assert_hint spf 'try again later'
	assert_step dmarc warning 'does not answer'
}

@test "check-dns: addresses that come late are another step" {
	nameserver
	resolvers 127.0.0.54
	sink fd00::9 25
	relay smtp+notls://slowaaaa.test
	check pat@example.net
	assert_exit 0
	assert_step addresses ok 'slowaaaa.test: 127.0.0.9'
	assert_step addresses ok 'slowaaaa.test: fd00::9'
	assert_step connection warning 'slowaaaa.test\[fd00::9\]:25'
}

@test "check-dns: SPF that names the relay" {
	from pass.records
	assert_step spf ok "the relay's address passes by ip4:192.0.2.9 of pass.records; ends in -all"
	assert_equal "$(json 'step("spf")["domain"], step("spf")["lookups"]')" "('pass.records', 0)"
	for domain in 'include|include:_spf.provider.records of include.records; includes _spf.provider.records; ends in ~all|1' \
		'a|a of a.records|1' 'ahost|A:host.records/31 of ahost.records|1' 'mx|mx of mx.records|1' \
		'redirect|include:_spf.provider.records of include.records|2' \
		'split|ip4:192.0.2.9 of split.records|0' 'mixed|ip4:192.0.2.9 of mixed.records|0'; do
		IFS='|' read -r domain by lookups <<<"$domain"
		from "$domain.records"
		assert_step spf ok "passes by $by"
		assert_equal "$(json 'step("spf")["lookups"]')" "$lookups"
	done
}

@test "check-dns: SPF over IPv6" {
	sink 2001:db8::9 25
	relay 'smtp+notls://[2001:db8::9]'
	check -f kit@six.records pat@example.net
	assert_step spf ok 'passes by ip6:2001:db8::/32'
	check -f kit@pass.records pat@example.net
	assert_step spf warning "does not name 2001:db8::9, the relay's address"
}

@test "check-dns: SPF that does not name the relay, or leaves it open" {
	local domain
	for domain in fails soft neutral; do
		from "$domain.records"
		assert_step spf warning "the record is valid; it does not name 192.0.2.9, the relay's address"
		assert_hint spf 'what to include'
	done
	for domain in macro ptr; do
		from "$domain.records"
		assert_step spf ok 'the record is valid; whether it names the address'
	done
	from plus.records
	assert_step spf warning 'ends in \+all'
	assert_hint spf 'lets everybody send'
}

@test "check-dns: a relay nearby, or behind a proxy, says nothing of where mail leaves" {
	sink 127.0.0.9 25
	relay smtp+notls://127.0.0.9
	check -f kit@fails.records pat@example.net
	assert_exit 0
	assert_step spf ok 'whether it names the address the mail is sent from cannot be seen here; ends in -all'
	assert_step dmarc warning 'hangs on SPF and the relay'
}

@test "check-dns: SPF that counts as an error" {
	local domain words
	while IFS='|' read -r domain words; do
		from "$domain.records"
		assert_step spf failure "$words"
		assert_hint spf 'mend the record'
	done <<-'END'
		two|two.records: 2 records, where one is allowed
		address|"ip4:192.0.2.256": no address
		word|"incude:x.records": unknown mechanism
		many|more than ten terms that ask the DNS
		missing|includes nothing.records, which has no SPF record
		lost|redirected to a domain without an SPF record
		voids|more than two names that do not exist
	END
	from none.records
	assert_step spf warning 'none.records has no SPF record'
	assert_hint spf 'publish one'
	from failing.records
	assert_step spf warning 'x.broken: name server failed'
	[[ $(last_line) == warning:* ]]
}

@test "check-dns: direct delivery is judged by this machine's address" {
	sink 192.0.2.9 25
	relay direct:// 'source-address 192.0.2.9'
	check -f kit@pass.records 'pat@[192.0.2.9]'
	assert_exit 0
	assert_step spf ok "the machine's address passes by ip4:192.0.2.9"
	check -f kit@fails.records 'pat@[192.0.2.9]'
	assert_exit 0
	assert_step spf failure "does not let 192.0.2.9 send, which is this machine's address"
	assert_hint spf 'add ip4:192.0.2.9'
}

@test "check-dns: senders that no domain can vouch for" {
	sink 192.0.2.9 25
	relay smtp+notls://192.0.2.9
	check -f 'kit@[192.0.2.1]' pat@example.net
	assert_step spf warning 'not an address in a domain'
	assert_hint spf 'set from or domain'
	check -f '<>' pat@example.net
	assert_step spf ok 'the sender is empty'
	check -f 'kit@bücher.example' pat@example.net
	assert_step spf warning 'xn--bcher-kva.example'
}

@test "check-dns: DKIM keys" {
	local selector
	for selector in ed blank; do
		from pass.records "$(key $selector)"
		assert_step dkim ok "$selector._domainkey.pass.records has the key that signs \(ed25519-sha256\)"
		assert_step dmarc ok 'p=reject; passes by DKIM and SPF'
		assert_step files ok "dkim-sign $BATS_TEST_TMPDIR/key \(owner .*mode 0600\)"
	done
	from pass.records "$(key test)"
	assert_step dkim warning 'for testing'
	from pass.records "$(key other)"
	assert_step dkim failure 'another key than the one that signs'
	assert_hint dkim 'publish "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="'
	assert_step dmarc ok 'passes by SPF'
	from pass.records "$(key none)"
	assert_step dkim failure 'none._domainkey.pass.records: there is no such record'
	assert_hint dkim 'publish "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS'
	from pass.records "$(key gone)"
	assert_step dkim failure 'revoked'
	from pass.records "$(key wrong)"
	assert_step dkim failure 'k=dsa: unknown kind of key'
	from pass.records
	assert_step dkim ok 'no dkim-sign for pass.records: the relay may sign'
	from pass.records "$(key ed fails.records)"
	assert_step dkim ok 'no dkim-sign for pass.records'
}

@test "check-dns: an RSA key" {
	openssl genrsa 2048 >"$BATS_TEST_TMPDIR/rsa" 2>/dev/null
	chmod 600 "$BATS_TEST_TMPDIR/rsa"
	from pass.records "dkim-sign pass.records none $BATS_TEST_TMPDIR/rsa"
	assert_step dkim failure 'no such record'
	local public
	public=$(openssl rsa -in "$BATS_TEST_TMPDIR/rsa" -pubout 2>/dev/null | grep -v PUBLIC | tr -d '\n')
	assert_hint dkim 'k=rsa; p='
	[[ $(json 'step("dkim")["hint"]') == *"$public"* ]]
}

@test "check-dns: DMARC" {
	from pass.records
	assert_step dmarc ok '_dmarc.pass.records: p=reject; passes by SPF'
	from sub.pass.records
	assert_step dmarc ok '_dmarc.pass.records: p=reject; passes by SPF'
	from deep.in.pass.records
	assert_step dmarc warning '_dmarc.pass.records: p=reject; hangs on SPF and the relay'
	assert_hint dmarc 'dkim-sign'
	from fails.records "$(key ed fails.records)"
	assert_step dmarc ok 'p=quarantine; passes by DKIM'
	from include.records
	assert_step dmarc ok 'p=none; passes by SPF'
	from none.records
	assert_step dmarc warning 'none.records has no DMARC record'
	assert_hint dmarc '_dmarc.none.records'
	from soft.records
	assert_step dmarc warning 'no valid p='
	from plus.records
	assert_step dmarc ok '_dmarc.plus.records: p=none; passes by SPF'
}

@test "check-dns: DMARC wants one organisation, or the very same domain" {
	from bounce.pass.records
	assert_step dmarc ok '_dmarc.pass.records: p=reject; passes by SPF'
	from bounce.strict.records
	assert_step dmarc ok '_dmarc.strict.records: p=none; passes by SPF'
	from one.psd.records
	assert_step dmarc ok '_dmarc.psd.records: p=none; passes by SPF'
	assert_equal "$(json 'step("dmarc")["organisation"]')" one.psd.records
	from deep.in.pass.records "$(key ed)"
	assert_step dmarc ok 'p=reject; passes by DKIM'
	from lax.strict.records "$(key ed strict.records)"
	assert_step dkim ok 'ed._domainkey.strict.records has the key'
	assert_step dmarc ok 'p=none; the signature of strict.records is not aligned with lax.strict.records; hangs on SPF'
	relay smtp+notls://192.0.2.9 'from kit@pass.records'
	check -f '<>' pat@example.net
	assert_step dmarc warning "p=reject; the sender's domain <> is not aligned with pass.records"
	assert_hint dmarc 'a DKIM signature of pass.records'
}

#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# Connecting: the race of addresses, and the ways to take part in it.

# shellcheck disable=SC2030,SC2031,SC2034,SC2153 # each test is a shell of its own
load lib/common
load lib/net

# dial MS [KEYWORD=VALUE ...] HOST:PORT ...: sets lines; see unit/dial.c.
dial() {
	run "${INSIDE[@]}" "${BUILD:-$ROOT/build}/asan/unit/dial" "$@"
	echo "$output"
}

# assert_dialled TEXT LEAST MOST: the text and the tenths of a second it took.
assert_dialled() {
	assert_equal "${lines[0]}" "$1"
	((lines[1] >= $2 && lines[1] <= $3)) || fail "took ${lines[1]}"
}

@test "dial: the address that answers is taken" {
	sink 127.0.0.10 25
	dial 3000 several.test:25
	assert_dialled 'several.test[127.0.0.10]:25' 0 9
	dial 3000 127.0.0.10:25
	assert_dialled '127.0.0.10[127.0.0.10]:25' 0 9
}

@test "dial: IPv6 comes first, IPv4 when that refuses" {
	sink 127.0.0.11 25
	dial 3000 host11.test:25
	assert_dialled 'host11.test[127.0.0.11]:25' 0 9
	sink fd00::11 25
	dial 3000 host11.test:25
	assert_dialled 'host11.test[fd00::11]:25' 0 9
	dial 3000 fd00::11:25
	assert_dialled 'fd00::11[fd00::11]:25' 0 9
}

@test "dial: an address that swallows packets costs a quarter of a second" {
	hole fd00::11 25
	sink 127.0.0.11 25
	dial 10000 host11.test:25
	assert_dialled 'host11.test[127.0.0.11]:25' 2 12
}

@test "dial: so does each of several hosts that are equally good" {
	hole fd00::11 25
	hole 127.0.0.11 25
	hole 127.0.0.12 25
	sink 127.0.0.13 25
	dial 10000 host11.test:25 host12.test:25 host13.test:25
	assert_dialled 'host13.test[127.0.0.13]:25' 7 20
}

@test "dial: hosts that refuse or do not exist cost nothing" {
	sink 127.0.0.13 25
	dial 10000 host9.test:25 nowhere.test:25 empty.test:25 host11.test:25 host12.test:25 host14.test:25 host13.test:25
	assert_dialled 'host13.test[127.0.0.13]:25' 0 9
}

@test "dial: the first to answer wins, though it came late" {
	hole 127.0.0.10 25
	sink 127.0.0.9 25
	dial 10000 host10.test:25 silent.broken:25 host9.test:25
	assert_dialled 'host9.test[127.0.0.9]:25' 2 12
}

@test "dial: nor does a name server that says nothing about another hold it up" {
	nameserver
	resolvers 127.0.0.54
	hole 127.0.0.10 25 take 1.5
	dial 10000 127.0.0.10:25 silent.test:25
	assert_dialled '127.0.0.10[127.0.0.10]:25' 5 38
	# But it is asked again when all the others have failed meanwhile.
	sink 127.0.0.9 25
	hole 127.0.0.13 25 close 0.5
	dial 10000 127.0.0.13:25 late.test:25
	assert_dialled 'late.test[127.0.0.9]:25' 5 38
}

@test "dial: IPv6 addresses join when a name server is slow about them" {
	nameserver
	resolvers 127.0.0.54
	sink fd00::9 25
	dial 10000 slowaaaa.test:25
	assert_dialled 'slowaaaa.test[fd00::9]:25' 4 38
	hole 127.0.0.9 25
	dial 10000 slowaaaa.test:25
	assert_dialled 'slowaaaa.test[fd00::9]:25' 6 38
	# They are those of the same host, by whatever name it was found.
	echo 'search no.test search.test' >>"$RESOLV_CONF"
	: >"$BATS_TEST_TMPDIR/questions"
	dial 10000 slowaaaa:25
	assert_dialled 'slowaaaa[fd00::9]:25' 6 38
	assert_equal "$(grep -c '^udp slowaaaa 1 slowaaaa.no.test' "$BATS_TEST_TMPDIR/questions")" 1
	run grep -v ' slowaaaa\.no\.test$' "$BATS_TEST_TMPDIR/questions"
	assert_equal "$output" ''
}

@test "dial: others come before what a name server has not said" {
	nameserver
	resolvers 127.0.0.54
	hole 127.0.0.9 25
	sink 127.0.0.10 25
	dial 10000 noaaaa.test:25 127.0.0.10:25
	assert_dialled '127.0.0.10[127.0.0.10]:25' 2 14
}

@test "dial: what a name server never says is not waited for long" {
	nameserver
	resolvers 127.0.0.54
	dial 10000 noaaaa.test:25
	assert_dialled '69 noaaaa.test[127.0.0.9]:25: connection refused' 15 60
	dial 1000 noaaaa.test:25
	assert_dialled '69 noaaaa.test[127.0.0.9]:25: connection refused' 9 14
	# To be told that it cannot be found out is an answer as well.
	: >"$BATS_TEST_TMPDIR/questions"
	dial 10000 badaaaa.test:25
	assert_dialled '69 badaaaa.test[127.0.0.9]:25: connection refused' 0 14
	assert_equal "$(grep -c ' 28 ' "$BATS_TEST_TMPDIR/questions")" 1
}

@test "dial: the deadline holds" {
	hole 127.0.0.9 25
	dial 2000 host9.test:25
	assert_dialled '69 host9.test[127.0.0.9]:25: connection timed out' 20 25
}

@test "dial: every address that fails is named, and its host once" {
	hole 127.0.0.13 25
	dial 1000 host11.test:25 nowhere.test:25 host13.test:2525 host13.test:25
	assert_dialled '69 host11.test[fd00::11]:25: connection refused; [127.0.0.11]:25: connection refused; nowhere.test: no such host; host13.test[127.0.0.13]:2525: connection refused; host13.test[127.0.0.13]:25: connection timed out' 9 14
}

@test "dial: what is wrong with a name" {
	dial 3000 nowhere.test:25
	assert_dialled '68 nowhere.test: no such host' 0 9
	dial 3000 empty.test:25
	assert_dialled '68 empty.test: the name has no address' 0 9
	dial 3000 nowhere.test:25 x.broken:25
	assert_dialled '69 nowhere.test: no such host; x.broken: name server failed' 0 9
	dial 3000 x.broken:25
	assert_dialled '69 x.broken: name server failed' 0 9
}

@test "dial: address-family" {
	sink fd00::11 25
	sink 127.0.0.11 25
	dial 3000 address-family=ipv4-only host11.test:25
	assert_dialled 'host11.test[127.0.0.11]:25' 0 9
	dial 3000 address-family=ipv6-only host11.test:25
	assert_dialled 'host11.test[fd00::11]:25' 0 9
	dial 3000 address-family=ipv6-only host9.test:25
	assert_dialled '68 host9.test: the name has no address' 0 9
	dial 3000 address-family=ipv6-only 127.0.0.11:25
	assert_dialled '68 127.0.0.11: no IPv6 address' 0 9
	dial 3000 address-family=ipv4-only fd00::11:25
	assert_dialled '68 fd00::11: no IPv4 address' 0 9
}

@test "dial: source-address" {
	sink fd00::11 25
	sink 127.0.0.11 25
	relay smtp+notls://host11.test 'source-address 127.0.0.77'
	sed -i '/^hostname/d' "$CONF"
	mail
	assert_exit 0
	grep -q 'EHLO \[127\.0\.0\.77\]' "$BATS_TEST_TMPDIR/at.127.0.0.11/wire.1"
	relay smtp+notls://host11.test 'source-address 127.0.0.77 fd00::16'
	sed -i '/^hostname/d' "$CONF"
	mail
	assert_exit 0
	grep -q 'EHLO \[IPv6:fd00::16\]' "$BATS_TEST_TMPDIR/at.fd00::11/wire.1"
	dial 3000 source-address=fd00::16 127.0.0.11:25
	assert_dialled '69 127.0.0.11[127.0.0.11]:25: no source-address of this kind' 0 9
	dial 3000 source-address=192.0.2.1 127.0.0.11:25
	assert_dialled '69 127.0.0.11[127.0.0.11]:25: Cannot assign requested address' 0 9
}

@test "dial: bind-interface" {
	sink 127.0.0.11 25
	dial 3000 bind-interface=lo host11.test:25
	assert_dialled 'host11.test[127.0.0.11]:25' 0 9
	dial 3000 bind-interface=none0 127.0.0.11:25
	assert_dialled '69 127.0.0.11[127.0.0.11]:25: No such device' 0 9
}

# -- TCP Fast Open --------------------------------------------------------------------------------

# kernel BITS: what it may do; 1 on our side, 2 on the relay's.
kernel() {
	"${INSIDE[@]}" sh -c "echo $1 >/proc/sys/net/ipv4/tcp_fastopen"
}

# fast_open N: so many connections were open before the relay had heard of
# ours, each with a mail.
fast_open() {
	local seen
	assert_exit 0
	assert_silent
	seen=$("${INSIDE[@]}" awk '$1 == "TcpExt:" && !n { n = split($0, name) }
		$1 == "TcpExt:" { for (i = 2; i <= n; i++) if (name[i] == "TCPFastOpenPassive") value = $i }
		END { print value }' /proc/net/netstat)
	assert_equal "$((seen - ${before:=$seen}))" "$1"
}

@test "dial: TCP Fast Open: who knows us greets a round trip earlier" {
	local before
	kernel 3
	sink 127.0.0.15 25 --fast-open
	sink fd00::15 25 --fast-open
	for relay in 127.0.0.15 '[fd00::15]'; do
		relay "smtp+notls://$relay"
		before=
		mail
		fast_open 0
		mail
		mail
		fast_open 2
	done
	kernel 1
	mail
	fast_open 2
	kernel 0
	mail
	fast_open 2
	assert_equal "$(taken 127.0.0.15) $(taken fd00::15)" '3 5'
}

@test "dial: TCP Fast Open: not where the relay does not speak first" {
	local before
	kernel 3
	certificate self self.pem IP:127.0.0.14
	sink 127.0.0.14 465 --tls implicit --cert "$BATS_FILE_TMPDIR/self.pem" --fast-open
	relay submissions://127.0.0.14 "ca-file $BATS_FILE_TMPDIR/self.pem"
	mail
	fast_open 0
	mail
	fast_open 0
}

@test "dial: TCP Fast Open: an address that is dead by now does not win" {
	kernel 3
	sink 127.0.0.10 25 --fast-open
	dial 3000 127.0.0.10:25
	assert_dialled '127.0.0.10[127.0.0.10]:25' 0 9
	stop_sinks
	sink 127.0.0.9 25
	dial 10000 127.0.0.10:25 127.0.0.9:25
	assert_dialled '127.0.0.9[127.0.0.9]:25' 0 9
	hole 127.0.0.10 25
	dial 10000 127.0.0.10:25 127.0.0.9:25
	assert_dialled '127.0.0.9[127.0.0.9]:25' 2 12
}

@test "dial: TCP Fast Open: a firewall that is against it costs a second" {
	hole 127.0.0.10 25 options
	kernel 1
	for _ in 1 2; do
		dial 10000 127.0.0.10:25
		assert_dialled '127.0.0.10[127.0.0.10]:25' 10 38
	done
	kernel 0
	dial 10000 127.0.0.10:25
	assert_dialled '127.0.0.10[127.0.0.10]:25' 0 9
}

# assert_heard REGEX: whether the other side spoke, or how long that was waited for.
assert_heard() {
	[[ ${lines[2]} =~ ^$1$ ]] || fail "${lines[2]}"
}

@test "dial: of the last address left the greeting is waited for" {
	sink 127.0.0.11 25
	dial 3000 greeting=300000 127.0.0.11:25
	assert_dialled '127.0.0.11[127.0.0.11]:25' 0 9
	assert_heard 'greeted 0'
	dial 3000 greeting=300000 nowhere.test:25 host11.test:25
	assert_dialled 'host11.test[127.0.0.11]:25' 0 9
	assert_heard 'greeted 0'
	# Not where others may have to be tried.
	dial 3000 greeting=300000 127.0.0.11:25 host12.test:25
	assert_dialled '127.0.0.11[127.0.0.11]:25' 0 9
	assert_heard 'silent 0'
}

@test "dial: a late greeting is not for long, and the time is counted" {
	sink 127.0.0.11 25 --on GREETING=stall
	dial 9000 greeting=300000 127.0.0.11:25
	assert_dialled '127.0.0.11[127.0.0.11]:25' 2 60
	assert_heard 'silent ([2-9]|[1-5][0-9])'
	dial 9000 greeting=100 127.0.0.11:25
	assert_dialled '127.0.0.11[127.0.0.11]:25' 1 60
	assert_heard 'silent ([1-9]|[1-5][0-9])'
	# Connected is connected, though the time for that is over meanwhile.
	dial 100 greeting=300000 127.0.0.11:25
	assert_dialled '127.0.0.11[127.0.0.11]:25' 1 60
	assert_heard 'silent [0-9]+'
}

@test "dial: to wait for the greeting makes no deadline longer" {
	hole 127.0.0.9 25
	dial 2000 greeting=300000 host9.test:25
	assert_dialled '69 host9.test[127.0.0.9]:25: connection timed out' 20 25
	dial 100 greeting=300000 host9.test:25
	assert_dialled '69 host9.test[127.0.0.9]:25: connection timed out' 1 6
	# Who is connected late has all of the time to speak.
	hole 127.0.0.10 25 take 1.5
	dial 10000 greeting=300000 127.0.0.10:25
	assert_dialled '127.0.0.10[127.0.0.10]:25' 5 60
	assert_heard 'silent 0'
}

@test "dial: instead of a greeting" {
	dial 3000 greeting=300000 127.0.0.9:25
	assert_dialled '69 127.0.0.9[127.0.0.9]:25: connection refused' 0 9
	sink 127.0.0.10 25 --on GREETING=close
	dial 3000 greeting=300000 127.0.0.10:25
	assert_dialled '127.0.0.10[127.0.0.10]:25' 0 9
	assert_heard 'greeted 0'
	relay smtp+notls://127.0.0.10
	mail
	assert_failed 69 '127.0.0.10\[127.0.0.10\]:25: greeting: connection closed by the relay'
	sink 127.0.0.11 25 --on GREETING=reset
	dial 3000 greeting=300000 127.0.0.11:25
	assert_dialled '127.0.0.11[127.0.0.11]:25' 0 9
	assert_heard 'greeted 0'
	relay smtp+notls://127.0.0.11
	mail
	assert_failed 69 '127.0.0.11\[127.0.0.11\]:25: greeting: [Cc]onnection (closed by the relay|reset by peer)'
}

@test "dial: Unix sockets" {
	start_sink --listen "$BATS_TEST_TMPDIR/socket"
	dial 3000 "$BATS_TEST_TMPDIR/socket"
	assert_dialled "$BATS_TEST_TMPDIR/socket" 0 9
	dial 3000 /nowhere/socket
	assert_dialled '69 /nowhere/socket: No such file or directory' 0 9
}

@test "dial: a dead first address of a relay goes unnoticed" {
	hole fd00::11 25
	sink 127.0.0.11 25
	relay smtp+notls://host11.test
	mail
	assert_taken 127.0.0.11
	assert_took 240 3000
}

@test "dial: a dead first relay costs its timeout, a dead better MX half of it" {
	hole 127.0.0.9 25
	sink 127.0.0.10 25
	printf '%s\n' 'relay smtp+notls://host9.test' 'timeout-connect 1s' 'relay smtp+notls://host10.test' | conf
	mail
	assert_taken 127.0.0.10
	assert_took 900 4000
	relay mx://order.test 'timeout-connect 4s'
	mail
	assert_taken 127.0.0.10 2
	assert_took 1900 5000
}

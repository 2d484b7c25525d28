#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# The program for other machines, emulated: 64 and 32 bits, little and big
# endian.  It sends as it does here, and they read what each other wrote.
# shellcheck disable=SC2030,SC2031,SC2034 # each test is a shell of its own

load lib/common

MACHINES=(aarch64 armhf mips)
LIMIT=60 # emulators are slow

setup_file() {
	certificate ca ca.pem
	certificate cert relay.pem DNS:localhost,IP:127.0.0.1 ca.pem
}

# on MACHINE: what runs as sendlet from now on; "here" is this one.
on() {
	local machine=$1
	SENDLET=$ROOT/build/sendlet
	[[ $machine != here ]] || return 0
	SENDLET=$BATS_TEST_TMPDIR/sendlet.$machine
	printf '#!/bin/sh\nexec qemu-%s-static %s "$@"\n' "${machine/armhf/arm}" "$ROOT/build/$machine/sendlet" \
		>"$SENDLET"
	chmod 755 "$SENDLET"
}

# elf MACHINE CLASS DATA TEXT: what the program for it is made for
elf() {
	run readelf -hlW "$ROOT/build/$1/sendlet"
	[[ $output =~ Class:\ +ELF$2 && $output =~ $3\ endian && $output =~ Machine:\ +$4 ]] || fail "$output"
	[[ $output == *DYN* && $output != *INTERP* && $output == *GNU_RELRO* ]] || fail "$output"
}

@test "cross: one static file each, that can be loaded anywhere" {
	elf aarch64 64 little AArch64
	elf armhf 32 little ARM
	elf mips 32 big MIPS
}

@test "cross: libraries as here" {
	local versions
	versions=$(on here && "$SENDLET" --version)
	for machine in "${MACHINES[@]}"; do
		on $machine
		assert_equal "$("$SENDLET" --version)" "$versions"
	done
}

# sends AUTH: under TLS, with a password and a large message
sends() {
	start_sink --tls starttls --cert "$BATS_FILE_TMPDIR/relay.pem" --require-auth --auth "$1" \
		--user alerts --password 'pässword'
	conf <<-END
		relay smtp+tls://127.0.0.1:$PORT
		ca-file $BATS_FILE_TMPDIR/ca.pem
		user alerts
		password "pässword"
	END
	send -t < <(message && seq 200000)
	assert_sent
	assert_equal "$(envelope tls)" TLSv1.3
	tail -n 1 "$(arrived)" | grep -q '^200000'
}

@test "cross: aarch64 sends over TLS with a password" {
	on aarch64
	sends SCRAM-SHA-256-PLUS
	sends_again=$(cksum <"$(arrived)")
	on here
	stop_sinks
	rm -rf "$SINK"
	sends SCRAM-SHA-256-PLUS
	assert_equal "$(cksum <"$(arrived)")" "$sends_again"
}

@test "cross: armhf sends over TLS with a password" {
	on armhf
	sends SCRAM-SHA-256-PLUS
}

@test "cross: mips sends over TLS with a password" {
	on mips
	sends SCRAM-SHA-256-PLUS
}

# A mail for MACHINE@example.net that waits in the spool.
spool_on() {
	on "$1"
	message "from $1" | sendlet -odq "$1@example.net"
}

@test "cross: what waits on one machine is sent by any other" {
	mkdir "$BATS_TEST_TMPDIR/spool"
	SPOOL=$BATS_TEST_TMPDIR/spool
	local all=("${MACHINES[@]}" here)
	start_sink
	conf_plain
	for n in "${!all[@]}"; do
		spool_on "${all[n]}"
		on "${all[(n + 1) % ${#all[@]}]}"
		sendlet -bp | grep -q "${all[n]}@example.net"
		send -q
		assert_exit 0
		assert_received $((n + 1))
		assert_equal "$(envelope recipients $((n + 1)))" "${all[n]}@example.net"
		grep -q "^from ${all[n]}" "$(arrived $((n + 1)))"
	done
	assert_wire_clean
}

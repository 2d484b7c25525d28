#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# What more octets and more recipients cost: counted, not timed.  bench.sh has
# the times.

# shellcheck disable=SC2030,SC2031,SC2034,SC2153 # each test is a shell of its own
load lib/common

LIMIT=60

setup() {
	start_sink --ehlo PIPELINING,8BITMIME,CHUNKING --on 'EOM=delay 1'
	conf_plain 'max-message-size 1g'
}

# A message of N MiB in $INPUT, with N as its first argument.
input() {
	INPUT=$BATS_TEST_TMPDIR/input
	{ message && yes 'an ordinary line of an ordinary message, neither long nor short' |
		head -c "$(($1 << 20))" && echo; } >"$INPUT"
}

# The system calls of a call, or those in $TRACE: their number in $calls.
count() {
	env -i "${ENV[@]}" "$(command -v strace)" -f -c -e "trace=${TRACE:-all}" -o "$BATS_TEST_TMPDIR/calls" \
		"$SENDLET" --config "$CONF" -i -f kit@example.org "$@" <"$INPUT"
	calls=$(awk '$NF == "total" { print $4 }' "$BATS_TEST_TMPDIR/calls")
	echo "$calls calls"
}

# A message to N recipients, whose names and addresses fill 206 octets each.
crowd() {
	local name='A recipient with a name of so many words that it takes up a good part of the line that it stands on'
	INPUT=$BATS_TEST_TMPDIR/crowd-$1
	printf 'From: kit@example.org\nTo: %s\nSubject: to all\nDate: %s\nMessage-ID: <1@example.org>\n\nHello\n' \
		"$(seq -f " \"$name and of two more, if lines were short, which they need not be in this case\" <r%g@example.net>" \
			-s $',\n' "$1")" 'Sun, 22 Nov 2026 10:00:00 +0000' >"$INPUT"
}

# measure N [ARG...]: the peak of its memory in KiB, in $peak, while the relay ponders message N.
measure() {
	local pid args=("${@:2}")
	[[ $# -gt 1 ]] || args=(-i -f kit@example.org pat@example.net)
	env -i "${ENV[@]}" "$SENDLET" --config "$CONF" "${args[@]}" <"$INPUT" >"$OUT" 2>"$ERR" 3>&- &
	pid=$!
	while [[ $(grep -c 'message of' "$SINK/trace") -lt $1 && -e /proc/$pid ]]; do
		sleep 0.05
	done
	peak=$(sed -n 's/^VmHWM:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/$pid/status")
	wait "$pid"
	echo "$peak KiB"
}

@test "growth: memory is flat from 1 MiB to 64 MiB" {
	touch "$SINK/trace"
	input 1
	measure 1
	local small=$peak
	input 64
	measure 2
	((peak <= small + 256 && peak <= 1536))
}

@test "growth: memory is flat where all of the body is encoded" {
	start_sink -n narrow --ehlo PIPELINING --on 'EOM=delay 1'
	conf_plain 'max-message-size 1g'
	touch "$SINK/trace"
	input 1
	sed -i 's/ordinary/gew\xc3\xb6hnlich/' "$INPUT"
	measure 1
	local small=$peak
	input 32
	sed -i 's/ordinary/gew\xc3\xb6hnlich/' "$INPUT"
	measure 2
	grep -q '^Content-Transfer-Encoding: quoted-printable' "$(arrived 2)"
	((peak <= small + 256 && peak <= 2048))
}

@test "growth: memory is next to flat from 1 recipient to 10,000" {
	touch "$SINK/trace"
	SPOOL=$BATS_TEST_TMPDIR/spool
	conf_plain
	crowd 1
	measure 1 -i -t -f kit@example.org
	local one=$peak
	crowd 10000
	measure 2 -i -t -f kit@example.org
	((peak <= one + 1200 && peak <= 1792))
	# The same from the spool.
	sendlet -i -t -f kit@example.org -odq <"$INPUT"
	measure 3 -q
	((peak <= one + 1500 && peak <= 2048))
	cmp "$(arrived 2)" "$(arrived 3)"
	cmp <(sed 's/$/\r/' "$INPUT") "$(arrived 2)"
	cmp <(seq -f 'r%g@example.net' 10000) <(envelope recipients 2)
	# The report on all of them.
	start_sink -n nobody --ehlo PIPELINING,8BITMIME,CHUNKING --on 'RCPT:<r=550 5.1.1 no' --on 'EOM=delay 1'
	touch "$SINK/trace"
	conf_plain
	sendlet -i -t -f kit@example.org -odq <"$INPUT"
	measure 1 -q
	((peak <= one + 1700 && peak <= 2048))
	assert_equal "$(grep -c '^Action: failed' "$(arrived 1)")" 10000
}

# The recipients of the Nth message that arrived, with names as they are shown.
shown() {
	"${PYTHON[@]}" - "$(arrived "$1")" <<-'END'
		import email.header, re, sys
		text = open(sys.argv[1], "rb").read().decode().split("\r\nSubject:")[0].replace("\r\n", "")
		for name, address in re.findall(r'(=\?[^<]*|"[^"]*") <(r\d+@example.net) ?>', text):
		    print("".join(t if isinstance(t, str) else t.decode(c or "ascii")
		        for t, c in email.header.decode_header(name)).strip('" '), address)
	END
}

@test "growth: memory is next to flat where a header is made anew, or signed" {
	local key=$BATS_TEST_TMPDIR/key names=$BATS_TEST_TMPDIR/names one
	start_sink -n narrow --ehlo PIPELINING --on 'EOM=delay 1'
	touch "$SINK/trace"
	conf_plain
	crowd 1
	measure 1 -i -t -f kit@example.org
	one=$peak
	crowd 10000
	sed -i 's/words/w\xc3\xb6rter/' "$INPUT"
	awk '/^Subject:/ { for (i = 0; i < 120000; i++) printf "%s", i ? " w\xc3\xb6rter" : "Subject:" } 1' "$INPUT" >"$INPUT.long"
	INPUT=$INPUT.long measure 2 -i -t -f kit@example.org
	((peak <= one + 1400 && peak <= 1792))
	shown 2 >"$names"
	cmp "$names" <(grep -o '"A .*>' "$INPUT" | tr -d '"<>')
	# The names in one line, which is too long, without domains, and signed.
	sed -n 'H; ${x; s/,\n/,/g; s/@example.net>/>/g; s/^\n//; p}' "$INPUT" >"$INPUT.line"
	INPUT=$INPUT.line
	[[ $(wc -l <"$INPUT") -eq 7 ]]
	(umask 077 && openssl genrsa -traditional -out "$key" 2048 2>"$ERR")
	conf_plain "dkim-sign example.org rsa $key" 'domain example.net'
	measure 3 -i -t -f kit@example.org
	((peak <= one + 1700 && peak <= 2048))
	cmp <(shown 3) "$names"
	# So many lines as the first one has take dkimpy fifteen seconds.
	crowd 2000
	sed -i 's/words/w\xc3\xb6rter/' "$INPUT"
	sendlet -i -t -f kit@example.org <"$INPUT"
	printf 'rsa._domainkey.example.org v=DKIM1; k=rsa; p=%s\n' \
		"$(openssl pkey -in "$key" -pubout -outform DER | base64 -w 0)" >"$key.public"
	run /usr/bin/python3 -B "$ROOT/tests/lib/dkim_judge.py" "$key.public" "$(arrived 4)"
	[[ $status -eq 0 && $output == 'example.org rsa rsa-sha256 pass' ]]
}

@test "growth: a header of any length keeps every octet" {
	local n text
	start_sink -n any --ehlo PIPELINING,8BITMIME,CHUNKING
	SPOOL=$BATS_TEST_TMPDIR/spool
	conf_plain 'max-message-size 1g' 'domain example.net'
	text=$(printf 'x%.0s' {1..900})
	for n in 600 650 950 1000 5000; do
		crowd "$n"
		# Some names get a domain; what follows is known as body by its lack of a colon.
		sed -i -e 's/\([0-4]\)@example.net>/\1>/' -e '/^$/d' -e "\$s/.*/$text/" "$INPUT"
		sed -e 's/\([0-4]\)>/\1@example.net>/' -e '$s/^/\r\n/' -e 's/$/\r/' "$INPUT" >"$INPUT.crlf"
		sendlet -i -t -f kit@example.org <"$INPUT"
		cmp "$INPUT.crlf" "$(arrived "$(received)")"
		sendlet -i -t -f kit@example.org -odq <"$INPUT"
		sendlet -q
		cmp "$INPUT.crlf" "$(arrived "$(received)")"
	done
	# A large body lies behind it in the file.
	yes "$text" | head -n 2000 >>"$INPUT"
	yes "$text"$'\r' | head -n 2000 >>"$INPUT.crlf"
	sendlet -i -t -f kit@example.org <"$INPUT"
	cmp "$INPUT.crlf" "$(arrived "$(received)")"
}

@test "growth: system calls are linear in the octets" {
	input 1
	count pat@example.net
	local one=$calls
	input 4
	count pat@example.net
	local four=$calls
	input 16
	count pat@example.net
	# 12 MiB more cost at most four times what 3 MiB more did, and some.
	((calls - four <= (four - one) * 5 && calls <= 16 * 128))
}

@test "growth: in clear text the kernel sends from file to socket" {
	local n=0 options
	for options in PIPELINING,8BITMIME,CHUNKING PIPELINING,8BITMIME; do
		start_sink -n "sink$((n += 1))" --ehlo "$options"
		conf_plain
		input 4
		TRACE=pread64 count pat@example.net
		((calls <= 4))	# most of them by env(1)
		cmp <(sed 's/$/\r/' "$INPUT") "$(arrived 1)"
		TRACE=sendfile count pat@example.net
		((calls >= 16))
		# A dot that must be doubled.
		echo .x >>"$INPUT"
		TRACE=pread64 count pat@example.net
		[[ $options == *CHUNKING* || $calls -gt 16 ]]
		cmp <(sed 's/$/\r/' "$INPUT") "$(arrived 3)"
	done
}

@test "growth: room for a large message is asked for in large pieces" {
	input 3
	TRACE=fallocate count pat@example.net
	((calls == 0))
	input 20
	TRACE=fallocate count pat@example.net
	((calls == 5))
	cmp <(sed 's/$/\r/' "$INPUT") "$(arrived 2)"
}

# instructions N: what N addresses and N without a domain cost, in one line; in $count.
instructions() {
	INPUT=$BATS_TEST_TMPDIR/input
	{
		printf 'From: kit@example.org\nTo: '
		seq -f '"Somebody whose name is of some length, not too little" <r%g@example.net>,' "$1" | tr -d '\n'
		seq -s , -f '"Somebody whose name is of some length, not too little" <l%g>' "$1" && echo
	} >"$INPUT"
	env -i "${ENV[@]}" valgrind --tool=callgrind --callgrind-out-file=/dev/null "$SENDLET" --config "$CONF" \
		--dry-run -i -t -f kit@example.org <"$INPUT" >"$OUT" 2>"$ERR"
	count=$(sed -n 's/.* Collected : //p' "$ERR")
	echo "$count instructions"
	assert_equal "$(grep -c '^to <' "$OUT")" "$((2 * $1))"
}

@test "growth: instructions are linear in the addresses of a line" {
	conf_plain 'domain example.net'
	instructions 500
	local few=$count
	instructions 1500
	((count > few && count <= few * 4))
}

# Replies are read as they come, so that only the writes are the same each time.
@test "growth: writes are linear in the recipients" {
	INPUT=$BATS_TEST_TMPDIR/input
	message >"$INPUT"
	local -a rcpt
	mapfile -t rcpt < <(seq -f 'r%g@example.net' 4000)
	TRACE=sendmsg count "${rcpt[@]:0:1000}"
	local thousand=$calls
	TRACE=sendmsg count "${rcpt[@]}"
	((thousand <= 12 && calls <= thousand * 4 + 4))
	assert_equal "$(envelope recipients 2 | wc -l)" 4000
}

# The writes and the calls that hurry them, in this order.
writes() {
	strace -e trace=setsockopt,sendmsg -o "$BATS_TEST_TMPDIR/calls" env -i "${ENV[@]}" "$SENDLET" --config "$CONF" -i \
		-f kit@example.org pat@example.net <"$INPUT"
	sed -n 's/(.*TCP_NODELAY.*/ TCP_NODELAY/p; s/^\(sendmsg\)(.*/\1/p' "$BATS_TEST_TMPDIR/calls" | paste -s -d ' '
}

@test "growth: TCP_NODELAY is for who writes before an answer, or often" {
	INPUT=$BATS_TEST_TMPDIR/input
	message >"$INPUT"
	assert_equal "$(writes)" 'sendmsg sendmsg'
	start_sink -n old --ehlo PIPELINING
	conf_plain
	assert_equal "$(writes)" 'sendmsg sendmsg setsockopt TCP_NODELAY sendmsg'
	start_sink -n large --ehlo CHUNKING --on 'EHLO=250 CHUNKING'
	input 1
	conf_plain
	[[ $(writes) == 'sendmsg sendmsg setsockopt TCP_NODELAY sendmsg'* ]]
}

@test "growth: a small message takes few system calls" {
	INPUT=$BATS_TEST_TMPDIR/input
	{ printf '%s\n' 'Date: Sun, 22 Nov 2026 10:00:00 +0000' 'Message-ID: <1@example.org>' && message; } >"$INPUT"
	# Three times it is waited for replies, more often when they come one by one.
	TRACE='!poll,recvfrom'
	conf_plain 'sandbox off' 'log off'
	count pat@example.net
	((calls <= 20))
	conf_plain 'sandbox required' 'log off'
	count pat@example.net
	((calls <= 32))
}

#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# The command line: how words become options, values and recipients, and what
# the options do that exist for the sake of programs that use them.

# shellcheck disable=SC2034 # for lib/common
load lib/common

setup() {
	conf <<-END
		domain example.org
		relay maildir:$BATS_TEST_TMPDIR/mail
	END
}

# What a call comes to: "SENDER > RECIPIENT RECIPIENT", or its exit status and
# first message.
outcome() {
	send --dry-run "$@" < <(message)
	if [[ $status == 0 ]]; then
		sed -n -e '1s/^from <\(.*\)>$/\1 >/p' -e 's/^to <\(.*\)>$/\1/p' "$OUT" | paste -sd ' '
	else
		echo "$status $(head -n 1 "$ERR")"
	fi
}

# table: reads lines "WORDS => OUTCOME"; WORDS are quoted as for a shell.
table() {
	local line count=0
	local -a words
	while read -r line; do
		[[ -n $line ]] || continue
		eval "words=(${line% => *})"
		assert_equal "${line% => *} => $(outcome "${words[@]}")" "$line"
		count=$((count + 1))
	done
	((count == $1)) || fail "$count cases"
}

@test "options: values are glued, separate or clustered" {
	table 20 <<-'END'
		-f kit@a.example b@c.example => kit@a.example > b@c.example
		-fkit@a.example b@c.example => kit@a.example > b@c.example
		-r kit@a.example b@c.example => kit@a.example > b@c.example
		-rkit@a.example b@c.example => kit@a.example > b@c.example
		-if kit@a.example b@c.example => kit@a.example > b@c.example
		-itfkit@a.example => kit@a.example > pat@example.net
		-f one@a.example -f two@a.example b@c.example => two@a.example > b@c.example
		-f two@a.example -r one@a.example b@c.example => one@a.example > b@c.example
		-f '' b@c.example =>  > b@c.example
		-f '<>' b@c.example =>  > b@c.example
		'-f<>' b@c.example =>  > b@c.example
		-f kit b@c.example => kit@example.org > b@c.example
		-f 'Kit <kit@a.example>' b@c.example => kit@a.example > b@c.example
		-f kit@a.example -F '' b@c.example => kit@a.example > b@c.example
		-fkit -FKit -t => kit@example.org > pat@example.net
		-F -t -fkit b => kit@example.org > b@example.org
		-fkit -- -t => kit@example.org > -t@example.org
		-fkit -- b => kit@example.org > b@example.org
		-fkit -t -- b => kit@example.org > b@example.org pat@example.net
		-fkit b -- c -t => kit@example.org > b@example.org c@example.org -t@example.org
	END
}

@test "options: what takes a value never leaves it to the recipients" {
	local option count=0
	for option in '-A c' '-B 8BITMIME' '-B 7bit' '-D file' '-L tag' '-M x' '-N never' '-O a=b' \
		'-O DeliveryMode=i' '-R hdrs' '-V id' '-X file' '-b m' '-e m' '-h 1' '-o i' '-o em' \
		'-o x' '-p x' '-Ac' '-B8BITMIME' '-Dx' '-Ltag' '-Nnever' '-Oa=b' '-Rhdrs' '-Vid' \
		'-Xfile' '-bm' '-em' '-ep' '-eq' '-ew' '-ee' '-h1' '-oi' '-oem' '-oep' '-oeq' '-oew' \
		'-oee' '-odi' '-om' '-oo' '-ov' '-or0s' '-oQx' '-oAx' '-p x' '-pESMTP:host'; do
		# shellcheck disable=SC2086 # options and values
		assert_equal "$option: $(outcome -f kit@a.example $option b@c.example)" \
			"$option: kit@a.example > b@c.example"
		count=$((count + 1))
	done
	((count == 50))
}

@test "options: what takes none, or only a glued value, leaves the next word" {
	local option count=0
	for option in -G -S -T -U -c -i -m -n -s -x -E -Ex -J -Jx -Q -Qx -d -d0.1 -d9 -imn -itU --dry-run; do
		assert_equal "$option: $(outcome -f kit@a.example "$option" b@c.example | cut -c -27)" \
			"$option: kit@a.example > b@c.example"
		count=$((count + 1))
	done
	((count == 22))
}

@test "options: recipients may stand before options, up to --" {
	table 5 <<-'END'
		b@c.example -f kit@a.example => kit@a.example > b@c.example
		b@c.example -i d@c.example -f kit@a.example => kit@a.example > b@c.example d@c.example
		b@c.example -t -fkit@a.example => kit@a.example > b@c.example pat@example.net
		-fkit b@c.example,d@c.example e@c.example => kit@example.org > b@c.example d@c.example e@c.example
		-fkit@a.example - -- b@c.example => kit@a.example > -@example.org b@c.example
	END
}

@test "options: usage errors, worded as getopt does" {
	local letter
	table 17 <<-'END'
		-Z b => 64 sendlet: invalid option -- 'Z'
		-iZ b => 64 sendlet: invalid option -- 'Z'
		-F => 64 sendlet: option requires an argument -- 'F'
		-tF => 64 sendlet: option requires an argument -- 'F'
		b -f => 64 sendlet: option requires an argument -- 'f'
		--nothing b => 64 sendlet: unrecognized option '--nothing'
		--f b => 64 sendlet: unrecognized option '--f'
		--help=b => 64 sendlet: option '--help' doesn't allow an argument
		--config => 64 sendlet: option '--config' must be the very first word, and its file the second
		-bd => 64 sendlet: -bd: not supported; there are -bm, -bs, -bp, -bv and -bi
		-bt => 64 sendlet: -bt: not supported; there are -bm, -bs, -bp, -bv and -bi
		-bx b => 64 sendlet: invalid option value -- 'bx'
		-b '' b => 64 sendlet: invalid option value -- 'b'
		-B BINARY b => 64 sendlet: invalid option value -- 'BBINARY'
		-h many b => 64 sendlet: invalid option value -- 'hmany'
		-h -1 b => 64 sendlet: invalid option value -- 'h-1'
		-f kit => 64 sendlet: no recipient: give addresses, or -t to take them from the header
	END
	for letter in A B C D F L M N O R V X b e f h o p r; do
		assert_equal "$(outcome "-$letter")" \
			"64 sendlet: option requires an argument -- '$letter'"
	done
}

@test "options: a usage error leaves standard input alone" {
	{
		status=0
		sendlet -F >"$OUT" 2>"$ERR" || status=$?
		assert_exit 64
		assert_equal "$(head -n 1)" 'the message'
	} <<<'the message'
	refute_stderr 'unrecognized option: F'
}

@test "options: a line break in any argument is refused" {
	local argument
	for argument in -fa$'\n' $'-Fx\nBcc: b@c' $'b@c\rd' $'-Xx\n' $'-V1\r\nRCPT TO:<b>'; do
		send -t "$argument" b@c.example < <(message)
		assert_exit 65
		assert_stderr_line 'sendlet: argument 4: line break in it: .*'
	done
	[[ ! -e $BATS_TEST_TMPDIR/mail ]]
}

# How the programs of the world call it; each line is the argv of one.
@test "options: every known caller's words" {
	local line count=0
	local -a words
	while read -r line; do
		eval "words=($line)"
		send --dry-run "${words[@]}" < <(message)
		[[ $status == 0 ]] || fail "$line"
		[[ ! -s $ERR ]] || fail "$line: not silent"
		grep -q '^to <.*@.*>$' "$OUT" || fail "$line: no recipient"
		count=$((count + 1))
	done <<-'END'
		-FCronDaemon -i -B8BITMIME -oem a@x.example,b@y.example
		-FCronDaemon -i -odi -oem -oi -t -f kit
		-ti
		-t -oem -i
		-FCronDaemon -i -odi -oem -t
		-i -B 8BITMIME kit
		-FAnacron -odi root
		-i kit
		-t
		-oi kit
		-f "fail2ban" "root"
		-oi -t
		-t -oi
		-oi -f kit pat
		-t -i
		-t -f kit@a.example -F netdata
		-f kit -oi -oem pat sam
		-odi root
		-t -f kit
		pat@example.net
		-f"kit" -oi pat
		-oi -t -oem -odb
		-t -i -fkit@a.example
		-t -i -oi -fkit@a.example -t
		-oi -fkit@a.example -- pat@example.net
		-t -oi -fkit@a.example
		-i -fkit@a.example -- pat@example.net
		-i -f kit@a.example pat@example.net sam@example.net
		-t -oi -oem -fkit@a.example
		-t -t -f kit@a.example -it
		-oi -ODeliveryMode=b -OErrorMode=m -t -f "<>"
		-oi -odi -oem -N success,delay,failure -V1 -f kit@a.example -- pat@example.net
		-oi -odi -oem -Nsuccess,delay,failure -V1 -f '' -- pat@example.net
		-fkit@a.example -t
		-f '' -i pat@example.net
		-f "Kit Kane <kit@a.example>" pat@example.net
		-oem -oi -B8BITMIME -f kit@a.example -N failure -R hdrs -- pat@example.net
		-i -m -v -F 'Kit Kane' -f kit@a.example -- pat@example.net
		-i -t -f kit@a.example -m -v
		-t -i -v
		-- pat@example.net
		-oi -f kit@a.example -oem -odb -t
		-i -f '<>' -- pat@example.net
		-oi -f '' pat@example.net
		-B 8BITMIME -f root -- pat@example.net
		root
		-G -i pat@example.net
		-om -m -oo -ov -or0s pat@example.net
		-Am -t
		-Ac -i pat@example.net
	END
	((count == 50)) || fail "$count callers"
}

@test "options: an attacker's arguments do nothing, and are logged" {
	local option count=0
	sed -i '1ilog stderr' "$CONF"
	cd "$BATS_TEST_TMPDIR"
	mkdir here
	cd here
	for option in -X./shell.php -oQ. -OQueueDirectory=. '-D./log' '-C./conf' '-be' "-OSafeFileEnvironment=/"; do
		send -t -fkit "$option" < <(message '<?php evil(); ?>')
		assert_exit 0
		assert_stderr_line "sendlet: option $option ignored"
		count=$((count + 1))
	done
	# shellcheck disable=SC2016 # as the attacker wrote it
	send -t -X ./shell.php -be '${run{/bin/touch evil}}' -D ./log < <(message)
	assert_exit 65
	[[ -z $(ls -A) ]]
	[[ $(find "$BATS_TEST_TMPDIR/mail/new" -type f | wc -l) == $((count + 1)) ]]
}

@test "options: -d0 shows versions and settings, and never takes a mail" {
	local level
	for level in -d0.1 -d0 -d -d0-99.1; do
		send $level </dev/null
		assert_exit 0
		grep -qx 'sendlet [0-9.]*' "$OUT"
		grep -qx 'hostname client.example.org' "$OUT"
		grep -qx 'domain example.org' "$OUT"
		grep -qx "relay maildir:$BATS_TEST_TMPDIR/mail" "$OUT"
	done
	send -d0.1 -bt </dev/null
	assert_exit 0
	send -d7.2 </dev/null
	assert_exit 64
	send -d0.1 -fkit pat@example.net < <(message)
	assert_exit 0
	assert_silent
	send -fkit -d0.1 -t < <(message)
	assert_exit 0
	assert_silent
	[[ $(find "$BATS_TEST_TMPDIR/mail/new" -type f | wc -l) == 2 ]]
}

@test "options: -eq is quiet, the others are not; the status is the same" {
	local option
	start_sink --on 'RCPT=550 5.1.1 no such user'
	conf_plain
	for option in -eq -oeq -OErrorMode=quiet '-e q'; do
		# shellcheck disable=SC2086 # option and value
		send $option -f kit@a.example b@c.example < <(message)
		assert_exit 67
		assert_silent
	done
	for option in -ep -oep -em -oem -ew -oew -oee -ee -OErrorMode=print; do
		send $option -f kit@a.example b@c.example < <(message)
		assert_exit 67
		assert_stderr_line 'sendlet: <b@c.example>: .* 550 5.1.1 no such user'
	done
	echo 'nonsense 1' | conf
	send -oeq b@c.example < <(message)
	assert_exit 78
	assert_silent
	send -oeq -F
	assert_exit 64
	assert_stderr_line "sendlet: option requires an argument -- 'F'"
}

@test "options: -h and Received fields together are at most 100" {
	received_message() {
		yes 'Received: from a by b' | head -n "$1"
		message
	}
	send --dry-run -t < <(received_message 100)
	assert_exit 0
	send --dry-run -t < <(received_message 101)
	assert_exit 65
	assert_stderr_line 'sendlet: message: too many hops: 101, 100 are allowed .RFC 5321 section 6.3.'
	send --dry-run -h 40 -t < <(received_message 60)
	assert_exit 0
	send --dry-run -h41 -t < <(received_message 60)
	assert_exit 65
	send --dry-run -h 99999999999999999999 -t < <(message)
	assert_exit 65
}

@test "options: -L names the program in the log, with nothing odd in it" {
	sed -i '1ilog stderr' "$CONF"
	send -L app1 -t < <(message)
	grep -q '^app1: to=<pat@example.net>' "$ERR"
	send -L 'a[1]: b%s	c' -t < <(message)
	grep -q '^a_1___b_s_c: to=<pat@example.net>' "$ERR"
	send -L "$(printf '%0300d' 0)" -t < <(message)
	grep -q '^0\{31\}: to=<pat@example.net>' "$ERR"
	send -L '' -t < <(message)
	grep -q '^sendlet: to=<pat@example.net>' "$ERR"
}

@test "options: -B 8BITMIME is passed on to relays that offer it" {
	local type
	start_sink
	conf_plain
	for type in -B8BITMIME '-B 8bitmime'; do
		# shellcheck disable=SC2086 # option and value
		send $type -f kit@a.example b@c.example < <(message)
		assert_exit 0
	done
	assert_equal "$(grep -c 'MAIL FROM:<kit@a.example> BODY=8BITMIME' "$SINK/trace")" 2
	send -B7BIT -f kit@a.example b@c.example < <(message)
	assert_exit 0
	assert_equal "$(grep -c 'BODY=8BITMIME' "$SINK/trace")" 2
}

@test "options: -G leaves the header as it is" {
	start_sink
	conf_plain
	send -G -f kit@a.example b@c.example < <(printf '%s\n' 'From: kit' 'To: pat' 'Bcc: sam' '' text)
	assert_sent
	printf '%s\r\n' 'From: kit' 'To: pat' '' text | cmp - "$(arrived)"
}

@test "options: only --config, as the first word, names a configuration" {
	mv "$CONF" "$CONF.other"
	conf <<<'nonsense 1'
	send --dry-run -C "$CONF.other" -t < <(message)
	assert_exit 78
	send --config "$CONF.other" -t < <(message)
	assert_exit 64
	send "--config=$CONF.other" -t < <(message)
	assert_exit 64
	CONF=$CONF.other
	send --dry-run -C "$BATS_TEST_TMPDIR/none" -t < <(message)
	assert_exit 0
}

@test "options: --help names each option once, within 80 columns" {
	sendlet --help >"$OUT"
	[[ $(head -n 1 "$OUT") == 'usage: sendmail '* ]]
	[[ $(wc -L <"$OUT") -lt 80 ]]
	[[ -z $(sed -n 's/^  \(-[^[ ]*\).*/\1/p' "$OUT" | sort | uniq -d) ]]
	(($(grep -c '^  -' "$OUT") > 35))
}

#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# DKIM signatures (RFC 6376, 8463), judged by two programs that are not ours:
# dkimpy and OpenDKIM.

# shellcheck disable=SC2030,SC2031,SC2034,SC2153 # each test is a shell of its own
load lib/common

setup_file() {
	cd "$BATS_FILE_TMPDIR" || return
	umask 077
	openssl genrsa -traditional -out rsa.pem 2048 2>openssl.log
	openssl pkcs8 -topk8 -nocrypt -in rsa.pem -out rsa8.pem
	openssl genpkey -algorithm ed25519 -out ed.pem
	openssl pkey -in ed.pem -outform DER | tail -c 32 | base64 >ed.b64
	openssl ecparam -genkey -name prime256v1 -noout -out ec.pem
	openssl genrsa -out short.pem 768 2>>openssl.log
	openssl pkcs8 -topk8 -in rsa.pem -passout pass:secret -out locked.pem
	{
		printf 'rsa._domainkey.example.org v=DKIM1; k=rsa; p=%s\n' \
			"$(openssl pkey -in rsa.pem -pubout -outform DER | base64 -w 0)"
		printf 'ed._domainkey.example.org v=DKIM1; k=ed25519; p=%s\n' \
			"$(openssl pkey -in ed.pem -pubout -outform DER | tail -c 32 | base64 -w 0)"
	} >records
	sed 's/example\.org/sub.&/' records >>records
}

# signing [LINE...]: the sink as relay, with both keys unless LINEs have some.
signing() {
	local key=$BATS_FILE_TMPDIR
	[[ $* == *dkim-sign* ]] || set -- "$@" "dkim-sign example.org rsa $key/rsa.pem" "dkim-sign example.org ed $key/ed.pem"
	conf_plain "$@"
}

# judge [N...]: "DOMAIN SELECTOR ALGORITHM pass" or "... fail" for each signature.
judge() {
	local n files=()
	for n in "${@:-1}"; do
		files+=("$(arrived "$n")")
	done
	/usr/bin/python3 -B "$ROOT/tests/lib/dkim_judge.py" "$BATS_FILE_TMPDIR/records" "${files[@]}"
}

BOTH='example.org rsa rsa-sha256 pass
example.org ed ed25519-sha256 pass'

@test "dkim: two keys make two signatures, in their order" {
	start_sink
	signing
	send pat@example.net < <(message)
	assert_sent
	assert_equal "$(judge)" "$BOTH"
	run grep -c '^DKIM-Signature: v=1; ' "$(arrived)"
	assert_equal "$output" 2
	run head -n 1 "$(arrived)"
	[[ $output == DKIM-Signature:* ]]
}

@test "dkim: OpenDKIM takes either" {
	local name
	for name in rsa ed; do
		start_sink -n "$name"
		signing "dkim-sign example.org $name $BATS_FILE_TMPDIR/$name.pem"
		send pat@example.net < <(message 'some  text ' '' '')
		assert_sent
		run "$ROOT/tests/servers/opendkim.sh" judge "$BATS_FILE_TMPDIR/records" "$(arrived)"
		assert_equal "$status" 0
		[[ $output == *"verification (s=$name"*succeeded* ]] || fail "$output"
		sed -i 's/some/Some/' "$(arrived)"
		run "$ROOT/tests/servers/opendkim.sh" judge "$BATS_FILE_TMPDIR/records" "$(arrived)"
		[[ $output != *succeeded* ]] || fail "$output"
	done
}

# odd_message KIND: on standard output.
odd_message() {
	local header=$'From: "Kit K" <kit@example.org>\nTo: pat@example.net,\n  lee@example.net,\n\tmo@example.net\nSUBJECT :\t two  blanks \n \t and\ta fold\t\nReply-To: a@example.org\nReply-To: b@example.org\n'
	case $1 in
	empty) printf '%s\n' "$header" ;;
	ends) printf '%s\n\n\n\n' "$header" ;;
	blanks) printf '%s\n \t \n\t\n \n\n' "$header" ;;
	begins) printf '%s\n\n\n\n text\n' "$header" ;;
	inside) printf '%s\na  b\t\tc \t\n\n \n\nd \n e\n\n' "$header" ;;
	dots) printf '%s\n.\n..\n.x\n\n.\n' "$header" ;;
	no-end) printf '%s\nno line end' "$header" ;;
	crlf) printf '%s\none\n\ntwo \n' "$header" | sed 's/$/\r/' ;;
	long) printf '%s\n' "$header" && head -c 600000 /dev/zero | tr '\0' a | fold -w 900 ;;
	esac
}

@test "dkim: every form of every kind of message" {
	local form kind n=0
	start_sink
	for form in relaxed/relaxed relaxed/simple simple/relaxed simple/simple; do
		signing "dkim-canonicalization $form"
		for kind in empty ends blanks begins inside dots no-end crlf long; do
			send -i pat@example.net < <(odd_message "$kind")
			n=$((n + 1))
			assert_exit 0
			run grep -c "c=$form;" "$(arrived "$n")"
			assert_equal "$output" 2
		done
	done
	assert_equal "$(received)" 36
	assert_equal "$(judge {1..36} | sort | uniq -c | tr -s ' ')" " 36 example.org ed ed25519-sha256 pass
 36 example.org rsa rsa-sha256 pass"
}

@test "dkim: SIZE counts the signatures" {
	start_sink --ehlo SIZE
	signing
	send pat@example.net < <(message)
	assert_sent
	run grep -aoE 'SIZE=[0-9]+' "$SINK/wire.1"
	assert_equal "$output" "SIZE=$(stat -c %s "$(arrived)")"
}

@test "dkim: the closest domain signs, and no other" {
	local key=$BATS_FILE_TMPDIR
	start_sink
	signing "dkim-sign example.org rsa $key/rsa.pem" "dkim-sign Sub.Example.Org ed $key/ed.pem" "dkim-sign le.org rsa $key/rsa.pem"
	send pat@example.net < <(message)
	send pat@example.net < <(message | sed 's/kit@/&Sub./')
	send pat@example.net < <(message | sed 's/kit@/&a.b.sub./')
	send pat@example.net < <(message | sed 's/kit@/&not/')
	send pat@example.net < <(message | sed 's/kit@example.org/kit@org/')
	assert_equal "$(judge 1)" 'example.org rsa rsa-sha256 pass'
	assert_equal "$(judge 2)" 'sub.example.org ed ed25519-sha256 pass'
	assert_equal "$(judge 3)" 'sub.example.org ed ed25519-sha256 pass'
	assert_equal "$(judge 4)" ''
	assert_equal "$(judge 5)" ''
}

@test "dkim: the author counts, not the envelope" {
	start_sink
	signing
	send -f bounce@example.com pat@example.net < <(message)
	send -f kit@example.org pat@example.net < <(message | sed 's/kit@example.org/kit@example.com/')
	send pat@example.net < <(message | sed 's/^From: .*/From: kit@example.org, ann@example.com/')
	assert_equal "$(judge 1)" "$BOTH"
	assert_equal "$(judge 2)" ''
	assert_equal "$(judge 3)" "$BOTH"
}

@test "dkim: no second From, and none of the others named with a plus" {
	start_sink
	signing
	send pat@example.net < <(message)
	signing 'dkim-headers From Subject+ X-Odd+'
	send pat@example.net < <(message)
	for name in From Subject X-Odd To; do
		cp "$(arrived 1)" "$(arrived 3)"
		cp "$(arrived 2)" "$(arrived 4)"
		sed -i "1i $name: eve@example.org\r" "$(arrived 3)" "$(arrived 4)"
		case $name in
		From) [[ $(judge 3) != *pass* ]] && [[ $(judge 4) != *pass* ]] ;;
		Subject) [[ $(judge 3) == *pass* ]] && [[ $(judge 4) != *pass* ]] ;;
		X-Odd) [[ $(judge 3) == *pass* ]] && [[ $(judge 4) != *pass* ]] ;;
		To) [[ $(judge 3) == *pass* ]] && [[ $(judge 4) == *pass* ]] ;;
		esac || fail "$name: $(judge 3) / $(judge 4)"
	done
}

@test "dkim: dkim-headers decides, and From is always there" {
	start_sink
	signing 'dkim-headers subject To subject+ TO'
	send pat@example.net < <(message)
	assert_sent
	assert_equal "$(judge)" "$BOTH"
	run grep -c $'^\th=subject:to:from:from;' "$(arrived)"
	assert_equal "$output" 2
}

@test "dkim: what the caller lacked is signed as well" {
	start_sink
	signing
	send -f kit@example.org pat@example.net <<<$'From: kit@example.org\n\nHello'
	assert_sent
	assert_equal "$(judge)" "$BOTH"
	run grep -c 'date:message-id:to' "$(arrived)"
	assert_equal "$output" 2
}

@test "dkim: kinds of key files" {
	local key=$BATS_FILE_TMPDIR name
	start_sink
	for name in rsa.pem rsa8.pem; do
		signing "dkim-sign example.org rsa $key/$name"
		send pat@example.net < <(message)
		assert_exit 0
	done
	for name in ed.pem ed.b64; do
		signing "dkim-sign example.org ed $key/$name"
		send pat@example.net < <(message)
		assert_exit 0
	done
	for n in 1 2; do
		assert_equal "$(judge "$n")" 'example.org rsa rsa-sha256 pass'
		assert_equal "$(judge $((n + 2)))" 'example.org ed ed25519-sha256 pass'
	done
}

@test "dkim: keys that cannot be used stop the mail before the relay" {
	local key=$BATS_FILE_TMPDIR
	start_sink
	refused() {
		signing "dkim-sign example.org s $1"
		send pat@example.net < <(message)
		assert_exit "$2"
		assert_stderr_line "sendlet: dkim-sign .*$3.*"
	}
	refused "$key/ec.pem" 78 'neither an RSA nor an Ed25519 key'
	refused "$key/short.pem" 78 'RSA key of 768 bits, 1024 are needed'
	refused "$key/locked.pem" 78 'no RSA or Ed25519 key in PEM form without a passphrase'
	refused "$key/records" 78 'no RSA or Ed25519 key'
	refused "$key/none.pem" 78 'No such file'
	chmod 644 "$key/rsa8.pem"
	refused "$key/rsa8.pem" 77 'others may read it'
	chmod 600 "$key/rsa8.pem"
	assert_equal "$(find "$SINK" -name '*.eml' | wc -l)" 0
}

@test "dkim: a wrong line is named" {
	start_sink
	conf_plain 'dkim-sign example.org' "dkim-sign exa/mple s /key" 'dkim-sign example.org s key' 'dkim-headers a:b' 'dkim-canonicalization strict'
	send pat@example.net < <(message)
	assert_exit 78
	assert_stderr_line '.*:2: dkim-sign: must be a domain, a selector and a file'
	assert_stderr_line '.*:3: dkim-sign: "exa/mple": not a domain'
	assert_stderr_line '.*:4: dkim-sign: "key": not an absolute path'
	assert_stderr_line '.*:5: dkim-headers: "a:b": not the name of a header field'
	assert_stderr_line '.*:6: dkim-canonicalization: "strict": must be one of: .*'
}

@test "dkim: more fields than can be signed" {
	start_sink
	signing
	send pat@example.net < <(printf 'List-Id: <a.example.org>\n%.0s' {1..1001} && message)
	assert_exit 65
	assert_stderr_line 'sendlet: .*DKIM: more than 1000 fields.*'
	send pat@example.net < <(printf 'X-Other: text\n%.0s' {1..2000} && message)
	assert_exit 0
	assert_equal "$(judge)" "$BOTH"
}

@test "dkim: mail from the spool is signed when it leaves" {
	SPOOL=$BATS_TEST_TMPDIR/spool
	start_sink --on 'MAIL#1=451 4.3.0 not now'
	signing
	send pat@example.net < <(message)
	assert_exit 0
	assert_equal "$(received)" 0
	run grep -rl DKIM-Signature "$SPOOL"
	assert_equal "$output" ''
	send -q
	assert_exit 0
	assert_equal "$(judge)" "$BOTH"
}

@test "dkim: a second relay gets signatures of its own" {
	start_sink -n first --on 'MAIL=451 4.3.0 not now'
	local first=$PORT
	start_sink
	conf <<-END
		dkim-sign example.org rsa $BATS_FILE_TMPDIR/rsa.pem
		relay smtp+notls://127.0.0.1:$first
		from a@example.com
		relay smtp+notls://127.0.0.1:$PORT
		force-from boss@example.org
	END
	send pat@example.net < <(message)
	assert_sent
	assert_equal "$(judge)" 'example.org rsa rsa-sha256 pass'
	run grep -c '^From: .*boss@example.org' "$(arrived)"
	assert_equal "$output" 1
}

@test "dkim: the dialogue of -bs signs too" {
	start_sink
	signing
	send -bs < <(printf '%s\r\n' 'EHLO me' 'MAIL FROM:<kit@example.org>' 'RCPT TO:<pat@example.net>' DATA "$(message | sed 's/$/\r/')" . QUIT)
	assert_equal "$(judge)" "$BOTH"
}

@test "dkim: an author with a domain in another alphabet is signed for" {
	start_sink --ehlo PIPELINING,8BITMIME,SMTPUTF8
	signing "dkim-sign xn--bcher-kva.example rsa $BATS_FILE_TMPDIR/rsa.pem"
	send 'pät@example.net' < <(message | sed 's/kit@example.org/kït@bücher.example/')
	assert_sent
	grep -q '^From: Kit <kït@bücher.example>' "$(arrived)"
	sed "s/example\\.org/xn--bcher-kva.example/" "$BATS_FILE_TMPDIR/records" >"$BATS_TEST_TMPDIR/records"
	run /usr/bin/python3 -B "$ROOT/tests/lib/dkim_judge.py" "$BATS_TEST_TMPDIR/records" "$(arrived)"
	assert_equal "$output" 'xn--bcher-kva.example rsa rsa-sha256 pass'
}

#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# The TLS session against openssl s_server: whom it believes, what it says when
# it does not, channel bindings, and data both ways.

# shellcheck disable=SC2030,SC2031,SC2034,SC2154 # each test is a shell of its own; common.bash uses them
load lib/common
TLS=${BUILD:-$ROOT/build}/asan/unit/tls
HOST=mail.example.test

setup_file() {
	certificate ca ca.pem
	certificate ca other.pem "Another CA"
	certificate cert good.pem DNS:mail.example.test,IP:127.0.0.1,IP:::1 ca.pem
	certificate cert rsa.pem DNS:mail.example.test ca.pem rsa
	certificate cert middle.pem "" ca.pem ca cn=Middle
	certificate cert leaf.pem DNS:mail.example.test middle.pem
	certificate self self.pem DNS:mail.example.test
}

# serve CERT [OPTION...]: s_server with this certificate, instead of the one
# before; sets PORT and LOG.  With -rev (the default, see MODE) it sends each
# line back reversed, and closes at the line "CLOSE".
serve() {
	local cert=$1 dir=$BATS_TEST_TMPDIR/server
	shift
	stop_sinks
	rm -rf "$dir"
	mkdir "$dir"
	mkfifo "$dir/input"
	LOG=$dir/log
	# shellcheck disable=SC2086 # MODE may be empty
	(cd "$BATS_FILE_TMPDIR" && exec timeout 60 openssl s_server -accept 127.0.0.1:0 ${MODE--rev} -cert "$cert" \
		-key "$cert.key" "$@" >"$LOG" 2>&1 <>"$dir/input" 3>&-) &
	echo $! >"$dir/pid"
	until grep -qs '^ACCEPT' "$LOG"; do
		kill -0 $! || fail "s_server did not start: $(cat "$LOG")"
		sleep 0.02
	done
	PORT=$(sed -n 's/^ACCEPT .*://p' "$LOG" | head -1)
}

# Old servers are servers, too: what this openssl would not do by itself.
WEAK=(-cipher 'DEFAULT@SECLEVEL=0')

# tls [OPTION...]: connects, trusting ca.pem, asking for $HOST.
tls() {
	(cd "$BATS_FILE_TMPDIR" && "$TLS" -c ca.pem "$@" "$HOST" "$PORT") \
		>"$OUT" 2>"$ERR" </dev/null || :
}

# The line of the output with this number matches, whole.
assert_line() {
	sed -n "$1p" "$OUT" | grep -qxE -e "$2" || fail "line $1 does not match: $2"
}

assert_verified() {
	assert_line 1 verified
	assert_line 2 "${1:-TLSv1.3 with .*}"
	[ ! -s "$ERR" ] || fail "not silent"
}

# assert_refused REASON [END]: the usual text with the pin of the certificate.
assert_refused() {
	local pin='sha256:[0-9a-f]{64}'
	assert_line 1 "69 certificate of $HOST: $1; trust it with \"tls-pin $pin\"${2:-}"
	[ ! -s "$ERR" ] || fail "not silent"
}

pin_of() {
	"$ROOT/tests/certs/make.sh" pin "$BATS_FILE_TMPDIR/$1"
}

@test "tls: a certificate of the CA is verified, by 1.3" {
	serve good.pem
	tls
	assert_verified 'TLSv1\.3 with TLS1-3-.*'
}

@test "tls: AES first where the processor has it, ChaCha20 elsewhere" {
	local suite=CHACHA20-POLY1305-SHA256
	if [ "$(uname -m)" = x86_64 ] && grep -qw aes /proc/cpuinfo && grep -qw pclmulqdq /proc/cpuinfo; then
		suite=AES-256-GCM-SHA384
	fi
	serve good.pem
	tls
	assert_verified "TLSv1\.3 with TLS1-3-$suite"
}

@test "tls: AES-GCM against its test vectors, and as Mbed TLS has it" {
	"${TLS%tls}gcm" <"$ROOT/tests/golden/gcm.in" | diff -u "$ROOT/tests/golden/gcm.ref" -
}

@test "tls: case and a final dot make no other name" {
	serve good.pem
	HOST=MAIL.example.Test.
	tls
	assert_verified
}

@test "tls: addresses are compared with addresses" {
	serve good.pem
	HOST=127.0.0.1
	tls
	assert_verified
	HOST=::1
	tls
	assert_verified
	HOST=0:0:0:0:0:0:0:1
	tls
	assert_verified
	HOST=127.0.0.2
	tls
	assert_refused 'not for this name but for mail\.example\.test, 127\.0\.0\.1, ::1'
}

@test "tls: a wrong name is refused, and the right ones are listed" {
	serve good.pem
	HOST=example.test
	tls
	assert_refused 'not for this name but for mail\.example\.test, 127\.0\.0\.1, ::1'
}

@test "tls: a certificate for the domain is as good, and no other" {
	serve good.pem
	HOST=host.example.test
	tls -d mail.example.test
	assert_verified
	tls -d example.test
	assert_refused 'not for this name but for mail\.example\.test, 127\.0\.0\.1, ::1'
}

@test "tls: a long list of names is cut" {
	certificate cert many.pem "$(printf 'DNS:a%02d.example.test,' {1..40})DNS:a.b" ca.pem
	serve many.pem
	tls
	assert_refused 'not for this name but for a01\.example\.test,.*, \.\.\.'
}

@test "tls: a wildcard stands for one whole label" {
	certificate cert wild.pem 'DNS:*.example.test' ca.pem
	serve wild.pem
	tls
	assert_verified
	HOST=a.mail.example.test
	tls
	assert_refused 'not for this name but for \*\.example\.test'
	HOST=example.test
	tls
	assert_refused 'not for this name but for \*\.example\.test'
}

@test "tls: no wildcard for a top-level domain, a part of a label, an address" {
	certificate cert wide.pem 'DNS:*.test,DNS:*,DNS:ma*.example.test,DNS:*.0.0.1' ca.pem
	serve wide.pem
	tls
	assert_refused 'not for this name but for .*'
	HOST=127.0.0.1
	tls
	assert_refused 'not for this name but for .*'
	HOST=example.test
	tls
	assert_refused 'not for this name but for .*'
}

@test "tls: an address written as a DNS name is none" {
	certificate cert text.pem DNS:127.0.0.1 ca.pem
	serve text.pem
	HOST=127.0.0.1
	tls
	assert_refused 'not for this name but for 127\.0\.0\.1'
}

@test "tls: a common name is no host name" {
	certificate cert common.pem "" ca.pem cn=mail.example.test
	serve common.pem
	tls
	assert_refused 'without a subjectAltName \(its CN is no host name, RFC 9525\)'
}

@test "tls: an unknown CA" {
	serve good.pem
	tls -c other.pem
	assert_refused 'issued by an unknown authority \(CN=Test CA\), and the relay sent no intermediate certificate' ' or ca-file'
}

@test "tls: a missing intermediate certificate" {
	serve leaf.pem
	tls
	assert_refused 'issued by an unknown authority \(CN=Middle\), and the relay sent no intermediate certificate' ' or ca-file'
}

@test "tls: an intermediate certificate that is sent" {
	serve leaf.pem -cert_chain middle.pem
	tls
	assert_verified
	tls -c other.pem
	assert_refused 'issued by an unknown authority \(CN=Test CA\)' ' or ca-file'
}

@test "tls: an intermediate certificate in ca-file is an authority as well" {
	serve leaf.pem
	tls -c middle.pem
	assert_verified
}

@test "tls: a certificate that may sign no others" {
	certificate cert false.pem "" ca.pem cn=Middle
	certificate cert below.pem DNS:mail.example.test false.pem
	serve below.pem -cert_chain false.pem
	tls
	assert_refused 'issued by an unknown authority \(CN=Middle\)' ' or ca-file'
}

@test "tls: a signature by another key under the CA's name" {
	mkdir "$BATS_FILE_TMPDIR/fake"
	certificate ca fake/ca.pem
	certificate cert fake/cert.pem DNS:mail.example.test fake/ca.pem
	serve fake/cert.pem
	tls
	assert_refused 'issued by an unknown authority \(CN=Test CA\).*' ' or ca-file'
	# The right one is found among several of one name.
	cat "$BATS_FILE_TMPDIR"/{ca,fake/ca}.pem >"$BATS_FILE_TMPDIR/both.pem"
	tls -c both.pem
	assert_verified
}

@test "tls: a signature by another key under an intermediate's name" {
	mkdir "$BATS_FILE_TMPDIR/forged"
	certificate cert forged/middle.pem "" other.pem ca cn=Middle
	certificate cert forged/leaf.pem DNS:mail.example.test forged/middle.pem
	serve forged/leaf.pem -cert_chain middle.pem
	tls
	assert_refused 'with a signature that is wrong' ' or ca-file'
}

@test "tls: a certificate too large to be one hides no other of its name" {
	{
		echo '-----BEGIN CERTIFICATE-----'
		{ openssl x509 -in "$BATS_FILE_TMPDIR/ca.pem" -outform DER; head -c 70000 /dev/zero; } | base64
		echo '-----END CERTIFICATE-----'
		cat "$BATS_FILE_TMPDIR/ca.pem"
	} >"$BATS_FILE_TMPDIR/large.pem"
	serve good.pem
	tls -c large.pem
	assert_verified
}

@test "tls: signed by itself" {
	serve self.pem
	tls
	assert_refused 'signed by itself \(CN=test\)' ' or ca-file'
}

@test "tls: signed by itself and in ca-file, among others" {
	cat "$BATS_FILE_TMPDIR"/{other,self,ca}.pem >"$BATS_FILE_TMPDIR/three.pem"
	serve self.pem
	tls -c three.pem
	assert_verified
	HOST=other.example.test
	tls -c three.pem
	assert_refused 'not for this name but for mail\.example\.test'
}

@test "tls: expired" {
	certificate cert old.pem DNS:mail.example.test ca.pem expired
	serve old.pem
	tls
	assert_refused 'expired on 2020-02-01'
}

@test "tls: not yet valid" {
	certificate cert future.pem DNS:mail.example.test ca.pem future
	serve future.pem
	tls
	assert_refused 'not yet valid \(from 2090-01-01\)'
}

@test "tls: an authority that has expired" {
	certificate cert late.pem "" ca.pem ca expired "cn=Late CA"
	certificate cert of-late.pem DNS:mail.example.test late.pem
	serve of-late.pem -cert_chain late.pem
	tls
	assert_refused 'its authority \(CN=Late CA\) expired on 2020-02-01'
}

@test "tls: a machine that does not know what time it is" {
	serve good.pem
	tls -T 86400
	assert_line 1 '69 certificate of mail.example.test: .*not yet valid \(from .*\); but the clock of this machine says 1970-01-02: check the clock'
}

@test "tls: everything that is wrong is said" {
	certificate cert bad.pem DNS:elsewhere.example.test other.pem expired
	serve bad.pem
	tls
	assert_refused 'expired on 2020-02-01; not for this name but for elsewhere\.example\.test; issued by an unknown authority \(CN=Another CA\).*' ' or ca-file'
}

@test "tls: a certificate for clients" {
	certificate cert client.pem DNS:mail.example.test ca.pem usage=clientAuth
	certificate cert server.pem DNS:mail.example.test ca.pem usage=serverAuth,clientAuth
	serve client.pem
	tls
	assert_refused 'not meant for a TLS server \(key usage\)'
}

@test "tls: a certificate for servers" {
	certificate cert server.pem DNS:mail.example.test ca.pem usage=serverAuth,clientAuth
	serve server.pem
	tls
	assert_verified
}

@test "tls: RSA with 1024 bits" {
	certificate cert short.pem DNS:mail.example.test ca.pem rsa1024
	serve short.pem "${WEAK[@]}"
	tls
	assert_refused 'a key in its chain is weaker than RSA with 2048 bits or ECDSA on P-256'
}

@test "tls: a signature with SHA-1" {
	certificate cert sha1.pem DNS:mail.example.test ca.pem sha1
	serve sha1.pem "${WEAK[@]}"
	tls
	assert_refused 'signed with a hash weaker than SHA-256'
}

@test "tls: an authority with a weak key, or signed with SHA-1" {
	for weakness in rsa1024 sha1; do
		certificate cert weak-middle.pem "" ca.pem ca $weakness cn=Weak
		certificate cert weak-leaf.pem DNS:mail.example.test weak-middle.pem
		serve weak-leaf.pem -cert_chain weak-middle.pem "${WEAK[@]}"
		tls
		assert_line 1 '69 certificate of mail\.example\.test: .*weaker than .*'
	done
}

@test "tls: a root that signed itself with SHA-1 is still a root" {
	certificate self root.pem "" ca sha1 "cn=Old root"
	certificate cert below-root.pem DNS:mail.example.test root.pem
	serve below-root.pem
	tls -c root.pem
	assert_verified
}

@test "tls: the reasons reach no terminal raw" {
	certificate ca odd.pem $'Od\x1b[31md'
	certificate cert of-odd.pem DNS:mail.example.test odd.pem
	serve of-odd.pem
	tls
	assert_refused 'issued by an unknown authority \(CN=.*\).*' ' or ca-file'
	[ "$(tr -dc "\033" <"$OUT" | wc -c)" = 0 ]
}

@test "tls: without verification the verdict is only noted" {
	serve self.pem
	tls -n
	assert_line 1 unverified
	assert_line 2 'TLSv1\.3 with .*'
	serve good.pem
	tls -n
	assert_line 1 verified
	HOST=other.example.test
	tls -n
	assert_line 1 unverified
}

@test "tls: a pin replaces every other check" {
	certificate self worst.pem DNS:elsewhere.example.test expired rsa1024 sha1 usage=clientAuth
	serve worst.pem "${WEAK[@]}"
	tls -p "sha256:$(pin_of good.pem) SHA256:$(pin_of worst.pem | tr a-f A-F)"
	assert_verified
	serve worst.pem "${WEAK[@]}" -tls1_2
	tls -p "sha256:$(pin_of worst.pem)"
	assert_verified 'TLSv1\.2 with .*'
}

@test "tls: a wrong pin is refused, and the right one is printed" {
	serve good.pem
	for option in "" -n; do
		tls ${option:+"$option"} -p "sha256:$(pin_of self.pem)"
		assert_line 1 "69 certificate of mail\.example\.test: its pin is sha256:$(pin_of good.pem), which tls-pin does not list"
	done
	serve good.pem -tls1_2
	tls -p "sha256:$(pin_of self.pem)"
	assert_line 1 "69 certificate of mail\.example\.test: its pin is sha256:$(pin_of good.pem), which tls-pin does not list"
}

@test "tls: the pin that is printed is that of the certificate's key" {
	serve good.pem
	tls -c other.pem
	grep -q "tls-pin sha256:$(pin_of good.pem)\"" "$OUT"
}

@test "tls: pins, CA and key files that cannot be used are errors of the configuration" {
	serve good.pem
	tls -p sha256:0123
	assert_line 1 '78 tls-pin sha256:0123: .*'
	tls -c none.pem
	assert_line 1 '78 none\.pem: No such file or directory'
	tls -c good.pem.key
	assert_line 1 '78 good\.pem\.key: no certificate in PEM form'
	tls -n -c none.pem
	assert_line 1 '78 none\.pem: No such file or directory'
	tls -C none.pem
	assert_line 1 '78 none\.pem: No such file or directory'
	tls -C good.pem -K self.pem.key
	assert_line 1 '78 tls-key self\.pem\.key: not the key of good\.pem'
	tls -C good.pem -K good.pem
	chmod 644 "$BATS_FILE_TMPDIR/good.pem"
	assert_line 1 '77 good\.pem: .*'
	chmod 600 "$BATS_FILE_TMPDIR/good.pem"
	tls -C good.pem -K good.pem
	assert_line 1 '78 tls-key good\.pem: no RSA or EC key .*'
	chmod 644 "$BATS_FILE_TMPDIR/good.pem"
}

# Full records there, and each line of theirs back.
assert_exchange() {
	(seq 20000 && echo CLOSE) | (cd "$BATS_FILE_TMPDIR" && "$TLS" -c ca.pem -e -t 20000 $HOST "$PORT") >"$OUT"
	sed -n '4,20003p' "$OUT" | rev | diff -q - <(seq 20000) || fail "damaged"
}

@test "tls: 1.2 by every suite" {
	for suite in AES128-GCM-SHA256 AES256-GCM-SHA384 CHACHA20-POLY1305; do
		for cert in rsa ecdsa; do
			file=rsa.pem
			[ $cert = rsa ] || file=good.pem
			serve $file -tls1_2 -cipher "ECDHE-${cert^^}-$suite"
			tls
			assert_verified "TLSv1\.2 with TLS-ECDHE-${cert^^}-WITH-.*"
		done
		assert_exchange
	done
}

@test "tls: 1.2 with RSA signatures of both kinds, whoever chooses" {
	for options in "-sigalgs rsa_pss_rsae_sha256" "-sigalgs rsa_pss_rsae_sha512" \
		"-sigalgs RSA+SHA256" "-sigalgs RSA+SHA512" -serverpref; do
		# shellcheck disable=SC2086
		serve rsa.pem -tls1_2 $options
		tls
		assert_verified 'TLSv1\.2 .*'
	done
	serve rsa.pem -tls1_2 -sigalgs RSA+SHA1 "${WEAK[@]}"
	tls
	assert_line 1 '69 the relay ends TLS: .*\(alert 40\)'
}

@test "tls: 1.3 by every suite and group" {
	for suite in TLS_AES_128_GCM_SHA256 TLS_AES_256_GCM_SHA384 TLS_CHACHA20_POLY1305_SHA256; do
		serve rsa.pem -ciphersuites $suite
		tls -3
		assert_verified
		assert_exchange
	done
	for group in X25519 P-256 P-384; do
		serve good.pem -curves $group
		tls
		assert_verified
	done
}

@test "tls: a certificate on P-384" {
	certificate cert p384.pem DNS:mail.example.test ca.pem p384
	serve p384.pem
	tls
	assert_verified
	serve p384.pem -tls1_2
	tls
	assert_verified 'TLSv1\.2 .*'
}

@test "tls: nothing older than 1.2" {
	serve good.pem -tls1_1 "${WEAK[@]}"
	tls
	assert_line 1 '69 the relay speaks no TLS 1\.2 or newer'
	serve good.pem -tls1 "${WEAK[@]}"
	tls
	assert_line 1 '69 the relay speaks no TLS 1\.2 or newer'
}

@test "tls: nothing older than 1.3 when that is the minimum" {
	serve good.pem -tls1_2
	tls -3
	assert_line 1 '69 the relay speaks no TLS 1\.3'
}

@test "tls: no suites without forward secrecy or authenticated encryption" {
	serve rsa.pem -tls1_2 -cipher AES128-GCM-SHA256
	tls
	assert_line 1 '69 the relay ends TLS: it accepts none of our ciphers, .*'
	serve rsa.pem -tls1_2 -cipher ECDHE-RSA-AES128-SHA256
	tls
	assert_line 1 '69 the relay ends TLS: it accepts none of our ciphers, .*'
}

@test "tls: a server that does not know the name says so" {
	serve good.pem -cert2 "$BATS_FILE_TMPDIR/rsa.pem" -key2 "$BATS_FILE_TMPDIR/rsa.pem.key" \
		-servername other.example.test -servername_fatal
	tls
	assert_line 1 '69 the relay ends TLS: it does not know itself by that name \(alert 112\)'
}

@test "tls: a client certificate, by both versions, RSA too" {
	for version in -tls1_2 -tls1_3; do
		serve good.pem $version -Verify 1 -verify_return_error -CAfile ca.pem
		tls -C rsa.pem -K rsa.pem.key
		assert_verified 'TLSv1.*'
		tls -C good.pem -K good.pem.key
		assert_verified 'TLSv1.*'
	done
}

@test "tls: a client certificate that is missing or not accepted" {
	serve good.pem -tls1_2 -Verify 1 -verify_return_error -CAfile ca.pem
	tls
	assert_line 1 '69 the relay ends TLS: .* client certificate \(alert 40\)'
	tls -C self.pem -K self.pem.key
	assert_line 1 '69 the relay ends TLS: it .* our certificate \(alert 4[0-9]\)'
	serve good.pem -tls1_3 -Verify 1 -verify_return_error -CAfile ca.pem
	tls -e
	assert_line 4 '69 the relay ends TLS: it wants a client certificate \(tls-cert\) \(alert 116\)'
}

@test "tls: channel binding of 1.3 is tls-exporter (RFC 9266)" {
	MODE=
	serve good.pem -keymatexport EXPORTER-Channel-Binding -keymatexportlen 32
	tls
	eventually grep -q 'Keying material:' "$LOG"
	value=$(sed -n 's/^ *Keying material: //p' "$LOG" | tr A-F a-f)
	[ ${#value} = 64 ]
	assert_line 3 "tls-exporter $value"
}

@test "tls: channel binding of 1.2 is the certificate's hash (RFC 5929)" {
	serve good.pem -tls1_2
	tls
	value=$(openssl x509 -in "$BATS_FILE_TMPDIR/good.pem" -outform DER | openssl dgst -sha256 -r)
	assert_line 3 "tls-server-end-point ${value%% *}"
	certificate self sha1.pem DNS:mail.example.test sha1
	serve sha1.pem -tls1_2 "${WEAK[@]}"
	tls -n
	value=$(openssl x509 -in "$BATS_FILE_TMPDIR/sha1.pem" -outform DER | openssl dgst -sha256 -r)
	assert_line 3 "tls-server-end-point ${value%% *}"
	certificate cert sha384.pem DNS:mail.example.test ca.pem sha384
	serve sha384.pem -tls1_2
	tls
	value=$(openssl x509 -in "$BATS_FILE_TMPDIR/sha384.pem" -outform DER | openssl dgst -sha384 -r)
	assert_line 3 "tls-server-end-point ${value%% *}"
}

@test "tls: lines there and back, session tickets in between" {
	for version in -tls1_2 -tls1_3; do
		serve good.pem $version -num_tickets 3
		printf 'one\ntwo\nCLOSE\n' |
			(cd "$BATS_FILE_TMPDIR" && "$TLS" -c ca.pem -e $HOST "$PORT") >"$OUT"
		assert_line 4 eno
		assert_line 5 owt
		assert_line 6 '69 connection closed by the relay'
	done
}

@test "tls: a server that does not speak it" {
	PORT=$("${PYTHON[@]}" "$ROOT/tests/lib/talker.py" plain)
	tls
	assert_line 1 '69 the relay does not answer with TLS on this port'
}

@test "tls: a server that says nothing" {
	PORT=$("${PYTHON[@]}" "$ROOT/tests/lib/talker.py" silent)
	tls -t 300
	assert_line 1 '69 timed out'
}

@test "tls: a server that closes" {
	PORT=$("${PYTHON[@]}" "$ROOT/tests/lib/talker.py" close)
	tls
	assert_line 1 '69 (connection closed by the relay|Connection reset by peer)'
}

@test "tls: a server that talks before it reads, in full records" {
	local file=$BATS_TEST_TMPDIR/data
	seq 600000 >"$file"
	for version in 1.2 1.3; do
		PORT=$("${PYTHON[@]}" "$ROOT/tests/lib/talker.py" talk "$BATS_FILE_TMPDIR/good.pem" \
			$version "$(stat -c %s "$file")")
		(cd "$BATS_FILE_TMPDIR" && "$TLS" -c ca.pem -e -t 20000 $HOST "$PORT") <"$file" >"$OUT"
		assert_verified "TLSv$version .*"
		assert_equal "$(sed -n '4,$p' "$OUT" | grep -c '^talk$')" 40000
		hash=$(sha256sum <"$file")
		assert_equal "$(tail -n 2 "$OUT" | head -n 1)" "${hash%% *}"
		assert_line '$' '69 connection closed by the relay'
	done
}

@test "tls: a server that stops reading is given up at the deadline" {
	PORT=$("${PYTHON[@]}" "$ROOT/tests/lib/talker.py" talk "$BATS_FILE_TMPDIR/good.pem" 1.3 0)
	(cd "$BATS_FILE_TMPDIR" &&
		! "$TLS" -c ca.pem -e -t 2000 $HOST "$PORT" < <(head -c 20000000 /dev/zero)) >"$OUT"
	assert_line '$' '69 timed out'
}

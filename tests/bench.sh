#!/bin/bash
# SPDX-License-Identifier: ISC
#
# bench.sh: what a message costs, beside other clients and beside the least it
# could cost.  Servers and clients share one machine, so only the ratios within
# one run say anything; each line is the median of many runs.  Other programs
# are unpacked, not installed; a dash stands for what one of them cannot do.
# Debian's busybox is built without its sendmail, and mini_sendmail is no
# package of Debian: neither is here.  curl has to be told to end lines as SMTP
# does (--crlf): it would send the message, which like any that a program pipes
# in has bare LFs, as no server may take it (RFC 5321 section 2.3.8).
#
# floor  bench/floor.c: writes prepared bytes, checks nothing; under TLS it is
#        OpenSSL's client.  For large messages: the copy over loopback.

set -euo pipefail
cd "$(dirname "$0")/.."
export HELOHOST=client.example.org DEPS_DIR=${DEPS_DIR:-.deps}
# shellcheck source=tests/servers/lib.sh
. tests/servers/lib.sh
trap - ERR
root=$PWD work=$PWD/build/bench programs="floor sendlet msmtp ssmtp esmtp nullmailer dma curl"
lines=usr/lib/$(gcc -print-multiarch)
offer=PIPELINING,8BITMIME,SIZE,CHUNKING
plain='' tls='' slow='' slow_tls=''

need() {
	tests/setup.sh bench
	for peer in msmtp ssmtp esmtp nullmailer dma; do
		(unpack "bench-$peer" "$peer")
	done
	make -s build/sendlet
}

compile() {
	local musl="musl-gcc -static -O2 -s -D_GNU_SOURCE" ssl="gcc -O2 -D_GNU_SOURCE -DTLS"
	mkdir -p "$work"
	: >"$work/errors"
	# As it is installed: what a linker writes bit by bit lies in memory so.
	install -m 755 build/sendlet "$work/sendlet"
	$musl tests/bench/run.c -o "$work/run"
	$musl tests/bench/floor.c -o "$work/floor"
	echo 'int main(void) { return 0; }' | $musl -x c - -o "$work/empty"
	$ssl tests/bench/floor.c -o "$work/floor-tls" -lssl -lcrypto
	$ssl tests/bench/sink.c -o "$work/sink" -lssl -lcrypto
}

# Messages: M-N has N octets, R-N has N recipients, E-N has names that must be
# encoded; .crlf is for the floor.
messages() {
	local n
	cd "$work"
	head='From: kit@example.org\nTo: %s\nSubject: t\nDate: Sun, 22 Nov 2026 10:00:00 +0000\nMessage-ID: <1@example.org>\n\n'
	for n in 1024 1048576 104857600 1073741824; do
		# shellcheck disable=SC2059 # a format
		{ printf "$head" pat@example.net && yes 'an ordinary line of an ordinary message, neither long nor short' |
			head -c $((n * 98 / 100 - 128)) && echo; } >"m-$n"
	done
	for n in 1024 104857600; do
		sed 's/$/\r/' "m-$n" >"m-$n.crlf"
	done
	for n in 1 10 100 1000 10000; do
		# shellcheck disable=SC2059 # a format
		printf "$head" "$(seq -f ' "A recipient with a name of so many words that it takes up a good part of the line that it stands on and of two more, if lines were short, which they need not be in this case" <recipient-%g@example.net>' -s ',
' "$n")" >"r-$n"
	done
	sed 's/words/w\xc3\xb6rter/' r-10000 >e-10000
	{ printf 'kit@example.org\npat@example.net\n\n' && cat m-1024; } >null
	{ echo kit@example.org && seq -f 'recipient-%g@example.net' 1000 && echo && cat r-1000; } >null-1000
	sed 's/$/\r/' r-1000 >r-1000.crlf
}

# dma has one place for its settings and one for its queue: they are put there
# in a mount namespace of our own, which all of this runs in.
own_etc() {
	mkdir -p "$work/etc"
	# What a run that was broken off left in dma's queue would be waited for.
	rm -rf "${work:?}/var"
	mount -t tmpfs tmpfs "$work/etc" && mkdir "$work/etc/upper" "$work/etc/work" &&
		mount -t overlay overlay -o "lowerdir=/etc,upperdir=$work/etc/upper,workdir=$work/etc/work" /etc &&
		mkdir -p /etc/dma && cp "$DEPS_DIR"/root/bench-dma/etc/dma/* /etc/dma &&
		mkdir -p "$work/var" && mount --bind "$work/var" /var/spool && install -d -m 2775 -g mail /var/spool/dma
}

certificates_and_sinks() {
	local kind port
	rm -rf ca.pem* localhost.pem*
	"$root/tests/certs/make.sh" ca ca.pem 2>>errors
	"$root/tests/certs/make.sh" cert localhost.pem DNS:localhost ca.pem 2>>errors
	cat localhost.pem localhost.pem.key >both.pem
	reserve=26100
	for kind in plain:none tls:implicit; do
		port=$((reserve += 1))
		./sink "$port" "${kind#*:}" $offer both.pem &
		pids+=($!)
		eval "${kind%:*}=$port"
	done
	for kind in slow:plain slow_tls:tls; do
		port=$((reserve += 1)) target=${kind#*:}
		python3 "$root/tests/bench/delay.py" "$port" "${!target}" 25 &
		pids+=($!)
		eval "${kind%:*}=$port"
	done
	sleep 1
}

# configure PLAIN TLS: everybody's settings, in the way each of them wants.
configure() {
	umask 077
	printf '%s\n' "max-message-size 1100m" "hostname client.example.org" \
		"relay smtp+notls://127.0.0.1:$1" >sendlet.plain
	printf '%s\n' "max-message-size 1100m" "hostname client.example.org" \
		"relay submissions://localhost:$2" "ca-file $work/ca.pem" 'user kit' 'password sesame' >sendlet.tls
	printf '%s\n' 'account plain' 'host 127.0.0.1' "port $1" 'from kit@example.org' \
		'account tls' 'host localhost' "port $2" 'from kit@example.org' 'tls on' 'tls_starttls off' \
		"tls_trust_file $work/ca.pem" 'auth plain' 'user kit' 'password sesame' >msmtp.conf
	printf '%s\n' "mailhub=127.0.0.1:$1" hostname=client.example.org FromLineOverride=YES >ssmtp.plain
	printf '%s\n' "mailhub=localhost:$2" hostname=client.example.org FromLineOverride=YES \
		UseTLS=YES AuthUser=kit AuthPass=sesame >ssmtp.tls
	echo "hostname=127.0.0.1:$1" >esmtp.plain
	printf '%s\n' 'SMARTHOST 127.0.0.1' "PORT $1" 'MAILNAME client.example.org' >dma.plain
	printf '%s\n' 'SMARTHOST localhost' "PORT $2" 'MAILNAME client.example.org' SECURETRANSFER \
		'AUTHPATH /etc/dma/auth.conf' >dma.tls
	{ cat sendlet.plain && echo "spool $work/spool"; } >sendlet.queue.plain
	{ cat sendlet.tls && echo "spool $work/spool"; } >sendlet.queue.tls
	port_plain=$1 port_tls=$2
	umask 022
}

# command_of PROGRAM WAY: the words of a call, in $call; false if it cannot.
# WAY is plain, tls, many (recipients; plain) or start (and end at once).
command_of() {
	local n peer=$DEPS_DIR/root/bench-$1 recipients=(pat@example.net)
	[ "$2" != many ] || recipients=(-t)
	case $1:$2 in
	floor:plain) call=(./floor "$port_plain" 1) ;;
	floor:many) call=(./floor "$port_plain" 1000) ;;
	floor:tls) call=(./floor-tls "$port_tls" 1 ca.pem) ;;
	floor:start) call=(./empty) ;;
	sendlet:start) call=(./sendlet --version) ;;
	sendlet:*) call=(./sendlet --config "sendlet.${2/many/plain}" -i -f kit@example.org "${recipients[@]}") ;;
	msmtp:start | curl:start) call=("$(PATH=$peer/usr/bin:$PATH command -v "$1")" --version) ;;
	msmtp:*) call=("$peer/usr/bin/msmtp" -C msmtp.conf -a "${2/many/plain}" "${recipients[@]}") ;;
	ssmtp:start) call=("$peer/usr/sbin/ssmtp" -V) ;;
	ssmtp:*) call=("$peer/usr/sbin/ssmtp" "-Cssmtp.${2/many/plain}" -f kit@example.org "${recipients[@]}") ;;
	esmtp:start) call=("$peer/usr/bin/esmtp" -V) ;;
	esmtp:plain | esmtp:many) call=("$peer/usr/bin/esmtp" -C esmtp.plain -f kit@example.org "${recipients[@]}") ;;
	nullmailer:start) call=("$peer/usr/lib/nullmailer/smtp" --help) ;;
	nullmailer:plain | nullmailer:many) call=(/bin/sh -c 'exec "$@" 3<&0 </dev/null' sh
		"$peer/usr/lib/nullmailer/smtp" "-p$port_plain" --host=127.0.0.1) ;;
	dma:start) [ -d /etc/dma ] && call=("$peer/usr/sbin/dma" -bp) ;;
	dma:*) [ -d /etc/dma ] && install -m 644 "dma.${2/many/plain}" /etc/dma/dma.conf &&
		echo 'kit|localhost:sesame' >dma.auth && install -m 644 dma.auth /etc/dma/auth.conf &&
		call=("$peer/usr/sbin/dma" -D -i -f kit@example.org "${recipients[@]}") ;;
	curl:plain) call=(/usr/bin/curl -s --crlf "smtp://127.0.0.1:$port_plain/me" --mail-from k@a.b
		--mail-rcpt pat@example.net --upload-file -) ;;
	curl:many) call=(/usr/bin/curl -s --crlf "smtp://127.0.0.1:$port_plain/me" --mail-from k@a.b
		--upload-file -)
		for n in $(seq 1000); do call+=(--mail-rcpt "recipient-$n@example.net"); done ;;
	curl:tls) call=(/usr/bin/curl -s --crlf "smtps://localhost:$port_tls/me" --cacert ca.pem --user kit:sesame
		--mail-from k@a.b --mail-rcpt pat@example.net --upload-file -) ;;
	*) return 1 ;;
	esac
}

# input PROGRAM MESSAGE: the form of a message a program reads.
input() {
	case $1 in
	floor) echo "$2.crlf" ;;
	nullmailer) case $2 in m-1024) echo null ;; r-1000) echo null-1000 ;; esac ;;
	*) echo "$2" ;;
	esac
}

# rows WAY MESSAGE [run's options] -- LABEL FIELD SCALE...: the same calls give
# one line of the table for each label.  FIELD is the number of a figure that
# run prints, to be divided by SCALE; or a negative SCALE is divided by it.
rows() {
	local way=$1 message=$2 options=() program in cell figures=()
	shift 2
	while [ "$1" != -- ]; do
		options+=("$1")
		shift
	done
	shift
	for program in $programs; do
		in=$(input "$program" "$message")
		cell=
		if [ -n "$in" ] && command_of "$program" "$way"; then
			cell=$(timeout 60 ./run "${options[@]}" "$in" "${call[@]}" 2>>errors) || cell=
		fi
		figures+=("$cell")
	done
	for (( ; $#; )); do
		printf '%-34s' "$1"
		printf '%s\n' "${figures[@]}" | awk -v f="$2" -v s="$3" '
			NF { v = s < 0 ? -s / $f : $f / s; printf v < 10 ? " %10.2f" : " %10.0f", v }
			!NF { printf " %10s", "-" }
			END { print "" }'
		shift 3
	done
}

# count LABEL COMMAND-PREFIX AWK: what strace or callgrind count in one call.
count() {
	local label=$1 filter=$2 program in
	shift 2
	printf '%-34s' "$label"
	for program in $programs; do
		in=$(input "$program" m-1024)
		command_of "$program" plain || { printf ' %10s' - && continue; }
		printf ' %10s' "$("$@" "${call[@]}" <"$in" 2>&1 >/dev/null | awk "$filter")"
	done
	echo
}

# drain WAY: 500 messages that wait in a queue are sent; messages/s.
drain() {
	local program began left queued=()
	printf '%-34s' "500 from the queue, $1: messages/s"
	for program in $programs; do
		case $program in
		sendlet)
			rm -rf spool
			call=(./sendlet --config "sendlet.queue.$1")
			queued=("${call[@]}" -odq)
			;;
		dma) command_of dma "$1" && call=("${call[0]}") && queued=("${call[0]}" -bq) ;;
		*) false ;;
		esac || { printf ' %10s' - && continue; }
		for _ in $(seq 500); do
			"${queued[@]}" -i -f kit@example.org pat@example.net <m-1024
		done
		began=$(date +%s%N)
		timeout 120 "${call[@]}" -q </dev/null 2>>errors
		# dma leaves processes behind that go on.
		while [ "$program" = dma ] && [ -n "$(find /var/spool/dma -name 'Q*' -print -quit 2>>errors)" ]; do
			sleep 0.01
		done
		left=$("${call[@]}" -bp | grep -c pat@example.net || true)
		if [ "$left" -gt 0 ]; then
			printf ' %10s' -
		else
			printf ' %10s' $((500 * 1000000000 / ($(date +%s%N) - began)))
		fi
	done
	echo
}

sizes() {
	local program bytes
	printf '%-34s' 'binary, KiB'
	for program in $programs; do
		command_of "$program" plain || { printf ' %10s' - && continue; }
		bytes=$(stat -L -c %s "${call[0]}")
		[ "$program" != nullmailer ] || bytes=$(stat -c %s "${call[4]}")
		printf ' %10s' $((bytes / 1024))
	done
	echo
}

# What more recipients and more octets cost.
growth() {
	local message figures calls call
	printf '\n%-34s %10s %10s %10s %10s\n' 'sendlet: growth' 'wall ms' 'CPU ms' 'KiB' 'calls'
	for message in r-1 r-10 r-100 r-1000 r-10000 e-10000 m-1024 m-1048576 m-104857600 m-1073741824; do
		call=(./sendlet --config sendlet.plain -i -t -f kit@example.org)
		figures=$(./run -n 3 "$message" "${call[@]}")
		calls=$(strace -f -c "${call[@]}" <"$message" 2>&1 | awk '$NF == "total" { print $4 }')
		awk -v n="$message" -v c="$calls" '{ printf "%-34s %10.2f %10.2f %10d %10d\n",
			n, $1 / 1000, $2 / 1000, $3, c }' <<<"$figures"
	done
}

main() {
	pids=()
	if [ "${1:-}" != inside ]; then
		need
		exec unshare --mount tests/bench.sh inside
	fi
	DEPS_DIR=$(cd "$root/$DEPS_DIR" 2>/dev/null && pwd || cd "$DEPS_DIR" && pwd)
	compile
	messages
	own_etc 2>>errors || echo "dma: no namespace for its files: left out" >&2
	trap 'kill "${pids[@]}"; rm -f m-1* r-1* e-1*' EXIT INT TERM
	certificates_and_sinks
	export LD_LIBRARY_PATH=$DEPS_DIR/root/bench-msmtp/$lines:$DEPS_DIR/root/bench-esmtp/$lines
	configure "$plain" "$tls"
	# shellcheck disable=SC2086 # a list of words
	printf '%-34s' '' && printf ' %10s' $programs && echo
	rows plain m-1024 -n 100 -- '1 KiB plain: wall ms' 1 1000 '  CPU ms' 2 1000 '  peak KiB' 3 1
	rows start m-1024 -n 100 -- 'start and end at once: wall ms' 1 1000
	rows tls m-1024 -n 30 -- '1 KiB TLS+AUTH: wall ms' 1 1000 '  CPU ms' 2 1000 '  peak KiB' 3 1
	rows plain m-1024 -n 200 -w 8 -- '200 from 8, plain: messages/s' 4 -200000000
	rows tls m-1024 -n 200 -w 8 -- '200 from 8, TLS+AUTH: messages/s' 4 -200000000
	rows many r-1000 -n 3 -- '1,000 recipients, plain: wall ms' 1 1000 '  CPU ms' 2 1000 '  peak KiB' 3 1
	drain plain
	drain tls
	rows plain m-104857600 -n 3 -- '100 MiB from a file, plain: MB/s' 1 -104857600 '  CPU ms' 2 1000 '  peak KiB' 3 1
	rows plain m-104857600 -p -n 3 -- '100 MiB from a pipe, plain: MB/s' 1 -104857600 '  CPU ms' 2 1000
	rows tls m-104857600 -p -n 3 -- '100 MiB from a pipe, TLS: MB/s' 1 -104857600
	rows tls m-104857600 -n 3 -- '100 MiB from a file, TLS: MB/s' 1 -104857600 '  CPU ms' 2 1000 '  peak KiB' 3 1
	count 'system calls, 1 KiB plain' '$NF == "total" { print $4 }' strace -f -c
	count 'instructions, 1 KiB plain, k' '/Collected/ { n += $4 } END { printf "%d", n / 1000 }' \
		valgrind --tool=callgrind --trace-children=yes --callgrind-out-file=/dev/null
	sizes
	configure "$slow" "$slow_tls"
	rows plain m-1024 -n 3 -- '50 ms RTT: 1 KiB plain, ms' 1 1000
	rows tls m-1024 -n 3 -- '50 ms RTT: 1 KiB TLS+AUTH, ms' 1 1000
	configure "$plain" "$tls"
	growth
}

main "$@"

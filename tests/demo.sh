#!/bin/sh
# SPDX-License-Identifier: ISC
# Send a message through sendlet to a server of our own on the loopback, under
# TLS and with a password, and show both ends of it.  Nothing outside a
# temporary directory is touched.
set -eu
cd "$(dirname "$0")/.."

sendlet=${SENDLET:-build/sendlet}
dir=$(mktemp -d)
trap 'test ! -e "$dir/sink/pid" || kill "$(cat "$dir/sink/pid")"; rm -rf "$dir"' EXIT
trap 'exit 130' INT TERM

bold='' plain=''
if [ -t 1 ]; then
	bold=$(printf '\033[1m') plain=$(printf '\033[0m')
fi
say() {
	printf '\n%s%s%s\n' "$bold" "$*" "$plain"
}
indent() {
	sed 's/^/    /' "$1"
}

# A relay that wants TLS and a password, on a port nobody else has.
mkdir "$dir/sink"
tests/certs/make.sh self "$dir/relay.pem" IP:127.0.0.1 >"$dir/openssl.log" 2>&1 || {
	cat "$dir/openssl.log" >&2
	exit 1
}
port=$(/usr/bin/python3 -S -E -B tests/lib/smtpd.py --dir "$dir/sink" --require-auth \
	--auth PLAIN --user demo --password secret --tls starttls --cert "$dir/relay.pem" --size 10000000)

(umask 077 && cat >"$dir/sendlet.conf") <<END
spool     off
relay     submission://127.0.0.1:$port
ca-file   $dir/relay.pem
user      demo
password  secret
from      demo@example.org
hostname  demo.example.org
END
cat >"$dir/message" <<END
To: you@example.net
Bcc: a-friend@example.net
Subject: Greetings from sendlet

This message went through a pipe into sendlet, and out of it over TLS.
.A dot at the start of a line survives,
and the friend stays a secret.
END

say "The configuration:"
indent "$dir/sendlet.conf"
say "The message, as a program would write it:"
indent "$dir/message"
say "The dialogue with the relay:  program | sendlet -v -t"
status=0
"$sendlet" --config "$dir/sendlet.conf" -v -t <"$dir/message" >"$dir/dialogue" 2>&1 || status=$?
indent "$dir/dialogue"
if [ "$status" != 0 ]; then
	say "sendlet failed with exit status $status."
	exit 1
fi
say "What arrived:"
tr -d '\r' <"$dir/sink/messages/1.eml" >"$dir/arrived"
indent "$dir/arrived"
say "Its envelope:"
sed -n 's/^.*"\(MAIL FROM:.*\|RCPT TO:.*\)",*$/    \1/p
	s/^ "\(tls\|auth\)": "\(.*\)",*$/    \1: \2/p' "$dir/sink/messages/1.json"
if [ -e "$dir/sink/violations" ]; then
	say "Not as RFC 5321 wants it:"
	indent "$dir/sink/violations"
	exit 1
fi
say "Exit status 0: the relay has taken responsibility."

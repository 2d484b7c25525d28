#!/bin/sh
# SPDX-License-Identifier: ISC
# Send a message through sendlet to a server of our own on the loopback, under
# TLS and with a password, and show both ends of it.  Nothing outside the
# temporary directory is touched.
set -eu
cd "$(dirname "$0")/.."

sendlet=${SENDLET:-build/sendlet}
dir=$(mktemp -d)
trap 'test ! -e "$dir/sink/pid" || kill "$(cat "$dir/sink/pid")"; rm -rf "$dir"' EXIT

bold=$(tput bold 2>/dev/null || :) plain=$(tput sgr0 2>/dev/null || :)
say() {
	printf '\n%s%s%s\n' "$bold" "$*" "$plain"
}

mkdir "$dir/sink"
tests/certs/make.sh self "$dir/relay.pem" IP:127.0.0.1 >"$dir/openssl.log" 2>&1 || {
	cat "$dir/openssl.log" >&2
	exit 1
}
port=$(/usr/bin/python3 -S -E -B tests/lib/smtpd.py --dir "$dir/sink" --require-auth \
	--auth PLAIN --user demo --password secret --tls starttls --cert "$dir/relay.pem" --size 10000000)

(umask 077 && cat >"$dir/sendlet.conf") <<END
relay     submission://127.0.0.1:$port
ca-file   $dir/relay.pem
user      demo
password  secret
from      $(id -un 2>/dev/null || echo demo)@example.org
hostname  demo.example.org
END
cat >"$dir/message" <<END
To: you@example.net
Bcc: a-friend@example.net
Subject: Greetings from sendlet

This message went through a pipe into sendlet, and out of it over TLS.
.dots at the start of a line survive, and so do
lines without an end.
END

say "The configuration:"
sed 's/^/    /' "$dir/sendlet.conf"
say "The message, as a program would write it:"
sed 's/^/    /' "$dir/message"
say "\$ sendlet -v -t <message"
"$sendlet" --config "$dir/sendlet.conf" -v -t <"$dir/message" 2>&1 | sed 's/^/    /'
say "What arrived:"
tr -d '\r' <"$dir/sink/messages/1.eml" | sed 's/^/    /'
say "Its envelope:"
sed -n 's/^ *"\(MAIL.*\|RCPT.*\|TLS.*\)",*$/    \1/p; s/^ "\(tls\|auth\|mechanism\)": "\(.*\)",*$/    \1: \2/p' \
	"$dir/sink/messages/1.json"
if [ -e "$dir/sink/violations" ]; then
	say "Not as RFC 5321 wants it:"
	cat "$dir/sink/violations"
	exit 1
fi
say "Sent, received, and nothing left behind."

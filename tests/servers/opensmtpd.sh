#!/bin/bash
# SPDX-License-Identifier: ISC
#
# OpenSMTPD, delivering through an MDA.  The key process of 6.8 works with
# OpenSSL 3 thanks to opensmtpd.c.

# shellcheck source=tests/servers/lib.sh
. "$(dirname "$0")/lib.sh"

root_packages() {
	echo opensmtpd opensmtpd
}

# shellcheck disable=SC2154
configure() {
	local dir=$1
	mkdir -p "$dir/var/spool" "$dir/var/lib/opensmtpd/empty"
	chmod 600 "$dir/etc/tls/server.key"
	printf '%s %s\n' "$login_user" "$(openssl passwd -6 "$login_password")" \
	    >"$dir/etc/logins"
	gcc -O2 -fPIC -shared -D_GNU_SOURCE "$here/opensmtpd.c" \
	    -o "$dir/etc/keys.so"
	cat >"$dir/etc/smtpd.conf" <<-END
		table everybody { "@" = "store" }
		table logins file:/etc/logins
		pki localhost cert "/etc/tls/server.pem"
		pki localhost key "/etc/tls/server.key"
		smtp max-message-size "$size_limit"
		filter bad phase rcpt-to match rcpt-to regex "^<?bad" \\
		    reject "550 5.1.1 no such mailbox"
		filter temp phase rcpt-to match rcpt-to regex "^<?temp" \\
		    reject "450 4.2.1 mailbox busy"
		filter refused chain { bad, temp }
		listen on 127.0.0.1 port $SMTP_PORT tls pki localhost \\
		    filter refused hostname localhost
		listen on 127.0.0.1 port $SUBMISSION_PORT tls-require \\
		    pki localhost auth <logins> filter refused hostname localhost
		listen on 127.0.0.1 port $SUBMISSIONS_PORT smtps \\
		    pki localhost auth <logins> filter refused hostname localhost
		action store mda "/etc/store %{rcpt}" virtual <everybody>
		match from any for domain "example.test" action store
	END
}

serve() {
	launch "$1" env LD_PRELOAD=/etc/keys.so smtpd -d
}

settled() {
	[ -z "$(find "$1/var/spool/smtpd/queue" -type f)" ]
}

# There is no Return-Path for the null sender.
sender() {
	sed -n '1s/^Delivered-To: .*/<>/p; 1s/^Return-Path: //p' "$1"
}

strip() {
	if [ "$(sender "$1")" = '<>' ]; then
		after "$1" Delivered-To Received
	else
		after "$1" Return-Path Delivered-To Received
	fi
}

server_main "$@"

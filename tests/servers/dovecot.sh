#!/bin/bash
# SPDX-License-Identifier: ISC
#
# Dovecot's submission service with Dovecot's SASL. It hands every command to
# an SMTP server behind it while the client waits; here that is aiosmtpd.

# shellcheck source=tests/servers/lib.sh
. "$(dirname "$0")/lib.sh"

root_packages() {
	echo aiosmtpd python3 python3-aiosmtpd libgsasl18
	echo dovecot dovecot-submissiond
}

# shellcheck disable=SC2154
configure() {
	local dir=$1
	cp "$here/aiosmtpd_server.py" "$dir/etc/"
	mkdir -p "$dir/etc/dovecot" "$dir/var/lib/dovecot"
	printf '%s:{PLAIN.b64}%s\n' "$login_user" \
	    "$(printf %s "$login_password" | base64)" >"$dir/etc/dovecot/users"
	cat >"$dir/etc/dovecot/dovecot.conf" <<-END
		protocols = submission
		listen = 127.0.0.1
		base_dir = /run/dovecot
		hostname = localhost
		log_path = /dev/stderr
		ssl = required
		ssl_cert = </etc/tls/server.pem
		ssl_key = </etc/tls/server.key
		auth_mechanisms = plain login cram-md5 scram-sha-1 scram-sha-256
		auth_failure_delay = 0
		passdb {
		  driver = passwd-file
		  args = scheme=PLAIN /etc/dovecot/users
		}
		userdb {
		  driver = static
		  args = uid=store gid=store home=/var/store
		}
		mail_location = maildir:/var/store
		first_valid_uid = 1
		service submission-login {
		  inet_listener submission {
		    port = $SUBMISSION_PORT
		  }
		  inet_listener submissions {
		    port = $SUBMISSIONS_PORT
		    ssl = yes
		  }
		}
		submission_max_mail_size = $size_limit
		submission_relay_host = 127.0.0.1
		submission_relay_port = $SMTP_PORT
		submission_relay_trusted = no
		service anvil {
		  unix_listener anvil-auth-penalty {
		    mode = 0
		  }
		}
	END
}

# Ports 0 are ports that nobody needs.
# shellcheck disable=SC2154,SC2016
serve() {
	launch "$1" sh -ec '
		/usr/bin/python3 -W ignore /etc/aiosmtpd_server.py "$@" &
		exec dovecot -F
	' serve "$login_user" "$login_password" "$size_limit" 0 0 "$SMTP_PORT"
}

settled() {
	:
}

strip() {
	after "$1" Return-Path Received
}

server_main "$@"

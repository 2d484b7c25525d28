#!/bin/bash
# SPDX-License-Identifier: ISC
#
# Postfix with Cyrus SASL (a private sasldb), delivering through pipe(8). Nothing it normally does to a message from a
# local client is left on, so that what is stored is what was sent; SETTINGS,
# lines of main.cf, win over that.
#
#   postfix.sh submit DIR ARG...   its sendmail, with the message on stdin

# shellcheck source=tests/servers/lib.sh
. "$(dirname "$0")/lib.sh"

root_packages() {
	echo postfix postfix libsasl2-modules libsasl2-modules-db sasl2-bin
}

# shellcheck disable=SC2154
configure() {
	local dir=$1
	mkdir -p "$dir/etc/postfix/sasl" "$dir/var/spool/postfix" \
	    "$dir/var/lib/postfix" "$dir/var/mail"
	chown 901:901 "$dir/var/lib/postfix"
	cat >"$dir/etc/postfix/main.cf" <<-END
		compatibility_level = 3.6
		queue_directory = /var/spool/postfix
		data_directory = /var/lib/postfix
		maillog_file = /dev/stdout
		myhostname = localhost
		mydomain = localhost
		mydestination =
		mynetworks =
		inet_interfaces = 127.0.0.1
		inet_protocols = ipv4
		disable_dns_lookups = yes
		smtpd_peername_lookup = no
		default_database_type = hash
		alias_maps =
		alias_database =
		local_recipient_maps =
		default_transport = error:no relaying
		notify_classes =
		local_header_rewrite_clients =
		message_drop_headers =
		message_size_limit = $size_limit
		virtual_mailbox_domains = example.test
		virtual_mailbox_maps = static:all
		virtual_transport = store
		store_destination_recipient_limit = 1
		smtpd_recipient_restrictions =
		    check_recipient_access regexp:/etc/postfix/refused
		    reject_unauth_destination
		smtpd_relay_restrictions = permit
		smtpd_tls_cert_file = /etc/tls/server.pem
		smtpd_tls_key_file = /etc/tls/server.key
		smtpd_tls_security_level = may
		smtpd_tls_loglevel = 1
		smtpd_sasl_type = cyrus
		smtpd_sasl_path = smtpd
		smtpd_sasl_local_domain = example.test
		cyrus_sasl_config_path = /etc/postfix/sasl
		smtpd_soft_error_limit = 100
		smtpd_hard_error_limit = 100
		smtpd_delay_open_until_valid_rcpt = yes
	END
	cat >"$dir/etc/postfix/master.cf" <<-END
		127.0.0.1:$SUBMISSION_PORT inet n - n - - smtpd
		    -o smtpd_tls_security_level=encrypt
		    -o smtpd_sasl_auth_enable=yes
		    -o smtpd_client_restrictions=permit_sasl_authenticated,reject
		127.0.0.1:$SUBMISSIONS_PORT inet n - n - - smtpd
		    -o smtpd_tls_wrappermode=yes
		    -o smtpd_sasl_auth_enable=yes
		    -o smtpd_client_restrictions=permit_sasl_authenticated,reject
		127.0.0.1:$SMTP_PORT inet n - n - - smtpd
		pickup unix n - n 60 1 pickup
		cleanup unix n - n - 0 cleanup
		qmgr unix n - n 300 1 qmgr
		tlsmgr unix - - n 1000? 1 tlsmgr
		rewrite unix - - n - - trivial-rewrite
		bounce unix - - n - 0 bounce
		defer unix - - n - 0 bounce
		trace unix - - n - 0 bounce
		error unix - - n - - error
		discard unix - - n - - discard
		store unix - n n - - pipe
		    flags=R null_sender= user=store argv=/etc/store \${recipient}
		anvil unix - - n - 1 anvil
		postlog unix-dgram n - n - 1 postlogd
		showq unix n - n - - showq
		proxymap unix - - n - - proxymap
		flush unix n - n 1000? 0 flush
		verify unix - - n - 1 verify
		scache unix - - n - 1 scache
	END
	local line
	while read -r line; do
		[ -n "$line" ] || continue
		sed -i "/^${line%% *} =/d" "$dir/etc/postfix/main.cf"
		echo "$line" >>"$dir/etc/postfix/main.cf"
	done <<<"${SETTINGS:-}"
	# Postfix waits until its configuration is two seconds old.
	touch -d '1 minute ago' "$dir/etc/postfix/main.cf"
	cat >"$dir/etc/postfix/refused" <<-END
		/^bad/ 550 5.1.1 no such mailbox
		/^temp/ 450 4.2.1 mailbox busy
	END
	cat >"$dir/etc/postfix/sasl/smtpd.conf" <<-END
		pwcheck_method: auxprop
		auxprop_plugin: sasldb
		sasldb_path: /var/lib/postfix/sasldb2
		mech_list: PLAIN LOGIN CRAM-MD5 SCRAM-SHA-1 SCRAM-SHA-256
	END
}

# shellcheck disable=SC2154,SC2016
serve() {
	launch "$1" sh -ec '
		printf %s "$2" | saslpasswd2 -p -c -f /var/lib/postfix/sasldb2 \
		    -u "${1#*@}" "${1%@*}"
		chown postfix /var/lib/postfix/sasldb2
		exec postfix start-fg
	' serve "$login_user" "$login_password"
}

settled() {
	[ -z "$(cd "$1/var/spool/postfix" &&
	    find maildrop incoming active deferred -type f)" ]
}

strip() {
	after "$1" Return-Path Received
}

if [ "${1:-}" = submit ]; then
	inside=$(pgrep -o -g "$(cat "$2/pid")" -x master)
	exec nsenter --mount --target "$inside" env -i PATH=/usr/sbin:/usr/bin \
	    LC_ALL=C TZ=UTC sendmail "${@:3}"
fi
server_main "$@"

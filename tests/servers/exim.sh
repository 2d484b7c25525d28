#!/bin/bash
# SPDX-License-Identifier: ISC
#
# Exim with its own authenticators, TLS by GnuTLS, delivering through a pipe.

# shellcheck source=tests/servers/lib.sh
. "$(dirname "$0")/lib.sh"

root_packages() {
	echo exim exim4-daemon-light
}

# shellcheck disable=SC2154
configure() {
	local dir=$1
	mkdir -p "$dir/etc/exim4" "$dir/var/spool/exim4" "$dir/var/log/exim4"
	chown 903:903 "$dir/var/spool/exim4" "$dir/var/log/exim4"
	chmod 644 "$dir/etc/tls/server.key"
	cat >"$dir/etc/exim4/exim4.conf" <<-END
		primary_hostname = localhost
		local_interfaces = 127.0.0.1
		daemon_smtp_ports = $SUBMISSION_PORT : $SUBMISSIONS_PORT : $SMTP_PORT
		tls_on_connect_ports = $SUBMISSIONS_PORT
		tls_advertise_hosts = *
		tls_certificate = /etc/tls/server.pem
		tls_privatekey = /etc/tls/server.key
		host_lookup =
		rfc1413_query_timeout = 0s
		smtp_accept_max = 100
		message_size_limit = $size_limit
		received_header_text =
		log_selector = +smtp_protocol_error +smtp_connection
		auth_advertise_hosts = \${if def:tls_in_cipher{*}}
		acl_smtp_rcpt = rcpt
		begin acl
		rcpt:
		  deny
		    !authenticated = *
		    condition = \${if !={\$received_port}{$SMTP_PORT}}
		    message = 530 5.7.0 log in first
		  deny
		    local_parts = ^bad
		    message = 550 5.1.1 no such mailbox
		  defer
		    local_parts = ^temp
		    message = 450 4.2.1 mailbox busy
		  accept
		    domains = example.test
		begin routers
		all:
		  driver = accept
		  transport = store
		begin transports
		store:
		  driver = pipe
		  command = /etc/store
		  user = store
		  message_prefix =
		  message_suffix =
		  return_path_add
		begin authenticators
		plain:
		  driver = plaintext
		  public_name = PLAIN
		  server_condition = \${if and{{eq{\$auth2}{USER}}{eq{\$auth3}{PASSWORD}}}}
		  server_set_id = \$auth2
		login:
		  driver = plaintext
		  public_name = LOGIN
		  server_prompts = <| Username: | Password:
		  server_condition = \${if and{{eq{\$auth1}{USER}}{eq{\$auth2}{PASSWORD}}}}
		  server_set_id = \$auth1
		cram:
		  driver = cram_md5
		  public_name = CRAM-MD5
		  server_secret = \${if eq{\$auth1}{USER}{PASSWORD}fail}
		  server_set_id = \$auth1
	END
	sed -i "s/{USER}/{$login_user}/; s/{PASSWORD}/{$login_password}/" \
	    "$dir/etc/exim4/exim4.conf"
}

serve() {
	launch "$1" exim4 -bdf
}

settled() {
	[ -z "$(find "$1/var/spool/exim4/input" -type f)" ]
}

strip() {
	after "$1" Return-Path
}

server_main "$@"

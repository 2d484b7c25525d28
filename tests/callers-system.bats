#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# Programs that watch over a machine, and what answers mail on one.
# shellcheck disable=SC2016 # scripts for the shell inside

load lib/common
load callers/callers

kit='setpriv --reuid kit --regid kit --init-groups env HOME=/home/kit USER=kit LOGNAME=kit'

# -- reports ----------------------------------------------------------------------------------

# The environment is that of smartd -M test.
@test "smartd: its test mail, through mail(1)" {
	call env SMARTD_MAILER=/usr/share/smartmontools/smartd-runner SMARTD_ADDRESS=root \
		SMARTD_MESSAGE='TEST EMAIL from smartd for device: /dev/sda' \
		SMARTD_FAILTYPE=EmailTest SMARTD_TFIRST='Sun Nov 22 10:00:00 2026 UTC' \
		SMARTD_TFIRSTEPOCH=1795341600 SMARTD_PREVCNT=0 SMARTD_NEXTDAYS= \
		SMARTD_DEVICESTRING=/dev/sda SMARTD_DEVICE=/dev/sda SMARTD_DEVICETYPE=ata \
		SMARTD_DEVICEINFO='Example disk' \
		/usr/share/smartmontools/smartd_warning.sh
	delivered root@client.example.org root@client.example.org
	assert_silent
	assert_field To root@client.example.org
	assert_field Subject 'SMART error (EmailTest) detected on host: client'
	body | grep -x 'TEST EMAIL from smartd for device: /dev/sda'
}

@test "mdadm --monitor --test" {
	call mdadm --monitor --test --oneshot --mail ops@example.net /dev/md0
	assert_received 1
	assert_wire_clean
	assert_wellformed 1
	assert_envelope 1 root@client.example.org ops@example.net
	assert_field To ops@example.net
	assert_field_like From 'mdadm monitoring <root@client\.example\.org>'
	assert_field_like Subject 'TestMessage event on /dev/md0:client.*'
	body | grep -x 'A TestMessage event had been detected on md device /dev/md0.'
}

security='\*\*\* SECURITY information for client(\.example\.org)? \*\*\*'

@test "sudo: a user not in sudoers" {
	call sh -c "$kit sudo true; echo \$?"
	assert_exit 0
	assert_equal "$(<"$OUT")" 1
	assert_received 1
	assert_wire_clean
	assert_wellformed 1
	assert_envelope 1 kit@client.example.org root@client.example.org
	assert_field To root@client.example.org
	assert_field_like Subject "$security"
	body | grep -F 'kit : user NOT in sudoers ; '
}

# One mail for the command, one for its session.
@test "sudo: mail_always" {
	call sh -ec "
		printf '%s\n' 'kit ALL=(ALL) NOPASSWD: /bin/true' 'Defaults mail_always' \
		    'Defaults mailto=\"ops@example.net\"' >/etc/sudoers.d/kit
		$kit sudo -n true
	"
	assert_exit 0
	assert_silent
	assert_wire_clean
	(($(received) >= 1))
	for ((n = 1; n <= $(received); n++)); do
		assert_wellformed "$n"
		assert_envelope "$n" kit@client.example.org ops@example.net
		assert_field_like Subject "$security" "$n"
		assert_field To ops@example.net "$n"
		body "$n" | grep -F 'COMMAND=/bin/true'
	done
}

@test "logwatch" {
	call sh -ec '
		echo "Nov 22 10:00:00 client sudo:      kit : TTY=pts/0 ; PWD=/home/kit ;" \
		    "USER=root ; COMMAND=/bin/true" >/var/log/auth.log
		logwatch --output mail --mailto ops@example.net --service sudo --range all \
		    --hostname client
	'
	delivered root@client.example.org ops@example.net
	assert_silent
	assert_field To ops@example.net
	assert_field From 'root@client.example.org'
	assert_field_like Subject 'Logwatch for client.*'
	body | grep -F /bin/true
}

# An archive of one package, of which the first version is installed.
@test "unattended-upgrades" {
	call sh -ec '
		cd /tmp
		for version in 1 2; do
			mkdir -p "$version/DEBIAN"
			printf "%s\n" "Package: thing" "Version: $version" "Architecture: all" \
			    "Maintainer: Kit <kit@example.org>" "Description: a thing" \
			    >"$version/DEBIAN/control"
			dpkg-deb -b "$version" "thing_$version.deb"
		done
		dpkg -i thing_1.deb
		{
			cat 2/DEBIAN/control
			echo "Filename: ./thing_2.deb"
			echo "Size: $(stat -c %s thing_2.deb)"
			echo "SHA256: $(sha256sum <thing_2.deb | cut -d " " -f 1)"
		} >Packages
		{
			printf "%s\n" "Origin: Here" "Suite: stable" "SHA256:"
			echo " $(sha256sum <Packages | cut -d " " -f 1)" \
			    "$(stat -c %s Packages) Packages"
		} >Release
		rm -rf /etc/apt/sources.list.d/*
		echo "deb [trusted=yes] file:/tmp ./" >/etc/apt/sources.list
		apt-get update
		printf "%s\n" "Unattended-Upgrade::Origins-Pattern { \"origin=Here\"; };" \
		    "Unattended-Upgrade::Mail \"ops@example.net\";" \
		    "Unattended-Upgrade::MailReport \"always\";" \
		    >/etc/apt/apt.conf.d/99test
		unattended-upgrade
		dpkg-query -W thing
	'
	assert_exit 0
	grep -x $'thing\t2' "$OUT"
	assert_received 1
	assert_wire_clean
	assert_wellformed 1
	assert_envelope 1 root@client.example.org ops@example.net
	assert_field_like From 'root@client\.example\.org'
	assert_field To ops@example.net
	assert_field_like Subject '.*unattended-upgrades result for client.*SUCCESS.*'
	assert_field Auto-Submitted auto-generated
	body | grep -F thing
}

# -- answers ----------------------------------------------------------------------------------

letter() {
	message "$@" | sed "s/^From: .*/From: Pat <pat@example.net>/
		s/^To: .*/To: Kit <kit@client.example.org>/"
}

# As the mail system hands it to programs.
mbox() {
	echo 'From pat@example.net Sun Nov 22 10:00:00 2026'
	letter Hello . bye
}

# dovecot SIEVE: deliver a letter to kit under the control of a script.
dovecot() {
	letter Hello . bye | sed 's/$/\r/' >"$BATS_TEST_TMPDIR/letter"
	call -u kit sh -ec '
		cd
		printf "%s\n" "$1" >.dovecot.sieve
		printf "%s\n" "mail_location = maildir:~/Maildir" \
		    "postmaster_address = postmaster@example.org" \
		    "protocol lda {" "  mail_plugins = sieve" "}" \
		    "plugin {" "  sieve = ~/.dovecot.sieve" "}" \
		    "log_path = /tmp/log" "stats_writer_socket_path =" >/tmp/dovecot.conf
		status=0
		/usr/lib/dovecot/dovecot-lda -c /tmp/dovecot.conf -f pat@example.net \
		    -a kit@client.example.org || status=$?
		cat /tmp/log
		ls Maildir/new 2>/tmp/none | wc -l
		exit "$status"
	' dovecot "$1" <"$BATS_TEST_TMPDIR/letter"
}

@test "Dovecot Sieve: vacation" {
	dovecot 'require "vacation";
		vacation :from "Kit <kit@client.example.org>" :subject "Away" "I am away.";'
	delivered '' pat@example.net
	assert_field From 'Kit <kit@client.example.org>'
	assert_field_like To '.*<pat@example.net>'
	assert_field Subject Away
	assert_field In-Reply-To '<1@example.org>'
	assert_field_like Auto-Submitted 'auto-replied.*'
	assert_field_like Message-ID '<dovecot-sieve-.*@client\.example\.org>'
	assert_equal "$(body)" 'I am away.'
}

@test "Dovecot Sieve: redirect" {
	dovecot 'redirect "kim@example.com";'
	delivered pat@example.net kim@example.com
	assert_field_like X-Sieve '.*'
	assert_field X-Sieve-Redirected-From kit@client.example.org
	assert_field From 'Pat <pat@example.net>'
	assert_field Message-ID '<1@example.org>'
	assert_field Date 'Sun, 22 Nov 2026 10:00:00 +0000'
	assert_equal "$(body)" $'Hello\n.\nbye'
}

@test "Dovecot Sieve: a redirect the relay refuses is put off" {
	stop_sinks
	prepare --on 'RCPT=550 5.1.1 no such user'
	dovecot 'redirect "kim@example.com";'
	assert_exit 75
	grep -F 'failed to redirect message to <kim@example.com>' "$OUT"
	refused kim@example.com 'no such user'
}

@test "vacation" {
	mbox >"$BATS_TEST_TMPDIR/letter"
	call -u kit sh -ec '
		printf "%s\n" "Subject: Away" "" "I am away." >"$HOME/.vacation.msg"
		vacation -i
		vacation kit
	' <"$BATS_TEST_TMPDIR/letter"
	assert_silent
	delivered kit@client.example.org pat@example.net
	assert_field Subject Away
	assert_equal "$(body)" 'I am away.'
}

@test "procmail: forwards" {
	mbox >"$BATS_TEST_TMPDIR/letter"
	call -u kit sh -ec '
		printf "%s\n" ":0" "! kim@example.com" >"$HOME/.procmailrc"
		procmail -f -
	' <"$BATS_TEST_TMPDIR/letter"
	delivered kit@client.example.org kim@example.com
	assert_field From 'Pat <pat@example.net>'
	assert_field Message-ID '<1@example.org>'
	assert_equal "$(body)" $'Hello\n.\nbye'
}

#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# Programs that mail the output of jobs.
# shellcheck disable=SC2016 # scripts for the shell inside

load lib/common
load callers/callers

# with_cron SCRIPT: crontab is kit's table; @reboot jobs run as cron starts.
with_cron() {
	call sh -ec '
		crontab -u kit -
		cron -f -L 15 &
		/callers/await.sh 1
		sleep 0.3
	'
}

@test "Debian cron: output goes to the user" {
	with_cron <<-'END'
		@reboot echo Hello; echo .; printf 'no newline'
	END
	delivered kit@client.example.org kit@client.example.org
	assert_field To kit@client.example.org
	assert_field From 'root@client.example.org (Cron Daemon)'
	assert_field_like Subject 'Cron <kit@client(\.example\.org)?> echo Hello; .*'
	assert_field Content-Type 'text/plain; charset=UTF-8'
	field X-Cron-Env | grep -x '<LOGNAME=kit>'
	assert_equal "$(body)" $'Hello\n.\nno newline'
	! grep -F 'but got status' "$SYSLOG" || fail "cron is not content"
}

@test "Debian cron: MAILTO with two addresses, 8-bit output" {
	with_cron <<-'END'
		MAILTO=pat@example.net,kim@example.net
		CONTENT_TYPE="text/plain; charset=UTF-8"
		@reboot echo Grüße
	END
	delivered kit@client.example.org pat@example.net kim@example.net
	[[ $(body) == Grüße || $(body) == 'Gr=C3=BC=C3=9Fe' ]]
}

@test "Debian cron: logs that the relay refused" {
	stop_sinks
	prepare --on 'RCPT=550 5.1.1 no such user'
	call sh -ec '
		crontab -u kit -
		cron -f -L 15 &
		until grep -q "but got status" /log/syslog; do
			sleep 0.1
		done
	' <<-'END'
		@reboot echo Hello
	END
	assert_exit 0
	refused kit@client.example.org 'no such user'
	grep -F 'but got status 0x0043' "$SYSLOG"
}

# Its @reboot does not work in every version: wait for the next minute.
@test "busybox crond" {
	call sh -ec '
		mkdir /tmp/tables
		cat >/tmp/tables/kit
		busybox crond -f -c /tmp/tables &
		/callers/await.sh 1
	' <<-'END'
		MAILTO=pat@example.net
		* * * * * echo Hello; echo there
	END
	delivered kit@client.example.org pat@example.net
	assert_field To pat@example.net
	assert_field Subject 'cron: echo Hello; echo there'
	assert_equal "$(body)" $'Hello\nthere'
}

@test "anacron" {
	call sh -ec '
		cat >/tmp/anacrontab
		anacron -f -n -t /tmp/anacrontab
		/callers/await.sh 1
	' <<-'END'
		SHELL=/bin/sh
		MAILTO=pat@example.net
		1 0 a-job echo Hello; echo there
	END
	delivered root@client.example.org pat@example.net
	assert_field_like From '.*Anacron.*root@client\.example\.org.*'
	assert_field_like Subject "Anacron job 'a-job' on client.*"
	assert_equal "$(body)" $'Hello\nthere'
}

@test "at" {
	call sh -ec '
		atd -f &
		until [ -e /run/atd.pid ]; do
			sleep 0.05
		done
		cd /home/kit
		setpriv --reuid kit --regid kit --init-groups \
		    env HOME=/home/kit USER=kit LOGNAME=kit sh -c "at -m now" 2>/tmp/said
		/callers/await.sh 1
	' <<<'echo Hello; echo there'
	delivered kit@client.example.org kit@client.example.org
	assert_field To kit@client.example.org
	assert_field_like Subject 'Output from your job +[0-9]+'
	assert_equal "$(body)" $'Hello\nthere'
}

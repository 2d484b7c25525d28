#!/bin/sh
# SPDX-License-Identifier: ISC
#
# init.sh COMMAND...: process 1 of the private root, see enter.sh.

busybox syslogd -n -O /log/syslog -S &
until [ -S /dev/log ]; do
	sleep 0.02
done
chmod 666 /dev/log
status=0
"$@" || status=$?

# Is there a process other than this one, syslogd and the daemons that tests
# start?  One without an executable is a zombie, or has just ended.
busy() {
	for process in /proc/[0-9]*; do
		[ "$process" != /proc/1 ] || continue
		case $(readlink "$process/exe") in
		'' | /usr/bin/busybox | /usr/sbin/cron | /usr/sbin/atd) ;;
		*) return 0 ;;
		esac
	done
	return 1
}

try=0
while busy; do
	sleep 0.05
	try=$((try + 1))
	if [ "$try" -gt 400 ]; then
		echo "there is a process that does not end" >&2
		exit 99
	fi
done

# What syslogd reads last is what was logged last.
busybox logger the end
until grep -qs 'the end$' /log/syslog; do
	sleep 0.02
done
exit "$status"

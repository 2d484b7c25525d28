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

sending() {
	grep -qsx sendmail /proc/[0-9]*/comm
}

try=0
while sending; do
	sleep 0.05
	try=$((try + 1))
	if [ "$try" -gt 400 ]; then
		echo "sendmail does not end" >&2
		exit 99
	fi
done

# What syslogd reads last is what was logged last.
busybox logger the end
until grep -qs 'the end$' /log/syslog; do
	sleep 0.02
done
exit "$status"

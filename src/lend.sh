#!/bin/sh
# SPDX-License-Identifier: ISC
#
# lend.sh DESTDIR GROUP PROGRAM CONFIG SPOOL: let PROGRAM be set-group-id to
# GROUP, made where it is missing, and that group read CONFIG and enter SPOOL.
# Says what to do where that is not possible: as an ordinary user, or below a
# DESTDIR, where a package's own scripts know the groups of the machine.

set -eu
dest=$1 group=$2 program=$3 config=$4 spool=$5

if [ -n "$dest" ] || [ "$(id -u)" != 0 ]; then
	cat <<-END
	So that users can send without being able to read $config,
	do this as root on the machine it is for:

	    groupadd --system $group
	    chgrp $group $program $config $spool
	    chmod 2755 $program
	END
	exit
fi
grep -q "^$group:" /etc/group || groupadd --system "$group" 2>/dev/null ||
    addgroup -S "$group" || {
	echo "lend.sh: the group $group cannot be made: $program stays an" \
	    "ordinary program" >&2
	exit
}
chgrp "$group" "$program" "$spool"
chmod 2755 "$program"
# Somebody's own rules for the configuration are left alone.
if [ "$(stat -c %a:%g "$config")" = 640:0 ]; then
	chgrp "$group" "$config"
fi

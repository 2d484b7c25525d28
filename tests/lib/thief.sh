#!/bin/sh
# SPDX-License-Identifier: ISC
#
# thief.sh SENDLET CONF COMMAND...: what unshare(1) starts in a new mount and
# PID namespace.  COMMAND runs as an ordinary user without any group on a
# machine where sendlet is installed set-group-id:
#
#   /mnt/sendlet                 mode 2755, group 990 ("sendlet")
#   /etc/sendlet.conf            CONF, mode 0640, group 990
#   /etc/sendlet.password        the secret, mode 0640, group 990
#   /mnt/vault                   mode 0770, group 990, with a file in it
#   /var/spool/sendlet           mode 0730, group 990; in 4001 the secret mail
#                                of another user
#   /mnt/home                    the user's
#
# What $HELPER says is in /etc/helper.py.
# $TRACE, in front of all, watches with root's rights.
# With $AUTHORITY, that is the CA in /etc/ca.pem; $FORGED is in /mnt/relay.pem.
#
# Afterwards everything the group could have written is compared with what was
# there before, and no file may have been made with the group's rights.

set -eu
sendlet=$1 conf=$2
shift 2

mount --make-rprivate /
mount -t tmpfs -o mode=755 tmpfs /mnt
cp "$sendlet" /mnt/sendlet
cp "$conf" /mnt/sendlet.conf
mkdir -m 700 /mnt/home
mkdir -m 755 /mnt/etc
mkdir -m 770 /mnt/vault
cp /etc/resolv.conf /mnt/etc/ 2>/dev/null || :
echo '127.0.0.1 client.example.org client localhost' >/mnt/etc/hosts
echo "victim's own" >/mnt/vault/file
printf '%s\n' 'root:x:0:0::/:/bin/sh' 'victim:x:4001:4001::/:/bin/sh' \
    'thief:x:4002:4002:Thief:/mnt/home:/bin/sh' >/mnt/etc/passwd
printf '%s\n' root:x:0: sendlet:x:990: victim:x:4001: thief:x:4002: \
    >/mnt/etc/group
install -m 640 -g 990 /mnt/sendlet.conf /mnt/etc/sendlet.conf
rm /mnt/sendlet.conf
if [ -n "${AUTHORITY:-}" ]; then
	install -m 644 "$AUTHORITY" /mnt/etc/ca.pem
	install -m 644 "$FORGED" /mnt/relay.pem
fi
printf '%s\n' "${HELPER:-}" >/mnt/etc/helper.py
umask 077
printf '%s\n' "$SECRET" >/mnt/etc/sendlet.password
chmod 640 /mnt/etc/sendlet.password /mnt/vault/file
chgrp 990 /mnt/etc/sendlet.password /mnt/vault /mnt/vault/file /mnt/sendlet
chmod 2755 /mnt/sendlet
chown 4002:4002 /mnt/home
mount --bind /mnt/etc /etc
mount -t tmpfs -o mode=755 tmpfs /var/spool
mkdir -m 730 /var/spool/sendlet
chgrp 990 /var/spool/sendlet
mkdir -m 700 /var/spool/sendlet/4001
echo "$SECRET" >/var/spool/sendlet/4001/01JABCDEFGHJKMNP
chmod 600 /var/spool/sendlet/4001/01JABCDEFGHJKMNP
chown -R 4001:4001 /var/spool/sendlet/4001
mount -t tmpfs -o mode=1777 tmpfs /tmp
[ "${EXPOSED:-}" != yes ] || chmod 644 /mnt/etc/sendlet.password

tree() {
	find /mnt/etc /mnt/vault /mnt/sendlet /var/spool/sendlet/4001 -type f \
	    -exec stat -c '%n %a %u %g' {} + -exec cksum {} + | sort
}

before=$(tree)
cd /mnt/home
status=0
# shellcheck disable=SC2086 # words, or none
${TRACE:-} setpriv --reuid 4002 --regid 4002 --clear-groups "$@" || status=$?
if [ "$before" != "$(tree)" ]; then
	echo "CHANGED: something of the group's"
	tree
fi
# The thief's own place in the spool is made with it, and by nobody else.
find /mnt/home /tmp /dev/shm /var/spool/sendlet -mindepth 1 -group 990 \
    ! -path /var/spool/sendlet/4002 \
    -exec echo 'MADE with the group:' {} +
find /mnt/home /tmp -name 'core*' -exec echo 'CORE:' {} +
exit "$status"

#!/bin/sh
# SPDX-License-Identifier: ISC
#
# enter.sh TREE WORK SINK COMMAND...: what unshare(1) starts as process 1 of
# new mount, PID, IPC and UTS namespaces.  COMMAND runs in TREE, to which it
# may write: the changes go to memory and are gone with the last process.
# Mounted into it are
#
#   /usr/sbin/sendmail, /etc/sendlet.conf   WORK/sendmail, WORK/sendlet.conf
#   /packages                               WORK/packages; each only if it is there
#   /callers, /sink                         these scripts, the sink's messages
#   /log                                    WORK/log; syslog goes to /log/syslog
#
# Ends with COMMAND's status once all it started has ended: many programs do
# not wait for the sendmail they run.

set -eu
here=$(cd "$(dirname "$0")" && pwd)
tree=$1 work=$2 sink=$3
shift 3

mount --make-rprivate /
mount -t tmpfs -o mode=755 tmpfs "$work/space"
cd "$work/space"
mkdir upper work root
mount -t overlay overlay \
    -o "lowerdir=$tree,upperdir=upper,workdir=work" root
cd root
mount -t proc proc proc
mount -t tmpfs -o mode=755 tmpfs dev
mkdir dev/pts dev/shm
for node in null zero full random urandom tty; do
	: >"dev/$node"
	mount --bind "/dev/$node" "dev/$node"
done
mount -t devpts -o newinstance,ptmxmode=0666 devpts dev/pts
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
ln -s fd/0 dev/stdin
ln -s fd/1 dev/stdout
ln -s fd/2 dev/stderr
mount -t tmpfs -o mode=755 tmpfs run
mkdir run/lock log sink

# lend PATH PLACE: for reading, if it is there
lend() {
	if [ -e "$1" ]; then
		mount --bind "$1" "$2"
		mount -o remount,bind,ro "$2"
	fi
}

mount --bind "$work/log" log
if [ -e "$work/packages" ]; then
	mkdir packages
fi
lend "$work/packages" packages
lend "$work/sendmail" usr/sbin/sendmail
lend "$work/sendlet.conf" etc/sendlet.conf
lend "$sink" sink
lend "$here" callers
hostname client.example.org
exec chroot . /callers/init.sh "$@"

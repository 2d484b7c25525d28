#!/bin/bash
# SPDX-License-Identifier: ISC
#
# root.sh: unpack a small Debian with the programs that call sendmail, once,
# below DEPS_DIR/root-callers, and print where.  Nothing is installed on this
# machine: apt resolves against an empty package database of its own, no
# maintainer script runs (what those would have set up is written below), and
# a pretended mail-transport-agent keeps real ones away.  Instant when it has
# been done before by the same version of this file; trees of other versions
# that nobody asked for in two hours are removed.

set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
: "${DEPS_DIR:=$here/../../.deps}"
mkdir -p "$DEPS_DIR"
DEPS_DIR=$(cd "$DEPS_DIR" && pwd)
roots=$DEPS_DIR/root-callers
root=$roots/$(cksum <"$here/root.sh" | cut -d ' ' -f 1)

base='base-files base-passwd bash coreutils dash debianutils diffutils findutils
    grep gzip hostname libc-bin libpam-modules libpam-runtime login mawk
    ncurses-base passwd sed tar util-linux'
callers='php-cli php-mail php-pear php-symfony-mailer libphp-phpmailer
    libemail-sender-perl libmime-lite-perl libmailtools-perl python3 ruby-mail
    nodejs node-nodemailer git-email quilt bsd-mailx s-nail mailutils mutt
    alpine nmh mblaze cron anacron busybox-static at sudo smartmontools mdadm
    logwatch apt unattended-upgrades dovecot-core dovecot-sieve vacation
    procmail'

die() {
	echo "root.sh: $*" >&2
	exit 1
}

# ---- packages --------------------------------------------------------------

apt() {
	apt-get -q -y -o Dir::State::status="$new/apt/status" \
	    -o Dir::State::extended_states="$new/apt/extended" \
	    -o Dir::Cache::archives="$new/apt/archives" \
	    -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= \
	    -o Dir::Etc::preferences="$new/apt/preferences" \
	    -o Dir::Etc::preferencesparts=- -o APT::Sandbox::User=root \
	    -o Debug::NoLocking=1 -o Acquire::Retries=3 "$@" \
	    </dev/null >"$new/apt/log" 2>&1
}

download() {
	mkdir -p "$new/apt/archives/partial"
	cat >"$new/apt/status" <<-END
		Package: pretended-mail-transport-agent
		Status: install ok installed
		Maintainer: nobody
		Architecture: all
		Version: 1
		Provides: mail-transport-agent
		Description: stands for the program under test
	END
	# The distribution's own packages, whatever other archives offer.
	cat >"$new/apt/preferences" <<-END
		Package: *
		Pin: release o=Debian
		Pin-Priority: 990
	END
	choose
	if [ ${#chosen[@]} -eq 0 ] || ! fetch; then
		apt-get -qq update
		choose
		fetch || {
			cat "$new/apt/log" >&2
			die "the packages cannot be had"
		}
	fi
	# shellcheck disable=SC2086 # a list of words
	printf '%s\n' $callers "${chosen[@]}" | sort | uniq -u |
	    sed 's/^/root.sh: there is no package /' >&2
}

# What this release does not have is left out, and its tests fail.
choose() {
	# shellcheck disable=SC2086 # a list of words
	mapfile -t chosen < <(apt-cache policy $callers | awk '
		/^[^ ]/ { name = substr($1, 1, length($1) - 1) }
		$1 == "Candidate:" && $2 != "(none)" { print name }')
}

fetch() {
	# shellcheck disable=SC2086 # a list of words
	apt install --download-only --no-install-recommends $base \
	    "${chosen[@]}"
}

unpack() {
	local part
	for part in bin sbin lib lib64; do
		mkdir -p "$new/tree/usr/$part"
		ln -s "usr/$part" "$new/tree/$part"
	done
	# shellcheck disable=SC2016 # for the inner shell
	find "$new/apt/archives" -name '*.deb' -print0 |
	    xargs -0 -P "$(getconf _NPROCESSORS_ONLN)" -n 8 sh -c '
		tree=$0
		for deb; do
			dpkg-deb --fsys-tarfile "$deb" |
			    tar -x -C "$tree" --keep-directory-symlink \
			    --numeric-owner --exclude="./usr/share/doc/*" \
			    --exclude="./usr/share/man/*" \
			    --exclude="./usr/share/info/*" \
			    --exclude="./usr/share/locale/*" \
			    --exclude="./usr/share/perl/*/pod/*" \
			    --exclude="./lib/udev/*" || exit 255
		done' "$new/tree"
}

# ---- what maintainer scripts would have done -------------------------------

accounts() {
	local etc=$new/tree/etc master=$new/tree/usr/share/base-passwd
	cat "$master/passwd.master" - >"$etc/passwd" <<-END
		kit:x:1000:1000:Kit Example,,,:/home/kit:/bin/sh
		pat:x:1001:1001:Pat Example,,,:/home/pat:/bin/sh
		dovecot:x:906:906::/usr/lib/dovecot:/usr/sbin/nologin
		dovenull:x:907:907::/nonexistent:/usr/sbin/nologin
	END
	cat "$master/group.master" - >"$etc/group" <<-END
		kit:x:1000:
		pat:x:1001:
		crontab:x:900:
		dovecot:x:906:
		dovenull:x:907:
	END
	sed 's/:.*/:*:20000::::::/' "$etc/passwd" >"$etc/shadow"
	chmod 640 "$etc/shadow"
	printf '%s: files\n' passwd group shadow gshadow hosts services \
	    protocols >"$etc/nsswitch.conf"
	printf '127.0.0.1 client.example.org client localhost\n' >"$etc/hosts"
	echo client.example.org >"$etc/hostname"
	echo client.example.org >"$etc/mailname"
	install -d -o 1000 -g 1000 "$new/tree/home/kit"
	install -d -o 1001 -g 1001 "$new/tree/home/pat"
}

pam() {
	local kind
	for kind in auth account password session session-noninteractive; do
		echo "${kind%%-*} required pam_permit.so" \
		    >"$new/tree/etc/pam.d/common-$kind"
	done
}

# alternative NAME PROGRAM
alternative() {
	[ -e "$new/tree$2" ] || die "$2 was not unpacked"
	ln -sf "$2" "$new/tree/usr/bin/$1"
}

php() {
	local dir ini version
	version=$(basename "$new"/tree/usr/bin/php[0-9]*)
	alternative php "/usr/bin/$version"
	dir=$new/tree/etc/php/${version#php}/cli
	mkdir -p "$dir/conf.d"
	cp "$new/tree/usr/lib/php/${version#php}/php.ini-production.cli" \
	    "$dir/php.ini"
	for ini in "$new/tree/usr/share/$version"-*/*/*.ini; do
		cp "$ini" "$dir/conf.d/20-${ini##*/}"
	done
}

spools() {
	local var=$new/tree/var
	install -d -m 1730 -g 900 "$var/spool/cron/crontabs"
	chgrp 900 "$new/tree/usr/bin/crontab"
	chmod 2755 "$new/tree/usr/bin/crontab"
	install -d -m 1770 -o 1 -g 1 "$var/spool/cron/atjobs" \
	    "$var/spool/cron/atspool"
	install -m 600 -o 1 -g 1 /dev/null "$var/spool/cron/atjobs/.SEQ"
	install -d -m 2775 -g 8 "$var/mail"
	install -d "$var/spool/anacron" "$var/cache/logwatch" \
	    "$var/lib/apt/lists/partial" "$var/cache/apt/archives/partial" \
	    "$var/lib/dpkg/updates" "$var/lib/dpkg/info" "$var/log/apt"
	: >"$var/lib/dpkg/status"
	rm -rf "$var/run" "$var/lock"
	ln -s /run "$var/run"
	ln -s /run/lock "$var/lock"
	mkdir -p "$new"/tree/{dev,proc,sys,run,tmp,callers}
	chmod 1777 "$new/tree/tmp"
}

configure() {
	accounts
	pam
	php
	alternative mail /usr/bin/bsd-mailx
	alternative mailx /usr/bin/bsd-mailx
	alternative awk /usr/bin/mawk
	ln -sf dash "$new/tree/bin/sh"
	ln -sf ../sbin/sendmail "$new/tree/usr/lib/sendmail"
	ln -sf ../sbin/sendmail "$new/tree/usr/bin/mailq"
	ln -sf ../sbin/sendmail "$new/tree/usr/bin/newaliases"
	: >"$new/tree/usr/sbin/sendmail"
	: >"$new/tree/etc/sendlet.conf"
	spools
	chroot "$new/tree" ldconfig
}

# ---- the whole -------------------------------------------------------------

done_before() {
	[ -d "$root" ] || return 1
	if [ -O "$root" ]; then
		touch "$root"
	fi
	echo "$root/tree"
}

if done_before; then
	exit
fi
if [ "$(id -u)" -ne 0 ]; then
	exec sudo -n env DEPS_DIR="$DEPS_DIR" "$here/root.sh"
fi
mkdir -p "$roots"
exec {lock}>"$roots/.lock"
flock -w 450 "$lock" || die "somebody else is still unpacking"
if done_before; then
	exit
fi
find "$roots" -mindepth 1 -maxdepth 1 -type d -mmin +120 -exec rm -rf {} +
new=$(mktemp -d "$roots/.new.XXXXXX")
trap 'rm -rf "$new"' EXIT
download
unpack
configure
rm -rf "$new/apt"
chmod 755 "$new" "$new/tree"
touch "$new"
mv "$new" "$root"
trap - EXIT
echo "$root/tree"

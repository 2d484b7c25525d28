# shellcheck shell=bash
# SPDX-License-Identifier: ISC
#
# What the server scripts have in common. Each real mail server runs
#  - unpacked, not installed: its packages are extracted below DEPS_DIR/root;
#  - in a mount namespace where /usr and /etc are overlaid with those files
#    and with a private passwd, and where /var and /run belong to the test;
#  - in a PID namespace, so that killing one process ends all of them;
#  - on loopback ports that no other suite uses.
# Nothing outside the directory given to `start` and DEPS_DIR is written.
#
# A script sources this file, defines root_packages, configure, serve, strip
# and settled, and ends with `server_main "$@"`:
#
#   SERVER.sh fetch            download and unpack the server
#   SERVER.sh start DIR        start; ports and file names are in DIR/env
#   SERVER.sh stop DIR         kill every process of it
#   SERVER.sh count DIR RCPT   how many messages are stored for RCPT
#   SERVER.sh message DIR RCPT the one message stored for RCPT, with LF line
#                              ends and without the server's trace fields
#   SERVER.sh sender DIR RCPT  the envelope sender of that message
#   SERVER.sh log DIR          what the server logged

set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
: "${DEPS_DIR:=$here/../../.deps}"
mkdir -p "$DEPS_DIR"
DEPS_DIR=$(cd "$DEPS_DIR" && pwd)

# One login for all servers. The colon and the plus sign are there to catch
# encodings that mangle them.
login_user=alerts@example.test
login_password='correct+horse: battery=staple'

# Refuse messages above this size.
size_limit=16777216

# What each server has for itself.
namespaces=(--mount --pid)

# No server outlives its test run by more than this many seconds.
lifetime=600

die() {
	echo "${0##*/}: $*" >&2
	exit 1
}

# within SECONDS COMMAND...: retry until it succeeds.
within() {
	local end=$((SECONDS + $1))
	shift
	until "$@"; do
		[ "$SECONDS" -lt "$end" ] || return 1
		sleep 0.05
	done
}

# ---- packages --------------------------------------------------------------

# The packages an installation would add to this machine, without what only
# documentation pulls in.
missing() {
	apt-get -s -qq install --no-install-recommends "$@" |
	    awk '$1 == "Inst" && $2 !~ /^(fonts-|sphinx-|libjs-)/ { print $2 }' |
	    sort
}

# extract DIRECTORY PACKAGE...: these packages and no other.
extract() {
	local directory=$1 deb part
	shift
	mkdir -p "$directory/debs" "$directory/usr" "$directory/etc"
	if [ $# -gt 0 ]; then
		(cd "$directory/debs" && apt-get -qq download \
		    -o APT::Sandbox::User=root "$@") || return 1
	fi
	for deb in "$directory"/debs/*.deb; do
		[ -e "$deb" ] || continue
		dpkg -x "$deb" "$directory" || return 1
	done
	for part in bin sbin lib; do
		[ -d "$directory/$part" ] || continue
		mkdir -p "$directory/usr/$part"
		cp -a "$directory/$part/." "$directory/usr/$part/"
		rm -rf "${directory:?}/$part"
	done
	rm -rf "$directory/debs"
	chmod 755 "$directory"
}

# fill NAME PACKAGE...: make DEPS_DIR/root/NAME hold these packages, and no
# other, as a whole or not at all.
fill() {
	local root=$DEPS_DIR/root/$1 temporary
	mkdir -p "$DEPS_DIR/root"
	temporary=$(mktemp -d "$DEPS_DIR/root/.$1.XXXXXX")
	shift
	if ! extract "$temporary" "$@"; then
		rm -rf "$temporary"
		apt-get -qq update
		extract "$temporary" "$@"
	fi
	rm -rf "${root:?}"
	mv "$temporary" "$root"
}

# unpack NAME PACKAGE...: make DEPS_DIR/root/NAME hold PACKAGEs and all they
# need that the machine does not have. Nothing is done when it already does:
# the check takes a second, so the state of dpkg at its time is remembered.
unpack() {
	local name=$1 root=$DEPS_DIR/root state wanted
	shift
	mkdir -p "$root"
	exec {lock}>"$root/.$name.lock"
	flock -w 300 "$lock" || die "$name: somebody else is still unpacking"
	state=$(cksum </var/lib/dpkg/status)
	if [ "$(cat "$root/$name/state" 2>/dev/null)" = "$state" ]; then
		exec {lock}>&-
		return
	fi
	if ! wanted=$(missing "$@" 2>/dev/null); then
		apt-get -qq update
		wanted=$(missing "$@")
	fi
	if [ ! -d "$root/$name" ] ||
	    [ "$(cat "$root/$name/packages")" != "$wanted" ]; then
		# shellcheck disable=SC2086
		fill "$name" $wanted
		echo "$wanted" >"$root/$name/packages"
	fi
	echo "$state" >"$root/$name/state"
	exec {lock}>&-
}

# ---- ports and certificates ------------------------------------------------

# reserve_port VARIABLE: a port below the ephemeral range. The lock that keeps
# other suites from taking it lives as long as the server started afterwards.
reserve_port() {
	local -n port=$1
	local directory=${TMPDIR:-/tmp}/test-ports.$UID fd tries
	mkdir -p "$directory"
	for ((tries = 0; tries < 200; tries++)); do
		port=$((10000 + (RANDOM * 32768 + RANDOM) % 22000))
		exec {fd}>"$directory/$port"
		if flock -n "$fd" &&
		    ! (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
			return
		fi
		exec {fd}>&-
	done
	die "no free port"
}

# certificates DIRECTORY: ca.pem, a certificate of it for localhost and
# 127.0.0.1 (server.pem, server.key), and other-ca.pem, which signed nothing.
certificates() {
	local name
	mkdir -p "$1"
	for name in ca other-ca; do
		openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 \
		    -nodes -days 30 -subj "/CN=Test $name" \
		    -addext basicConstraints=critical,CA:TRUE \
		    -addext keyUsage=critical,keyCertSign,cRLSign \
		    -keyout "$1/$name.key" -out "$1/$name.pem" 2>/dev/null
	done
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
	    -subj /CN=localhost -keyout "$1/server.key" -out "$1/server.csr" \
	    2>/dev/null
	printf '%s\n' subjectAltName=DNS:localhost,IP:127.0.0.1 \
	    extendedKeyUsage=serverAuth >"$1/extensions"
	openssl x509 -req -in "$1/server.csr" -CA "$1/ca.pem" -days 30 \
	    -CAkey "$1/ca.key" -set_serial 2 -extfile "$1/extensions" \
	    -out "$1/server.pem" 2>/dev/null
}

# ---- the private root ------------------------------------------------------

# Accounts the servers insist on; none of them has to exist on the machine.
accounts() {
	cat >"$1/etc/passwd" <<-END
		root:x:0:0::/:/bin/sh
		daemon:x:1:1::/:/usr/sbin/nologin
		mail:x:8:8::/:/usr/sbin/nologin
		nobody:x:65534:65534::/:/usr/sbin/nologin
		postfix:x:901:901::/:/usr/sbin/nologin
		Debian-exim:x:903:903::/:/usr/sbin/nologin
		opensmtpd:x:904:904::/:/usr/sbin/nologin
		opensmtpq:x:905:905::/:/usr/sbin/nologin
		dovecot:x:906:906::/:/usr/sbin/nologin
		dovenull:x:907:907::/:/usr/sbin/nologin
		store:x:910:910::/var/store:/bin/sh
	END
	cat >"$1/etc/group" <<-END
		root:x:0:
		daemon:x:1:
		mail:x:8:
		nogroup:x:65534:
		postfix:x:901:
		postdrop:x:902:
		Debian-exim:x:903:
		opensmtpd:x:904:
		opensmtpq:x:905:
		dovecot:x:906:
		dovenull:x:907:
		store:x:910:
	END
	printf '%s: files\n' passwd group shadow hosts services protocols \
	    >"$1/etc/nsswitch.conf"
	printf '127.0.0.1 localhost\n' >"$1/etc/hosts"
	echo localhost >"$1/etc/mailname"
}

# store [RECIPIENT]: the delivery agent, for servers that pipe into one. Exim
# gives the recipient in the environment.
store_agent() {
	mkdir -p "$1/var/store"
	chown 910:910 "$1/var/store"
	cat >"$1/etc/store" <<-'END'
		#!/bin/sh
		set -e
		umask 022
		rcpt=${1:-$LOCAL_PART@$DOMAIN}
		mkdir -p "/var/store/$rcpt/tmp" "/var/store/$rcpt/new"
		cd "/var/store/$rcpt"
		name=$(date +%s.%N).$$
		cat >"tmp/$name"
		mv "tmp/$name" "new/$name"
	END
	chmod 755 "$1/etc/store"
}

# Runs as process 1 of the namespaces: DIR, the unpacked trees, "--", command.
# /var comes last because DIR may be below it.
# shellcheck disable=SC2016
enter='
	set -e
	dir=$1 usr= etc=$1/etc
	shift
	while [ "$1" != -- ]; do
		usr=$usr$1/usr: etc=$etc:$1/etc
		shift
	done
	shift
	mount -t overlay overlay -o "lowerdir=$usr/usr" /usr
	mount -t overlay overlay -o "lowerdir=$etc:/etc" /etc
	if [ -e /dev/log ]; then mount --bind /dev/null /dev/log; fi
	mount --bind "$dir/run" /run
	mount --bind "$dir/var" /var
	cd /
	exec "$@"
'

# launch DIR COMMAND...: run COMMAND in the private root, in the background,
# with DIR/output as its standard output and error. Its process group is in
# DIR/pid; DIR/lock stays locked as long as any of its processes lives.
launch() {
	local dir=$1 name fd trees=()
	shift
	for name in $(roots); do
		trees+=("$DEPS_DIR/root/$name")
	done
	[ "$(id -u)" = 0 ] || die "must be root to enter a mount namespace"
	mkdir -p "$dir/etc" "$dir/run" "$dir/var/empty" "$dir/var/tmp"
	chmod 755 "$dir/etc" "$dir/run" "$dir/var" "$dir/var/empty"
	chmod 1777 "$dir/var/tmp"
	ln -s /run "$dir/var/run"
	exec {fd}>"$dir/lock"
	flock -n "$fd" || die "already running"
	env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin TZ=UTC LC_ALL=C.UTF-8 \
	    setsid timeout -s KILL "$lifetime" \
	    unshare "${namespaces[@]}" --fork --kill-child --mount-proc \
	    sh -c "$enter" enter "$dir" "${trees[@]}" -- "$@" \
	    </dev/null >"$dir/output" 2>&1 3>&- &
	echo $! >"$dir/pid"
	exec {fd}>&-
}

alive() {
	! flock -n "$1/lock" true
}

# The names below DEPS_DIR/root that root_packages asks for.
roots() {
	root_packages | cut -d ' ' -f 1
}

# The ports the server has; a script may define it anew.
ports() {
	echo "$SUBMISSION_PORT $SUBMISSIONS_PORT $SMTP_PORT"
}

listening() {
	(: <"/dev/tcp/127.0.0.1/$2") 2>/dev/null || ! alive "$1"
}

# ---- verbs -----------------------------------------------------------------

fetch() {
	local words
	while read -ra words; do
		unpack "${words[@]}"
	done < <(root_packages)
}

start() {
	local dir=$1 name port
	for name in $(roots); do
		[ -d "$DEPS_DIR/root/$name" ] || fetch
	done
	mkdir -p "$dir"
	dir=$(cd "$dir" && pwd)
	mkdir -p "$dir/etc" "$dir/run" "$dir/var"
	accounts "$dir"
	store_agent "$dir"
	certificates "$dir/tls"
	mkdir "$dir/etc/tls"
	cp "$dir"/tls/{server.pem,server.key,ca.pem} "$dir/etc/tls/"
	reserve_port SUBMISSION_PORT
	reserve_port SUBMISSIONS_PORT
	reserve_port SMTP_PORT
	cat >"$dir/env" <<-END
		SUBMISSION_PORT=$SUBMISSION_PORT
		SUBMISSIONS_PORT=$SUBMISSIONS_PORT
		SMTP_PORT=$SMTP_PORT
		CA_FILE='$dir/tls/ca.pem'
		OTHER_CA_FILE='$dir/tls/other-ca.pem'
		LOGIN_USER='$login_user'
		LOGIN_PASSWORD='$login_password'
		SIZE_LIMIT=$size_limit
	END
	configure "$dir"
	serve "$dir"
	for port in $(ports); do
		if ! within 30 listening "$dir" "$port" || ! alive "$dir"; then
			log "$dir" >&2
			stop "$dir"
			die "did not start"
		fi
	done
}

stop() {
	[ -e "$1/pid" ] && alive "$1" || return 0
	kill -KILL -- "-$(cat "$1/pid")"
	flock -w 10 "$1/lock" true || die "does not end"
}

# The files stored for RCPT, once the server has nothing left to deliver.
stored() {
	within 30 settled "$1" || die "mail is stuck in the queue"
	find "$1/var/store/$2/new" -type f 2>/dev/null || :
}

the_one() {
	local files
	files=$(stored "$@")
	[ -f "$files" ] || die "not one message for $2: ${files:-none}"
	echo "$files"
}

# The Return-Path of a stored file; a script may define it anew.
sender() {
	sed -n '1s/^Return-Path: //Ip' "$1"
}

count() {
	local files
	files=$(stored "$@")
	printf '%s' "${files:+$files
}" | wc -l
}

# after FILE FIELD...: the lines behind the fields that must come first, in
# this order, each with its continuation lines.
after() {
	local file=$1 line
	shift
	line=$(LC_ALL=C awk -v fields="$*" '
		BEGIN { n = split(tolower(fields), want, " ") }
		/^[ \t]/ && i { next }
		i < n && index(tolower($0), want[i + 1] ":") == 1 { i++; next }
		{ print (i == n ? NR : 0); exit }' "$file")
	[ "$line" -gt 0 ] || die "$file: expected the fields $* first"
	tail -n "+$line" "$file"
}

log() {
	find "$1" \( -path "$1/var/log/*" -type f -o -path "$1/output" \) \
	    -exec tail -n 100 {} +
}

server_main() {
	local verb=${1:-} file
	[ $# -gt 0 ] && shift
	case $verb:$# in
	fetch:0 | start:1 | stop:1 | log:1 | count:2) "$verb" "$@" ;;
	message:2) file=$(the_one "$@") && strip "$file" ;;
	sender:2) file=$(the_one "$@") && sender "$file" ;;
	*) die "usage: ${0##*/} fetch|start|stop|count|message|sender|log ..." ;;
	esac
}

#!/bin/bash
# SPDX-License-Identifier: ISC
#
# NSD, an authoritative name server, on a network of its own: 127.0.0.53 port
# 53 has the zones of tests/servers/zones, 127.0.0.54 is for name servers that
# misbehave, and nothing outside exists.  `NSD.sh enter DIR COMMAND...` runs a
# command there, with this resolv.conf unless RESOLV_CONF names another.

# shellcheck source=tests/servers/lib.sh
. "$(dirname "$0")/lib.sh"

namespaces+=(--net)

root_packages() {
	echo nsd nsd iproute2
}

# shellcheck disable=SC2154 # here: lib.sh's
configure() {
	local dir=$1
	mkdir -p "$dir/etc/nsd" "$dir/run/nsd" "$dir/var/lib/nsd"
	cp "$here"/zones/*.zone "$dir/etc/nsd/"
	"$here/zones/big.sh" >>"$dir/etc/nsd/test.zone"
	printf '%s\n' 'nameserver 127.0.0.53' 'search search.test' \
	    'options timeout:2 attempts:2' >"$dir/etc/resolv.conf"
	printf '%s\n' '127.0.0.1 localhost' '::1 localhost' \
	    '127.0.0.10 only.hosts.test # a comment' \
	    '127.0.0.9 both.hosts.test Alias.Hosts.Test' \
	    'fd00::9 both.hosts.test' >"$dir/etc/hosts"
	cat >"$dir/etc/nsd/nsd.conf" <<-END
		server:
		  ip-address: 127.0.0.53
		  server-count: 1
		  username: ""
		  zonesdir: /etc/nsd
		  zonelistfile: /var/lib/nsd/zone.list
		  database: ""
		  xfrdfile: /var/lib/nsd/xfrd.state
		  pidfile: /run/nsd/nsd.pid
		  rrl-ratelimit: 0
		  minimal-responses: yes
		remote-control:
		  control-enable: no
		zone:
		  name: test
		  zonefile: test.zone
		zone:
		  name: records
		  zonefile: records.zone
		zone:
		  name: example.org
		  zonefile: example.zone
		zone:
		  name: broken
		  zonefile: there-is-no-such-file
	END
}

# shellcheck disable=SC2016
serve() {
	launch "$1" sh -ec '
		ip link set lo up
		for last in 9 11 12 13 14 15 16; do
			ip -6 address add "fd00::$last/128" dev lo nodad
		done
		ip address add 192.0.2.9/32 dev lo
		ip -6 address add 2001:db8::9/128 dev lo nodad
		exec nsd -d -c /etc/nsd/nsd.conf
	'
}

ports() {
	echo 53
}

listening() {
	(enter "$1" bash -c ': </dev/tcp/127.0.0.53/53') 2>/dev/null ||
	    ! alive "$1"
}

# The process inside: what launch has started starts the namespace, and that
# process 1 of it.
inside() {
	local pid
	pid=$(cat "$1/pid")
	for _ in 1 2; do
		pid=$(ps -o pid= --ppid "$pid" | head -n 1 | tr -d ' ')
	done
	echo "$pid"
}

# shellcheck disable=SC2016
enter() {
	local pid
	pid=$(inside "$1")
	shift
	[ -n "$pid" ] || return 1
	exec nsenter --target "$pid" --net --mount --wd="$PWD" \
	    unshare --mount sh -c '
		mount -t proc proc /proc
		[ -z "$RESOLV_CONF" ] ||
		    mount --bind "$RESOLV_CONF" /etc/resolv.conf
		unset RESOLV_CONF
		exec "$@"' enter "$@"
}

if [ "${1:-}" = enter ]; then
	shift
	: "${RESOLV_CONF:=}"
	export RESOLV_CONF
	enter "$@"
fi
server_main "$@"

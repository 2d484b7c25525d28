#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# The Debian package, installed beside cron and a mail program in a
# Debian that had another sendmail.
# shellcheck disable=SC2016,SC2030,SC2031,SC2034,SC2153 # scripts for the shell inside

load lib/common
load callers/callers

TREE=$ROOT/tests/deb/root.sh
eval "callers_$(declare -f setup_file)"

setup_file() {
	callers_setup_file
	# The same program under both versions.
	cp "$SENDLET" "$BATS_FILE_TMPDIR/sendlet"
	for version in 1.0 2.0; do
		make -s -C "$ROOT" -o "$BATS_FILE_TMPDIR/sendlet" BIN="$BATS_FILE_TMPDIR/sendlet" VERSION=$version \
			STAGE="$BATS_FILE_TMPDIR/stage" DEB="$BATS_FILE_TMPDIR/packages/sendlet_$version.deb" deb
	done
}

setup() {
	start_sink
	PRIVATE=$BATS_TEST_TMPDIR/private
	mkdir -p "$PRIVATE/space" "$PRIVATE/log"
	cp -r "$BATS_FILE_TMPDIR/packages" "$PRIVATE/"
	: >"$SYSLOG"
}

# inside [FILE...] <<END: commands for a shell there, after FILEs.
inside() {
	call sh -euc "
		quiet() {
			\"\$@\" >/log/dpkg 2>&1 || {
				cat /log/dpkg
				return 1
			}
		}
		settings() {
			echo relay smtp+notls://127.0.0.1:$PORT >>/etc/sendlet.conf
			echo hostname client.example.org >>/etc/sendlet.conf
			echo log syslog >>/etc/sendlet.conf
		}
		export DEBIAN_FRONTEND=noninteractive
		$(cat)"
}

# What comes out is what is expected, one to a line.
assert_says() {
	assert_exit 0
	diff -u <(printf '%s\n' "$@") "$OUT"
}

@test "deb: takes the place of another sendmail, and a cron job's mail goes out" {
	inside <<-'END'
		dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' dma
		quiet apt-get -y install /packages/sendlet_1.0.deb
		dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' dma sendlet bsd-mailx 2>/dev/null || :
		quiet dpkg --audit
		quiet apt-get check
		settings
		echo '@reboot echo Hello; echo there' | crontab -u kit -
		cron -f -L 15 &
		/callers/await.sh 1
		sleep 0.3
	END
	assert_says 'ii  dma' 'ii  bsd-mailx' 'rc  dma' 'ii  sendlet'
	assert_received 1
	assert_wire_clean
	assert_equal "$(envelope recipients)" kit@client.example.org
	assert_field_like From 'root@client\.example\.org \(Cron Daemon\)'
	assert_equal "$(body)" $'Hello\nthere'
	grep -F 'to=<kit@client.example.org>' "$SYSLOG" | grep -q status=sent
}

@test "deb: a user's mail goes out through what only the group may read" {
	inside <<-'END'
		quiet apt-get -y install /packages/sendlet_1.0.deb
		settings
		stat -c '%n %a %U:%G' /usr/sbin/sendlet /etc/sendlet.conf /var/spool/sendlet /var/lib/sendlet
		su kit -c 'cat /etc/sendlet.conf' 2>/dev/null && exit 1
		echo Hello | su kit -c 'mail -s "a test" pat@example.net'
		/callers/await.sh 1
	END
	assert_says '/usr/sbin/sendlet 2755 root:sendlet' '/etc/sendlet.conf 640 root:sendlet' \
		'/var/spool/sendlet 730 root:sendlet' '/var/lib/sendlet 700 root:root'
	assert_received 1
	assert_equal "$(envelope sender)" kit@client.example.org
	assert_equal "$(envelope recipients)" pat@example.net
	assert_field Subject 'a test'
}

@test "deb: what waits in the spool is sent by the cron job, as there is no systemd" {
	inside <<-'END'
		quiet apt-get -y install /packages/sendlet_1.0.deb
		settings
		echo delivery queue >>/etc/sendlet.conf
		echo Hello | su kit -c 'mail -s "a test" pat@example.net'
		until su kit -c mailq | grep -q pat@example.net; do sleep 0.1; done
		[ ! -e /sink/1.json ]
		grep -v '^#' /etc/cron.d/sendlet | cut -d ' ' -f 7- | sed 's/\\%/%/; s/% 300/% 1/' | sh -eu
		/callers/await.sh 1
	END
	assert_exit 0
	assert_received 1
	assert_equal "$(envelope recipients)" pat@example.net
}

@test "deb: an upgrade keeps settings, mode by dpkg-statoverride and what waits" {
	inside <<-'END'
		quiet apt-get -y install /packages/sendlet_1.0.deb
		settings
		echo delivery queue >>/etc/sendlet.conf
		dpkg-statoverride --update --add root kit 0750 /usr/sbin/sendlet
		chmod 600 /etc/sendlet.conf
		echo Hello | sendmail pat@example.net
		cksum /etc/sendlet.conf >/tmp/before
		quiet dpkg -i /packages/sendlet_2.0.deb
		cksum /etc/sendlet.conf | cmp - /tmp/before
		dpkg-query -W -f '${Version}\n' sendlet
		stat -c '%n %a %U:%G' /usr/sbin/sendlet
		stat -c '%n %a %U' /etc/sendlet.conf
		mailq | grep -c pat@example.net
	END
	assert_says 2.0 '/usr/sbin/sendlet 750 root:kit' '/etc/sendlet.conf 600 root' 1
}

@test "deb: removed, its settings stay; purged, nothing does" {
	inside <<-'END'
		touch /tmp/then
		quiet apt-get -y install /packages/sendlet_1.0.deb
		settings
		echo delivery queue >>/etc/sendlet.conf
		echo Hello | sendmail pat@example.net
		quiet dpkg -r --force-depends sendlet
		ls /etc/sendlet.conf /usr/sbin/sendlet 2>/dev/null || :
		ls -d /var/spool/sendlet
		quiet dpkg -i --force-depends /packages/sendlet_1.0.deb
		mailq | grep -c pat@example.net
		quiet dpkg -P --force-depends sendlet
		find / -xdev -name '*sendlet*' ! -path '/packages*' ! -path '/proc/*'
		getent group sendlet || echo no group
	END
	assert_says /etc/sendlet.conf /var/spool/sendlet 1 'no group'
}

@test "deb: lintian has nothing to say" {
	run lintian --allow-root --tag-display-limit 0 --fail-on error,warning "$BATS_FILE_TMPDIR/packages/sendlet_1.0.deb"
	[[ $status == 0 && -z $output ]] || fail "$output"
}

@test "deb: its control file knows every file of /etc, and the same comes out twice" {
	local deb=$BATS_FILE_TMPDIR/packages/sendlet_1.0.deb
	dpkg-deb --fsys-tarfile "$deb" | tar -t | sed -n 's,^\./etc\(/.*[^/]\)$,/etc\1,p' | sort |
		diff -u - <(dpkg-deb --ctrl-tarfile "$deb" | tar -xO ./conffiles | sort)
	make -s -C "$ROOT" -o "$BATS_FILE_TMPDIR/sendlet" BIN="$BATS_FILE_TMPDIR/sendlet" VERSION=1.0 \
		STAGE="$BATS_TEST_TMPDIR/stage" DEB="$BATS_TEST_TMPDIR/again.deb" deb
	cmp "$deb" "$BATS_TEST_TMPDIR/again.deb"
}

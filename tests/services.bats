#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# What conf/ has for service managers: as they read it, and what it starts.

load lib/common

CONFS=$ROOT/conf

@test "services: systemd takes the units" {
	local root=$BATS_TEST_TMPDIR/root
	mkdir -p "$root"/usr/{sbin,lib/systemd/system} "$root/etc/systemd/system"
	cp /usr/lib/systemd/system/*.target "$root/usr/lib/systemd/system/"
	cp "$CONFS"/systemd/* "$root/etc/systemd/system/"
	cp "$SENDLET" "$root/usr/sbin/sendmail"
	run systemd-analyze verify --man=no --root="$root" "$root"/etc/systemd/system/*
	[[ $status == 0 && -z $output ]] || fail "$output"
	# It would tell.
	echo 'Unheard=of' >>"$root/etc/systemd/system/sendlet-queue.service"
	run systemd-analyze verify --man=no --root="$root" "$root"/etc/systemd/system/*
	[[ $output == *Unheard* ]]
}

@test "services: systemd makes the group and the directories" {
	local root=$BATS_TEST_TMPDIR/root as=()
	[[ $(id -u) == 0 ]] || as=(sudo -n)
	mkdir -p "$root/etc"
	touch "$root/etc/sendlet.conf"
	chmod 600 "$root/etc/sendlet.conf"
	"${as[@]}" systemd-sysusers --root="$root" "$CONFS/sysusers.d/sendlet.conf"
	gid=$(sed -n 's/^sendlet:[^:]*:\([0-9]*\):$/\1/p' "$root/etc/group")
	[[ -n $gid ]]
	for _ in 1 2; do
		"${as[@]}" systemd-tmpfiles --root="$root" --create "$CONFS/tmpfiles.d/sendlet.conf"
	done
	assert_equal "$(stat -c %a:%u:%g "$root/var/spool/sendlet")" "730:0:$gid"
	assert_equal "$(stat -c %a:%u:%g "$root/var/lib/sendlet")" "700:0:0"
	assert_equal "$(stat -c %a:%g "$root/etc/sendlet.conf")" "640:$gid"
}

@test "services: a socket that systemd listens on takes mail by SMTP" {
	local port command
	start_sink
	conf_plain
	port=$(closed_port)
	command=$(sed -n 's,^ExecStart=/usr/sbin/sendmail ,,p' "$CONFS/systemd/sendlet-smtp@.service")
	assert_equal "$command" -bs
	mkdir "$BATS_TEST_TMPDIR/listener"
	systemd-socket-activate --accept --inetd -l "127.0.0.1:$port" "$SENDLET" --config "$CONF" $command \
		>"$BATS_TEST_TMPDIR/listener/log" 2>&1 3>&- &
	echo $! >"$BATS_TEST_TMPDIR/listener/pid"
	eventually grep -qi listening "$BATS_TEST_TMPDIR/listener/log"
	"${PYTHON[@]}" - "$port" <<-'END'
		import smtplib, sys
		for n in range(2):
		    with smtplib.SMTP("127.0.0.1", int(sys.argv[1]), timeout=20) as server:
		        server.sendmail("kit@example.org", ["pat@example.net"], "Subject: a test\r\n\r\nHello\r\n")
	END
	assert_received 2
	assert_equal "$(envelope sender)" kit@example.org
}

@test "services: AppArmor takes the profile, which is for what make deb installs" {
	run apparmor_parser --skip-kernel-load --skip-cache "$CONFS/apparmor/usr.sbin.sendlet"
	[[ $status == 0 ]] || fail "$output"
	[[ $output != *[Ww]arning* ]] || fail "$output"
	assert_equal "$(apparmor_parser --names "$CONFS/apparmor/usr.sbin.sendlet" 2>/dev/null)" sendlet
	run apparmor_parser --skip-kernel-load --skip-cache <<<'profile x /x { /etc/passwd nonsense, }'
	[[ $status != 0 ]]
	grep -q '^profile sendlet /usr/sbin/sendlet {$' "$CONFS/apparmor/usr.sbin.sendlet"
}

@test "services: OpenRC runs the queue" {
	# shellcheck disable=SC2016 # for the inner shell
	run sh -euc 'need() { echo "need $*"; }; . "$1"; depend
		echo "$command $command_args in background: $command_background, $pidfile"' sh "$CONFS/openrc/sendlet-queue"
	assert_equal "$output" $'need net\n/usr/sbin/sendmail -q15m in background: yes, /run/sendlet-queue.pid'
}

@test "services: procd runs the queue" {
	# shellcheck disable=SC2016 # for the inner shell
	run sh -euc 'procd_open_instance() { echo open; }; procd_set_param() { echo "$*"; }
		procd_close_instance() { echo close; }; . "$1"; start_service' sh "$CONFS/procd/sendlet-queue"
	assert_equal "$output" $'open\ncommand /usr/sbin/sendmail -q15m\nrespawn\nterm_timeout 660\nclose'
}

@test "services: cron runs the queue, each machine at its own time" {
	grep -v '^#' "$CONFS/sendlet.cron" >"$BATS_TEST_TMPDIR/line"
	assert_equal "$(wc -l <"$BATS_TEST_TMPDIR/line")" 1
	read -r minute hour day month weekday user command <"$BATS_TEST_TMPDIR/line"
	assert_equal "$minute $hour $day $month $weekday $user" '*/15 * * * * root'
	# cron(8) takes the backslash before % away.
	command=${command//\\%/%}
	command=${command//\/usr\/sbin\/sendmail/echo sendmail}
	run sh -euc "sleep() { echo \"sleep \$1\"; }; $command"
	[[ ${lines[0]} =~ ^sleep\ [0-9]{1,3}$ ]] || fail "$output"
	((${lines[0]#sleep } < 300))
	assert_equal "${lines[1]}" 'sendmail --drain'
}

#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# Each phase of the sandbox: what an intruder could do, and what delivery must
# still be able to do.

load lib/common

DRIVER=${BUILD:-$ROOT/build}/asan/unit/sandbox

# in_phases "PHASE ..." RESULT CALL...: each CALL ends like that.
in_phases() {
	local phases=$1 result=$2 root=()
	shift 2
	mkdir -p "$BATS_TEST_TMPDIR/dir"
	echo x >"$BATS_TEST_TMPDIR/dir/secret"
	[[ $(id -u) == 0 ]] || root=(sudo -n)
	# shellcheck disable=SC2086 # a list of words
	printf '%s\n' "$@" | "${root[@]}" timeout 60 unshare --mount "$DRIVER" "$BATS_TEST_TMPDIR/dir" \
		$phases >"$OUT" 2>"$ERR"
	diff "$OUT" <(printf "%s $result\n" "$@")
}

everyday=(read write open-own rename-own open-append)
forbidden=(execve execveat ptrace process_vm_readv unshare mount chroot keyctl setresgid)
pointless=(mmap-exec mprotect-exec socket-netlink socket-packet clone-newuser)

@test "sandbox: without it everything is possible" {
	in_phases '' ok "${everyday[@]}" "${forbidden[@]}" "${pointless[@]}" fork socket connect bind-udp \
		bind-tcp open-passwd open-read open-write open-around list-root mkdir unlink
}

@test "sandbox: Landlock leaves the files it is told, no others" {
	in_phases files ok "${everyday[@]}" open-write open-nameless fork socket connect bind-udp
	in_phases files EACCES open-passwd open-read open-around list-root mkdir unlink execve execveat
}

@test "sandbox: Landlock leaves no other process to be signalled or spoken to" {
	in_phases '' ok signal-other signal-own connect-abstract
	in_phases files ok signal-own
	in_phases files EPERM signal-other connect-abstract
}

@test "sandbox: Landlock leaves no TCP port to be bound to but the next free one, if that" {
	in_phases files EACCES bind-tcp bind-port
	in_phases 'files source' ok bind-tcp
	in_phases 'files source' EACCES bind-port
}

@test "sandbox: while listening, an intruder's calls kill" {
	in_phases listen 'killed by SYS' "${forbidden[@]}" listen bpf perf_event_open setns \
		process_vm_writev umount2 pivot_root init_module finit_module delete_module reboot accept4 \
		setuid setgid setresuid setgroups capset personality add_key request_key
}

@test "sandbox: while listening, calls of no use fail" {
	in_phases listen ENOSYS "${pointless[@]}" tiocsti io_uring_setup userfaultfd \
		unknown prctl mknodat symlinkat linkat pidfd_getfd
}

@test "sandbox: while listening, delivery is possible" {
	in_phases listen ok "${everyday[@]}" memory-file fork socket connect bind-udp open-passwd open-read
}

@test "sandbox: in the last session no socket, process or file can be had" {
	in_phases 'listen talk' EPERM socket connect bind-udp fork clone-newuser socket-netlink \
		open-passwd open-read open-write list-root mkdir unlink
	in_phases 'listen talk' 'killed by SYS' "${forbidden[@]}"
}

@test "sandbox: in the last session mail can be kept" {
	in_phases 'files listen talk' ok "${everyday[@]}" open-nameless
	in_phases 'files listen talk' EACCES open-around open-around-append
}

@test "sandbox: in the last session no file can be had where none is kept" {
	in_phases 'listen shut' EPERM open-own rename-own open-append open-nameless open-around \
		socket connect fork open-passwd open-read open-write mkdir unlink
	in_phases 'files listen shut' ok read write
}

# -- the program ------------------------------------------------------------------------------

send_one() {
	send -f kit@example.org pat@example.net < <(message)
}

# A run whose system calls, as far as they matter here, go to a file.
traced() {
	status=0
	"$@" strace -f -o "$BATS_TEST_TMPDIR/calls" -e trace=seccomp,landlock_restrict_self,read,socket,recvfrom \
		env -i "${ENV[@]}" "$SENDLET" --config "$CONF" -f kit@example.org pat@example.net \
		>"$OUT" 2>"$ERR" || status=$?
}

# lines CALL: where in that file it is.
lines() {
	grep -nF " $1(" "$BATS_TEST_TMPDIR/calls" | cut -d : -f 1
}

# No more than its opening has been read: nothing has looked at that yet.
@test "sandbox: is entered before the message is taken in" {
	start_sink
	conf_plain 'sandbox required'
	{ message; yes 'a line of text' | head -n 1000; } >"$BATS_TEST_TMPDIR/mail"
	traced <"$BATS_TEST_TMPDIR/mail"
	assert_exit 0
	assert_received 1
	[[ $(lines landlock_restrict_self) -lt $(lines seccomp | head -n 1) ]]
	mapfile -t reads < <(grep -n 'read(0,' "$BATS_TEST_TMPDIR/calls" | cut -d : -f 1)
	[[ ${#reads[@]} -ge 3 && ${reads[0]} -lt $(lines seccomp | head -n 1) ]]
	[[ ${reads[1]} -gt $(lines seccomp | head -n 1) ]]
	grep -E 'read\(0, .* = 2048$' "$BATS_TEST_TMPDIR/calls"
}

@test "sandbox: what is typed on a terminal is not read before" {
	start_sink
	conf_plain 'sandbox required'
	cat >"$BATS_TEST_TMPDIR/type" <<-'END'
		import os, pty, sys
		pid, terminal = pty.fork()
		if pid == 0:
		    os.execvp(sys.argv[1], sys.argv[1:])
		os.write(terminal, b"Subject: typed\n\nHello\n.\n")
		try:
		    while os.read(terminal, 1000):
		        pass
		except OSError:
		    pass
		sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
	END
	traced "${PYTHON[@]}" "$BATS_TEST_TMPDIR/type"
	assert_exit 0
	assert_received 1
	[[ $(lines seccomp | head -n 1) -lt $(grep -n 'read(0,' "$BATS_TEST_TMPDIR/calls" | head -n 1 | cut -d : -f 1) ]]
}

@test "sandbox: its last phase is entered while the only relay is connected to" {
	start_sink
	conf_plain 'sandbox required'
	traced < <(message)
	assert_exit 0
	assert_received 1
	[[ $(lines seccomp | wc -l) -eq 2 ]]
	[[ $(lines seccomp | tail -n 1) -gt $(lines socket | tail -n 1) ]]
	[[ $(lines seccomp | tail -n 1) -lt $(lines recvfrom | head -n 1) ]]
}

@test "sandbox: its last phase is entered when the only relay has taken the login" {
	start_sink --auth 'PLAIN' --auth-plaintext --password sesame
	conf_plain 'sandbox required' 'auth-without-tls yes' 'user kit@example.org' 'password sesame'
	traced < <(message)
	assert_exit 0
	assert_received 1
	[[ $(lines seccomp | wc -l) -eq 2 ]]
	[[ $(lines seccomp | tail -n 1) -gt $(grep -n '"235 ' "$BATS_TEST_TMPDIR/calls" | cut -d : -f 1) ]]
}

@test "sandbox: its filters are short, for each line of them costs" {
	local lines
	start_sink
	conf_plain 'sandbox required'
	traced < <(message)
	mapfile -t lines < <(grep -o 'len=[0-9]*' "$BATS_TEST_TMPDIR/calls" | cut -d = -f 2)
	[[ ${#lines[@]} -eq 2 && ${lines[0]} -le 90 && ${lines[1]} -le 25 ]]
}

@test "sandbox: its last phase waits for the last relay" {
	start_sink --on 'GREETING=421 4.3.2 closing'
	local first=$PORT
	start_sink -n second
	conf <<-END
		sandbox required
		relay smtp+notls://127.0.0.1:$first
		relay smtp+notls://127.0.0.1:$PORT
	END
	send_one
	assert_sent
}

@test "sandbox: a message the last relay does not take is kept" {
	mkdir "$BATS_TEST_TMPDIR/home"
	start_sink --on 'RCPT=450 4.2.0 later'
	SPOOL=$BATS_TEST_TMPDIR/spool conf_plain 'sandbox required'
	send_one
	assert_exit 0
	[[ $(find "$BATS_TEST_TMPDIR/spool" -type f | wc -l) -eq 1 ]]
}

@test "sandbox: a message is kept when the last relay is not there, or has no time" {
	local relay spool=$BATS_TEST_TMPDIR/spool letter=$BATS_TEST_TMPDIR/dead.letter
	start_sink --on 'GREETING=421 4.3.2 closing'
	for relay in "127.0.0.1:$(closed_port)" "127.0.0.1:$PORT"; do
		SPOOL=$spool conf <<<"sandbox required"$'\n'"relay smtp+notls://$relay"
		traced < <(message)
		assert_exit 0
		[[ $(lines seccomp | wc -l) -eq 2 ]]
		# Who has failed is written down as well.
		grep -q . "$spool/$(id -u)/relays"
		[[ $(grep -rl ^Hello "$spool" | wc -l) -eq 1 ]]
		rm -r "$spool"
		DEAD_LETTER=$letter conf <<<"sandbox required"$'\n'"relay smtp+notls://$relay"
		send_one
		assert_exit 69
		grep -qx Hello "$letter"
		rm "$letter"
	done
}

@test "sandbox: a message that is refused goes to dead.letter" {
	start_sink --on 'RCPT=550 5.1.1 no'
	DEAD_LETTER=$BATS_TEST_TMPDIR/dead.letter conf_plain 'sandbox required'
	send_one
	assert_exit 67
	grep -qx Hello "$BATS_TEST_TMPDIR/dead.letter"
	send_one
	[[ $(grep -cx Hello "$BATS_TEST_TMPDIR/dead.letter") -eq 2 ]]
}

@test "sandbox: a Maildir, a large message" {
	conf <<-END
		sandbox required
		relay maildir:$BATS_TEST_TMPDIR/mail
	END
	status=0
	{ message; yes 'a line of text' | head -n 100000; } | sendlet -f kit@example.org pat@example.net \
		>"$OUT" 2>"$ERR" || status=$?
	assert_exit 0
	[[ $(find "$BATS_TEST_TMPDIR/mail/new" -type f -size +1000k | wc -l) -eq 1 ]]
}

# left_open ARG...: of two files, the sandbox of such a call leaves these open: $LEFT
left_open() {
	status=0
	strace -o "$BATS_TEST_TMPDIR/calls" -e trace=open,openat env -i "${ENV[@]}" "$SENDLET" --config "$CONF" "$@" \
		< <(message) >"$OUT" 2>"$ERR" || status=$?
	assert_exit 0
	opened=$(sed -n 's,.*"/etc/\(aliases\|passwd\)".*O_PATH.*,\1,p' "$BATS_TEST_TMPDIR/calls" | sort | paste -s -d ' ')
	assert_equal "$opened" "$LEFT"
}

@test "sandbox: what is not needed is not left open" {
	start_sink
	conf_plain 'sandbox required' 'aliases /etc/aliases'
	LEFT='' left_open -f kit@example.org pat@example.net sam+x@example.net
	LEFT='' left_open -n -f kit@example.org pat
	LEFT='aliases' left_open -f kit@example.org pat@example.net sam
	LEFT='aliases' left_open -f kit@example.org 'pat@example.net, sam'
	LEFT='aliases' left_open -f kit@example.org 'sam (@example.net)'
	LEFT='aliases' left_open -f kit@example.org -t
	LEFT='passwd' left_open pat@example.net
	LEFT='passwd' left_open -f kit pat@example.net
	LEFT='passwd' left_open -f kit@Client.Example.org pat@example.net
	LEFT='passwd' left_open -f '<kit@example.org>' pat@example.net
	conf_plain 'sandbox required' 'force-from %u@example.com'
	LEFT='passwd' left_open -f kit@example.org pat@example.net
	conf_plain 'sandbox required' 'sender-map * %u@example.com'
	LEFT='passwd' left_open -f kit@example.org pat@example.net
	conf_plain 'sandbox required' 'domain example.org'
	LEFT='passwd' left_open -f kit@example.org pat@example.net
	LEFT='' left_open -f kit@example.com pat@example.net
}

# A place for temporary files, for a message of which more is to come.
@test "sandbox: a place for temporary files is left open to a large message only" {
	local opened
	start_sink
	conf_plain 'sandbox required'
	for words in 10 1000; do
		strace -o "$BATS_TEST_TMPDIR/calls" -e trace=open,openat env -i TMPDIR="$BATS_TEST_TMPDIR" \
			"$SENDLET" --config "$CONF" -f kit@example.org pat@example.net \
			< <(message "$(yes word | head -n $words)") >"$OUT" 2>"$ERR"
		opened=$(grep -cF "\"$BATS_TEST_TMPDIR\", O_RDONLY|O_LARGEFILE|O_PATH" "$BATS_TEST_TMPDIR/calls" || true)
		assert_equal "$opened" $((words > 100))
	done
	assert_received 2
}

@test "sandbox: the time zone is known to a message that has no date of its own" {
	start_sink
	conf_plain 'sandbox required'
	echo 'Zone Here 5:30 - HERE' | zic -d "$BATS_TEST_TMPDIR" -
	ENV+=(TZ="$BATS_TEST_TMPDIR/Here")
	send -f kit@example.org pat@example.net < <(message | grep -v ^Date:)
	send -f kit@example.org pat@example.net < <(echo 'Resent-To: sam@example.net' && message)
	send -f kit@example.org pat@example.net < <(message | grep -v ^Date: && echo 'Date: in the body')
	send -f kit@example.org pat@example.net < <(printf 'All of this is body\nDate: soon\n')
	assert_received 4
	grep '^Date: .* +0530' "$(arrived 1)"
	grep '^Resent-Date: .* +0530' "$(arrived 2)"
	grep '^Date: .* +0530' "$(arrived 3)"
	grep '^Date: .* +0530' "$(arrived 4)"
}

@test "sandbox: off" {
	start_sink
	conf_plain 'sandbox off'
	traced < <(message)
	assert_exit 0
	assert_received 1
	[[ -z $(lines seccomp)$(lines landlock_restrict_self) ]]
}

# without CALL...: these system calls fail as on an old kernel.
without() {
	status=0
	strace -f -o /dev/null -e "trace=$1" -e "inject=$1:error=ENOSYS" \
		env -i "${ENV[@]}" "$SENDLET" --config "$CONF" -v -f kit@example.org pat@example.net \
		< <(message) >"$OUT" 2>"$ERR" || status=$?
}

@test "sandbox: a kernel without Landlock, or without seccomp" {
	start_sink
	conf_plain 'sandbox auto'
	without landlock_create_ruleset
	assert_exit 0
	grep -x '== sandbox: Landlock: Function not implemented' "$ERR"
	without seccomp
	assert_exit 0
	grep -x '== sandbox: seccomp: Function not implemented' "$ERR"
	conf_plain 'sandbox required'
	without landlock_create_ruleset
	assert_exit 71
	without seccomp
	assert_exit 71
	grep -x 'sendlet: sandbox: seccomp: Function not implemented' "$ERR"
	assert_received 2
}

@test "sandbox: a large message that is written anew for its relay, kept nowhere" {
	local encoding
	start_sink --ehlo PIPELINING
	conf_plain 'sandbox required'
	status=0
	{
		printf '%s\n' 'From: Kit <kit@example.org>' 'To: pat@example.net' 'Subject: x' 'MIME-Version: 1.0' \
			'Content-Type: text/plain; charset=utf-8' 'Content-Transfer-Encoding: 8bit' ''
		yes 'Grüße, und noch eine Zeile' | head -n 60000
	} | sendlet -f kit@example.org pat@example.net >"$OUT" 2>"$ERR" || status=$?
	assert_sent
	encoding=$(grep -i '^Content-Transfer-Encoding' "$(arrived)")
	[[ $encoding == *quoted-printable* || $encoding == *base64* ]]
	! LC_ALL=C grep -q $'[\x80-\xff]' "$(arrived)" || fail "eight bits"
}

@test "sandbox: a signed message" {
	local key=$BATS_TEST_TMPDIR/key.pem
	openssl genpkey -algorithm ed25519 -out "$key" 2>"$ERR"
	chmod 600 "$key"
	start_sink
	conf_plain 'sandbox required' "dkim-sign example.org sel $key"
	send_one
	assert_sent
	grep -q '^DKIM-Signature:' "$(arrived)"
}

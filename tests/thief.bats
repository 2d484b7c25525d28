#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# An ordinary user against a sendlet that is set-group-id: what is tried to get
# at the password, at the mail of others, or at a file with the group's rights
# is in lib/thief.py, one function for each kind of trick.

# shellcheck disable=SC2034,SC2153 # for and from lib/common
load lib/common

export SECRET='a-secret-nobody-may-see'
ENV=()

setup() {
	SPOOL=/var/spool/sendlet
	start_sink --auth 'PLAIN LOGIN' --auth-plaintext --require-auth --password "$SECRET" \
		--on 'RCPT:refused=550 5.1.1 no' --on 'RCPT:later=450 4.2.0 later'
	conf <<-END
		log stderr
		aliases off
		relay smtp+notls://127.0.0.1:$PORT
		auth-without-tls yes
		user kit@example.org
		password file:/etc/sendlet.password
	END
}

# On a machine with a set-group-id sendlet, see thief.sh.
there() {
	local root=()
	[[ $(id -u) == 0 ]] || root=(sudo -n)
	status=0
	"${root[@]}" timeout -k 5 120 env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 \
		SECRET="$SECRET" EXPOSED="${EXPOSED:-}" EVIL_PORT="${EVIL_PORT:-1}" \
		HELPER="${HELPER:-}" TRACE="${TRACE:-}" AUTHORITY="${AUTHORITY:-}" FORGED="${FORGED:-}" \
		KEYWORDS="$(sed -n 's/^#\{0,1\}\([a-z-]*\) .*/\1/p' "$ROOT/conf/sendlet.conf" | sort -u)" PIN="${PIN:-}" \
		unshare --mount --pid --fork --kill-child --mount-proc \
		"$ROOT/tests/lib/thief.sh" "$SENDLET" "$CONF" "$@" >"$OUT" 2>"$ERR" 3>&- || status=$?
}

program() {
	cat "$ROOT/tests/lib/thief.py"
}

# In clear, and as it goes to the relay.
shows_secret() {
	local form
	for form in "$SECRET" "$(printf %s "$SECRET" | base64)" \
		"$(printf '\0kit@example.org\0%s' "$SECRET" | base64 -w 0)"; do
		! grep -a -F -q -e "$form" "$OUT" "$ERR" || return 0
	done
	return 1
}

attempt() {
	there /usr/bin/python3 -S -E -B -c "$(program)" "$@"
	! shows_secret || fail "the secret was seen"
	! grep -a -E '^(FAILED|CHANGED|MADE|CORE|Traceback)' "$OUT" "$ERR" || fail "see above"
	grep -a -q '^tried' "$OUT" || fail "nothing was tried"
	assert_exit 0
}

@test "thief: the program can use what its caller cannot read" {
	there sh -c 'cat /etc/sendlet.password; printf "Subject: x\n\nHello\n" |
		/mnt/sendlet -f thief@example.org pat@example.net'
	assert_exit 0
	assert_received 1
	! shows_secret || fail "the secret was seen"
	grep -F 'Permission denied' "$ERR"
}

@test "thief: these tests notice a secret that can be seen" {
	EXPOSED=yes there cat /etc/sendlet.password
	shows_secret
	there sh -c 'printf AGtpdEBleGFtcGxlLm9yZwBhLXNlY3JldC1ub2JvZHktbWF5LXNlZQ=='
	shows_secret
}

# Where fs.suid_dumpable is not 0, the process that has given up its group could
# be looked into, and what it has read be found there.
@test "thief: memory is nobody's, also after the group was given up" {
	TRACE='strace -qq -e trace=setresgid,prctl' there /mnt/sendlet -bp
	assert_exit 0
	grep -q '^setresgid(4002, 4002, 4002) *= 0' "$ERR"
	tac "$ERR" | sed '/^setresgid/q' | grep '^prctl(PR_SET_DUMPABLE, SUID_DUMP_DISABLE) *= 0'
}

@test "thief: reading files" {
	attempt files
}

@test "thief: every option, with values that are files" {
	attempt flags
}

@test "thief: recipients that are files, programs and lists" {
	attempt recipients
}

@test "thief: a dialogue that is shown" {
	attempt dialogue
	assert_received 2
}

@test "thief: an examination" {
	attempt checking
	grep -qE '^login +ok ' "$OUT"
	grep -qE '^spool .*/var/spool/sendlet; 1 message' "$OUT"
	grep -qE '^files .*password /etc/sendlet.password \(owner root, group sendlet, mode 0640\)' "$OUT"
	! grep -aE '01JABCDEFGHJKMNP|kit@example.org' "$OUT" "$ERR" || fail "too much is told"
}

@test "thief: an examination before the first mail" {
	certificate ca ca.pem
	certificate ca forged.pem 'Another CA'
	AUTHORITY=$BATS_FILE_TMPDIR/ca.pem FORGED=$BATS_FILE_TMPDIR/forged.pem
	sed -i 's!^spool .*!ca-file /etc/ca.pem!' "$CONF"
	there /mnt/sendlet --check pat@example.net
	assert_exit 0
	grep -qE '^spool +ok .*/var/spool/sendlet/4002: .*; it is made when it is needed' "$OUT"
	grep -qE '^files .*ca-file /etc/ca.pem \(owner root, group root, mode 0644\)' "$OUT"
}

@test "thief: the environment" {
	local sink=$SINK
	start_sink -n evil --auth PLAIN --auth-plaintext
	EVIL_PORT=$PORT attempt environment
	assert_received 0
	SINK=$sink
	[[ $(received) -ge 30 ]]
}

@test "thief: a relay that nobody vouches for" {
	certificate ca ca.pem
	certificate ca forged.pem 'Another CA'
	certificate cert relay.pem IP:127.0.0.1 forged.pem
	AUTHORITY=$BATS_FILE_TMPDIR/ca.pem FORGED=$BATS_FILE_TMPDIR/forged.pem
	PIN=sha256:$(certificate pin relay.pem)
	start_sink -n forged --tls starttls --cert "$BATS_FILE_TMPDIR/relay.pem" --auth PLAIN
	conf <<-END
		log stderr
		relay smtp+tls://127.0.0.1:$PORT
		ca-file /etc/ca.pem
		user kit@example.org
		password file:/etc/sendlet.password
	END
	EVIL_PORT=$PORT attempt verification
	assert_received 0
	! grep -q "C b'\(MAIL\|AUTH\)" "$SINK/trace" || fail "something was said to it"
	grep -q 'certificate of 127.0.0.1: issued by an unknown authority' "$OUT"
}

@test "thief: /proc" {
	attempt proc
}

@test "thief: a process that is stopped while it has its group" {
	attempt stopped
	[[ $(sed -n 's/^tried stopped with the group: //p' "$OUT") -gt 0 ]]
}

@test "thief: the program that tells the password" {
	HELPER='import os, sys, time; secret = open("/etc/sendlet.password").read(); time.sleep(2); print(secret, end="")
print("given", *sorted(set(os.environ) - {"LC_CTYPE"}), os.getcwd(), len(os.listdir("/proc/self/fd")),
	oct(os.umask(0)), file=sys.stderr)'
	sed 's!^password .*!password "command:/usr/bin/python3 -S -E /etc/helper.py"!' "$CONF" >"$CONF.new"
	mv "$CONF.new" "$CONF"
	there sh -c 'printf "Subject: x\n\nHello\n" | /mnt/sendlet -f thief@example.org pat@example.net'
	assert_exit 0
	assert_received 1
	attempt helper
	grep -x 'tried helpers: 3' "$OUT"
	# A clean environment, no descriptor but these and the one that looks, no
	# files of the group for everybody.
	[[ $(grep '^given' "$OUT") == $'given PATH TZ / 4 0o77\ngiven PATH / 4 0o77' ]]
	[[ $(grep -c 'python3: ended by signal' "$OUT") -eq 3 ]]
	assert_received 3
}

@test "thief: ptrace, debuggers, descriptors of another process" {
	attempt tracing
}

@test "thief: another program of the user's, and a sendlet that is not set-group-id" {
	attempt own
}

@test "thief: core files" {
	attempt core
}

@test "thief: signals" {
	attempt signals
}

@test "thief: links, names, and no name at all" {
	attempt links
}

@test "thief: the spool" {
	attempt spool
	[[ $(grep -c 'later@example.net.*queued as' "$OUT") -gt 0 ]]
	grep -A1 '^tried -bp -j -> 0' "$OUT" | grep -F later@example.net
}

@test "thief: temporary files" {
	attempt large
}

@test "thief: resource limits and umask" {
	attempt limits
}

@test "thief: descriptors closed and inherited" {
	attempt descriptors
}

@test "thief: namespaces and no_new_privs" {
	attempt masquerade
}

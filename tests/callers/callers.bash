# SPDX-License-Identifier: ISC
# shellcheck shell=bash disable=SC2154 # status comes from call
# What the suites of real callers share, on top of lib/common.  The programs
# run in a private root (root.sh, enter.sh) where sendlet is /usr/sbin/sendmail
# and has the sink as its relay.
#
#   call [-u USER] COMMAND...    run a program there as root or USER; stdin is
#                                passed on; sets $status, $OUT, $ERR, $SYSLOG
#   delivered SENDER RCPT...     all went well, and this was the envelope
#   field NAME [N]               values of a header field of message N, unfolded
#   body [N]                     the body of message N, with LF line ends

CALLERS=$ROOT/tests/callers
SYSLOG=$BATS_TEST_TMPDIR/private/log/syslog
LIMIT=120

setup_file() {
	timeout -k 5 480 "${TREE:-$CALLERS/root.sh}" >"$BATS_FILE_TMPDIR/tree" 3>&-
}

# Where one test lets programs run, with the sink started as OPTIONs say.
prepare() {
	start_sink "$@"
	PRIVATE=$BATS_TEST_TMPDIR/private
	mkdir -p "$PRIVATE/space" "$PRIVATE/log"
	cp "$SENDLET" "$PRIVATE/sendmail"
	chmod 755 "$PRIVATE/sendmail"
	: >"$SYSLOG"
	cat >"$PRIVATE/sendlet.conf" <<-END
		hostname client.example.org
		log syslog
		spool off
		dead-letter off
		relay smtp+notls://127.0.0.1:$PORT
	END
	chmod 644 "$PRIVATE/sendlet.conf"
}

setup() {
	prepare
}

teardown() {
	[[ -n ${BATS_TEST_COMPLETED:-} ]] || {
		explain
		echo "-- syslog:"
		cat "$SYSLOG"
	}
	stop_sinks
}

call() {
	local tree as=(env HOME=/root USER=root LOGNAME=root SHELL=/bin/sh) root=()
	if [[ $1 == -u ]]; then
		as=(setpriv --reuid "$2" --regid "$2" --init-groups
			env HOME="/home/$2" USER="$2" LOGNAME="$2" SHELL=/bin/sh)
		shift 2
	fi
	[[ $(id -u) == 0 ]] || root=(sudo -n)
	tree=$(<"$BATS_FILE_TMPDIR/tree")
	status=0
	"${root[@]}" timeout -k 5 "$LIMIT" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin \
		LC_ALL=C.UTF-8 TZ=UTC "${ENV[@]}" \
		unshare --mount --pid --ipc --uts --fork --kill-child \
		"$CALLERS/enter.sh" "$tree" "$PRIVATE" "$SINK/messages" "${as[@]}" "$@" \
		>"$OUT" 2>"$ERR" 3>&- || status=$?
}

# -- what arrived -----------------------------------------------------------------------------

field() {
	tr -d '\r' <"$(arrived "${2:-1}")" | awk -v name="$1:" '
		/^$/ { exit }
		/^[ \t]/ { if (seen) printf "%s", $0; next }
		{ if (seen) print ""; seen = 0 }
		index(tolower($0), tolower(name)) == 1 {
			seen = 1
			$0 = substr($0, length(name) + 1)
			sub(/^[ \t]+/, "")
			printf "%s", $0
		}
		END { if (seen) print "" }'
}

body() {
	sed '1,/^\r*$/d' "$(arrived "${1:-1}")" | tr -d '\r'
}

assert_field() {
	assert_equal "$(field "$1" "${3:-1}")" "$2"
}

assert_field_like() {
	[[ $(field "$1" "${3:-1}") =~ ^$2$ ]] || fail "$1: '$(field "$1" "${3:-1}")' instead of: $2"
}

refute_field() {
	! field "$1" "${2:-1}" | grep . || fail "there is a field $1"
}

# refute_text TEXT [N]
refute_text() {
	! grep -F -i -e "$1" "$(arrived "${2:-1}")" || fail "the message holds $1"
}

# The fields every message must have are there once; see RFC 5322 section 3.6.
assert_wellformed() {
	local name
	for name in Date From Message-ID; do
		assert_equal "$name: $(field "$name" "$1" | wc -l)" "$name: 1"
	done
	refute_field Bcc "$1"
	date -d "$(field Date "$1")" >/dev/null || fail "Date: $(field Date "$1")"
}

# assert_envelope N SENDER RCPT...
assert_envelope() {
	local number=$1 sender=$2
	shift 2
	assert_equal "$(envelope sender "$number")" "$sender"
	assert_equal "$(envelope recipients "$number" | sort | paste -sd ' ')" \
		"$(printf '%s\n' "$@" | sort | paste -sd ' ')"
}

# One message arrived, nobody complained, every recipient was logged.
delivered() {
	local rcpt
	assert_exit 0
	[[ ! -s $ERR ]] || fail "complaints on stderr"
	assert_received 1
	assert_wire_clean
	assert_wellformed 1
	assert_envelope 1 "$@"
	shift
	for rcpt; do
		grep -F "to=<$rcpt>" "$SYSLOG" | grep -q status=sent || fail "no log line for $rcpt"
	done
}

# Nothing was sent, and the log says of RCPT that the relay said TEXT.
refused() {
	assert_received 0
	grep -F "to=<$1>" "$SYSLOG" | grep -F "$2" || fail "the log does not tell"
}

# SPDX-License-Identifier: ISC
# shellcheck shell=bash disable=SC2034 # for lib/common
# What the suites of the spool share, on top of lib/common.
#
#   down [LINE...]        nobody listens where the relay is
#   up [OPTION...]        a sink listens there, with smtpd.py's OPTIONs
#   submit [ARG...]       hands one message over; ARGs may be options
#   queued                the identifiers in the spool
#   assert_queued N       that many, and no leftover
#   run_queue [ARG...]    sendmail -q
#   later SECONDS         as if that time had passed for all in the spool
#   log_has REGEX         the log, which goes to standard error, has such a line

SPOOL=$BATS_TEST_TMPDIR/spool
PART=$SPOOL/$(id -u)

down() {
	LINES_ADDED=("$@")
	RELAY_PORT=$(closed_port)
	PORT=$RELAY_PORT conf_plain "log stderr" "$@"
}

up() {
	start_sink "$@"
	conf_plain "log stderr" "${LINES_ADDED[@]}"
}

submit() {
	send -f kit@example.org "$@" < <(message)
}

to_pat() {
	submit "$@" pat@example.net
}

queued() {
	[[ ! -d $PART ]] || (cd "$PART" && find . -type f ! -name lock ! -name relays -printf '%P\n' | sort)
}

assert_queued() {
	local count
	count=$(queued | awk 'length == 16 { n++ } END { print n + 0 }')
	[[ $count == "$1" ]] || fail "$count messages in the spool instead of $1"
	! queued | grep -qvE '^[0-9A-Z]{16}$' || fail "leftovers: $(queued)"
}

run_queue() {
	status=0
	sendlet -q "$@" >"$OUT" 2>"$ERR" || status=$?
}

later() {
	"${PYTHON[@]}" - "$1" "$PART"/*[0-9A-Z] <<-'END'
		import re, sys
		for path in sys.argv[2:]:
		    with open(path, "r+b") as file:
		        text = file.read(200)
		        for key in b"next", b"created":
		            text = re.sub(key + rb" (\d{12})", lambda m: key + b" %012d" % (int(m[1]) - int(sys.argv[1])), text)
		        file.seek(0)
		        file.write(text)
	END
}

log_has() {
	grep -qE -e "$1" "$ERR" || fail "no line of the log matches: $1"
}

log_lacks() {
	! grep -qE -e "$1" "$ERR" || fail "the log has: $1"
}

# The state letter of each recipient of a spooled message.
marks() {
	sed -n '/^$/q; s/^is \(.\).*/\1/p' "$PART/$1" | tr -d '\n'
}

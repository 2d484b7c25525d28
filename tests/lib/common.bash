# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# What the bats suites share.  Everything lives under $BATS_TEST_TMPDIR, uses
# ports the kernel chose, and ends by itself after a time limit.
#
#   start_sink [-n NAME] [OPTION...]   smtpd.py OPTIONs; sets $PORT and $SINK
#   conf <<END                         the configuration sendlet is called with,
#                                      with $SPOOL and $DEAD_LETTER if they are set
#   message [LINE...]                  a complete message, LINEs as its body
#   send ARG... <MESSAGE               sets $status; $OUT and $ERR are files
#   assert_...                         see below; a failure shows the dialogue
#   received                           number of messages the sink took
#   arrived [N]                        path of the Nth message
#   envelope KEY [N]                   of the Nth message, lists one per line

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
SENDLET=${SENDLET:-$ROOT/build/sendlet}
[[ $SENDLET == /* ]] || SENDLET=$PWD/$SENDLET
PYTHON=(/usr/bin/python3 -S -E -B)
CONF=$BATS_TEST_TMPDIR/sendlet.conf
OUT=$BATS_TEST_TMPDIR/out
ERR=$BATS_TEST_TMPDIR/err
ALIASES=(SENDLET_ALIASES=off) # the machine's own must not matter
SINK=$BATS_TEST_TMPDIR/sink
LIMIT=20 # seconds a call may take
INSIDE=() # what runs sinks and sendlet on another network

# Variables of the test's making reach sendlet only through ENV.
ENV=()
for name in ASAN_OPTIONS UBSAN_OPTIONS LSAN_OPTIONS LLVM_PROFILE_FILE; do
	[[ -z ${!name:-} ]] || ENV+=("$name=${!name}")
done

teardown() {
	[[ -n ${BATS_TEST_COMPLETED:-} ]] || explain
	stop_sinks
}

# -- servers and certificates -----------------------------------------------------------------

start_sink() {
	SINK=$BATS_TEST_TMPDIR/sink
	if [[ ${1:-} == -n ]]; then
		SINK=$BATS_TEST_TMPDIR/$2
		shift 2
	fi
	mkdir -p "$SINK"
	PORT=$("${INSIDE[@]}" "${PYTHON[@]}" "$ROOT/tests/lib/smtpd.py" --dir "$SINK" "$@")
}

stop_sinks() {
	local pid
	for pid in "$BATS_TEST_TMPDIR"/*/pid; do
		[[ ! -e $pid ]] || { kill "$(<"$pid")" && rm "$pid"; }
	done
}

# A port nobody listens on: it was free a moment ago.
closed_port() {
	"${PYTHON[@]}" -c 'import socket; print(socket.create_server(("127.0.0.1", 0)).getsockname()[1])'
}

# certificate COMMAND OUT ...: see certs/make.sh; files go to $BATS_FILE_TMPDIR.
certificate() {
	local command=$1
	shift
	(cd "$BATS_FILE_TMPDIR" && "$ROOT/tests/certs/make.sh" "$command" "$@" 2>openssl.log) || {
		cat "$BATS_FILE_TMPDIR/openssl.log"
		return 1
	}
}

# -- sendlet ----------------------------------------------------------------------------------

conf() {
	(umask 077 && {
		echo "hostname client.example.org"
		cat
		printf '%s\n' "spool ${SPOOL:-off}" "dead-letter ${DEAD_LETTER:-off}"
	} >"$CONF")
}

# conf_plain [LINE...]: the sink, in clear text.
conf_plain() {
	conf <<-END
		$(printf '%s\n' "$@")
		relay smtp+notls://127.0.0.1:$PORT
	END
}

message() {
	printf '%s\n' 'From: Kit <kit@example.org>' 'To: pat@example.net' 'Subject: a test' \
		'Date: Sun, 22 Nov 2026 10:00:00 +0000' 'Message-ID: <1@example.org>' ''
	printf '%s\n' "${@:-Hello}"
}

# A clean call: nothing in the environment but ENV; HOSTS as /etc/hosts if set.
sendlet() {
	local -a with=()
	if [[ -n ${HOSTS:-} ]]; then
		echo "$HOSTS" >"$BATS_TEST_TMPDIR/hosts"
		# shellcheck disable=SC2016 # for the inner shell
		with=(unshare -rm sh -c 'mount --bind "$0" /etc/hosts && exec "$@"' "$BATS_TEST_TMPDIR/hosts")
	fi
	timeout -k 2 "$LIMIT" "${INSIDE[@]}" "${with[@]}" env -i "${ALIASES[@]}" "${ENV[@]}" "$SENDLET" --config "$CONF" "$@"
}

send() {
	status=0
	sendlet "$@" >"$OUT" 2>"$ERR" || status=$?
}

# -- what the sink saw ------------------------------------------------------------------------

arrived() {
	echo "$SINK/messages/${1:-1}.eml"
}

received() {
	find "$SINK/messages" -name '*.eml' | wc -l
}

envelope() {
	"${PYTHON[@]}" - "$SINK/messages/${2:-1}.json" "$1" <<-'END'
		import json, sys
		value = json.load(open(sys.argv[1]))[sys.argv[2]]
		print(*(value if isinstance(value, list) else [value]), sep="\n")
	END
}

# Runs a command again until it succeeds, for at most five seconds.
eventually() {
	local try
	for try in {1..250}; do
		if "$@"; then
			return 0
		fi
		sleep 0.02
	done
	fail "in vain, $try times: $*"
}

# -- assertions -------------------------------------------------------------------------------

fail() {
	echo "$*"
	return 1
}

explain() {
	local file
	for file in "$OUT" "$ERR" "$BATS_TEST_TMPDIR"/*/{trace,violations,errors}; do
		[[ ! -s $file ]] || { echo "-- ${file#"$BATS_TEST_TMPDIR/"}:" && tail -n 200 "$file" | cut -c -300; }
	done
}

assert_exit() {
	[[ $status == "$1" ]] || fail "exit $status instead of $1"
}

assert_silent() {
	[[ ! -s $OUT && ! -s $ERR ]] || fail "not silent"
}

# One line of stderr matches the extended regular expression, whole.
assert_stderr_line() {
	grep -qxE -e "$1" "$ERR" || fail "no line of stderr matches: $1"
}

refute_stderr() {
	! grep -qE -e "$1" "$ERR" || fail "stderr matches: $1"
}

assert_received() {
	[[ $(received) == "$1" ]] || fail "$(received) messages arrived instead of $1"
}

# No line of what arrived matches.
refute_arrived() {
	! grep -qE -e "$1" "$(arrived 1)" || fail "what arrived matches: $1"
}

# Each session the sink has begun is over, and its last words are written down.
sessions_over() {
	local begun=("$SINK"/wire.*)
	[[ ! -e ${begun[0]} || $(grep -ac '^[0-9]* - ' "$SINK/trace") == "${#begun[@]}" ]]
}

# The client kept to the protocol, and the sink did not fail.
assert_wire_clean() {
	eventually sessions_over
	[[ ! -e $SINK/violations && ! -s $SINK/errors ]] || fail "the dialogue was not clean"
}

# Everything went well: the most common end of a test.
assert_sent() {
	assert_exit 0
	assert_silent
	assert_received "${1:-1}"
	assert_wire_clean
}

assert_equal() {
	[[ $1 == "$2" ]] || fail "got '$1' instead of '$2'"
}

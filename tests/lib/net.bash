# SPDX-License-Identifier: ISC
# shellcheck shell=bash disable=SC2034,SC2153 # variables of lib/common
# A network of its own for a suite, with a real name server: see
# servers/nsd.sh and the zones beside it.
#
#   sink ADDRESS PORT [OPTION...]   a sink there; its files are in at.ADDRESS
#   hole ADDRESS PORT               takes packets in and says nothing
#   nameserver [ADDRESS WHAT]       dnsd.py, on 127.0.0.54, which misbehaves
#   resolvers ADDRESS...            name servers to be asked, instead of NSD
#   mail [RECIPIENT...]             sends one mail
#   taken ADDRESS                   how many the sink there has got

INSIDE=("$ROOT/tests/servers/nsd.sh" enter "$BATS_FILE_TMPDIR/net")

setup_file() {
	timeout -k 5 60 "$ROOT/tests/servers/nsd.sh" start "$BATS_FILE_TMPDIR/net" 3>&-
}

teardown_file() {
	"$ROOT/tests/servers/nsd.sh" stop "$BATS_FILE_TMPDIR/net"
}

sink() {
	local address=$1 port=$2
	shift 2
	start_sink -n "at.$address" --listen "$address" --port "$port" "$@"
}

# begin NAME FILE [ARGUMENT...]: a program of lib, until it says that it is there.
begin() {
	local dir=$BATS_TEST_TMPDIR/$1
	mkdir -p "$dir"
	"${INSIDE[@]}" timeout 300 "${PYTHON[@]}" "$ROOT/tests/lib/$2" "${@:3}" >"$dir/ready" 2>"$dir/errors" 3>&- 4>&- &
	echo $! >"$dir/pid"
	eventually test -s "$dir/ready"
}

hole() {
	begin "hole.$1" hole.py "$@"
}

nameserver() {
	local address=${1:-127.0.0.54}
	begin "nameserver.$address" dnsd.py "$address" "$BATS_TEST_TMPDIR/questions" "${@:2}"
}

resolvers() {
	printf 'nameserver %s\n' "$@" >"$BATS_TEST_TMPDIR/resolv.conf"
	echo 'options timeout:2 attempts:2' >>"$BATS_TEST_TMPDIR/resolv.conf"
	export RESOLV_CONF=$BATS_TEST_TMPDIR/resolv.conf
}

relay() {
	printf '%s\n' "${@:2}" "relay $1" | conf
}

mail() {
	local begin=$EPOCHREALTIME
	send -f kit@example.org "${@:-pat@example.net}" < <(message)
	TOOK=$(((${EPOCHREALTIME/./} - ${begin/./}) / 1000))
}

taken() {
	find "$BATS_TEST_TMPDIR/at.$1/messages" -name '*.eml' | wc -l
}

assert_taken() {
	assert_exit 0
	assert_silent
	assert_equal "$(taken "$1")" "${2:-1}"
}

# assert_failed CODE REGEX: nobody got the mail, and this is why.
assert_failed() {
	assert_exit "$1"
	assert_stderr_line "sendlet: <[^>]*>: $2"
}

# The time it took lies between these, in ms.
assert_took() {
	((TOOK >= $1 && TOOK <= $2)) || fail "took $TOOK ms, not $1 to $2"
}

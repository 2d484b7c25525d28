# SPDX-License-Identifier: ISC
# shellcheck shell=bash disable=SC2154 # variables of DIR/env and lib/common
# What the end-to-end suites share: one real server for each file, and the
# cases that every server has to pass.  A case takes the way to the server:
#
#   starttls   submission port, STARTTLS and a login
#   tls        submissions port, TLS from the first byte and a login
#   plain      smtp port, no TLS, no login
#   plain-tls  smtp port, STARTTLS, no login
#
# and, where it makes a difference, the only mechanism allowed.

# shellcheck disable=SC2034 # for lib/common
LIMIT=60

start_server() {
	local begin=$EPOCHREALTIME
	timeout -k 5 120 "$ROOT/tests/servers/$1.sh" start "$BATS_FILE_TMPDIR/server" 3>&- ||
		fail "$1 did not start"
	echo "# $1 started in $((${EPOCHREALTIME/./} - ${begin/./})) us" >"$BATS_FILE_TMPDIR/started"
}

server() {
	local verb=$1
	shift
	timeout -k 5 60 "$ROOT/tests/servers/$SERVER.sh" "$verb" "$BATS_FILE_TMPDIR/server" "$@"
}

setup_file() {
	start_server "$SERVER"
}

teardown_file() {
	server stop
}

setup() {
	# shellcheck source=/dev/null
	. "$BATS_FILE_TMPDIR/server/env"
	RCPT=case$BATS_TEST_NUMBER@example.test
	MAIL=$BATS_TEST_TMPDIR/mail
}

teardown() {
	[[ -n ${BATS_TEST_COMPLETED:-} ]] || {
		explain
		server log | tail -n 60 | cut -c -300
	}
}

# -- configuration and messages ---------------------------------------------------------------

# use WAY [LINE...]: configure the relay, with LINEs added.
use() {
	local way=$1
	shift
	case $way in
	starttls) set -- "relay submission://localhost:$SUBMISSION_PORT" "$@" ;;
	tls) set -- "relay submissions://localhost:$SUBMISSIONS_PORT" "$@" ;;
	plain) set -- "relay smtp+notls://127.0.0.1:$SMTP_PORT" "$@" ;;
	plain-tls) set -- "relay smtp+tls://localhost:$SMTP_PORT" "$@" ;;
	*) fail "no way: $way" ;;
	esac
	if [[ $way != plain ]]; then
		set -- "$@" "ca-file ${CA:-$CA_FILE}"
	fi
	if [[ $way == starttls || $way == tls ]]; then
		printf '%s\n' "${SECRET:-$LOGIN_PASSWORD}" >"$BATS_TEST_TMPDIR/password"
		chmod 600 "$BATS_TEST_TMPDIR/password"
		set -- "$@" "user $LOGIN_USER" "password file:$BATS_TEST_TMPDIR/password"
	fi
	printf '%s\n' "$@" | conf
}

# A message with all that is easily damaged on the way.  No field may be
# missing, or one would be added.
difficult_message() {
	cat <<-END
		Date: Sun, 22 Nov 2026 10:00:00 +0000
		From: =?utf-8?q?J=C3=B6rg?= <joerg@example.org>
		To: ${1:-$RCPT}
		Message-ID: <$BATS_TEST_NUMBER@example.org>
		subject:   blanks, and a field folded
		 once and
		 	once more
		DKIM-Signature: v=1; a=rsa-sha256; b=AAAA
		 BBBB;
		X-Empty:
		MIME-Version: 1.0
		Content-Type: text/plain; charset=utf-8
		Content-Transfer-Encoding: 8bit

		.
		..
		...
		.a line that begins with a dot
		From a line that looks like an mbox separator
		trailing blanks and a tab:   	

		Gr$(printf '\303\274\303\237')e; octets that are no text: $(printf '\200\377\001\033')
		.$(head -c 997 /dev/zero | tr '\0' x)
		$(head -c 998 /dev/zero | tr '\0' .)
		QUIT
		.

	END
}

# stored_exactly [RCPT]: what the server stored is what was sent, bit by bit.
stored_exactly() {
	server message "${1:-$RCPT}" >"$BATS_TEST_TMPDIR/stored" &&
		cmp "$MAIL" "$BATS_TEST_TMPDIR/stored"
}

assert_stored() {
	assert_equal "$(server count "$2")" "$1"
}

# -- cases ------------------------------------------------------------------------------------

delivers_exactly() {
	use "$1" ${2:+"auth $2"}
	difficult_message >"$MAIL"
	send -t -i -f sender@example.org <"$MAIL"
	assert_exit 0
	assert_silent
	stored_exactly
	assert_equal "$(server sender "$RCPT")" '<sender@example.org>'
}

delivers_crlf_exactly() {
	use "$1"
	difficult_message >"$MAIL"
	sed 's/$/\r/' "$MAIL" >"$MAIL.crlf"
	send -t -i <"$MAIL.crlf"
	assert_exit 0
	stored_exactly
}

delivers_large() {
	use "$1"
	difficult_message >"$MAIL"
	yes '.a long line of a large message, which begins with a dot' |
		head -c $((10 * 1024 * 1024)) >>"$MAIL"
	echo >>"$MAIL"
	send -t -i <"$MAIL"
	assert_exit 0
	assert_silent
	stored_exactly
}

delivers_to_null_sender() {
	use "$1"
	difficult_message >"$MAIL"
	send -i -f '<>' "$RCPT" <"$MAIL"
	assert_exit 0
	stored_exactly
	assert_equal "$(server sender "$RCPT")" '<>'
}

delivers_empty_body() {
	use "$1"
	difficult_message | sed '/^$/q' >"$MAIL"
	send -i "$RCPT" <"$MAIL"
	assert_exit 0
	stored_exactly
}

removes_bcc() {
	use "$1"
	difficult_message >"$MAIL"
	sed "s/^To: .*/&\\nBcc: copy-$RCPT,\\n\\thidden-$RCPT/" "$MAIL" >"$MAIL.bcc"
	send -t -i <"$MAIL.bcc"
	assert_exit 0
	stored_exactly
	stored_exactly "copy-$RCPT"
	stored_exactly "hidden-$RCPT"
}

# The example of RFC 821: the recipient in the middle does not exist.
reports_refused() {
	use "$1"
	difficult_message >"$MAIL"
	send -i "first-$RCPT" "bad-$RCPT" "last-$RCPT" <"$MAIL"
	assert_exit 67
	grep -F "bad-$RCPT" "$ERR" | grep 550
	refute_stderr '(first|last)-'
	stored_exactly "first-$RCPT"
	stored_exactly "last-$RCPT"
	assert_stored 0 "bad-$RCPT"
}

reports_deferred() {
	use "$1"
	difficult_message >"$MAIL"
	send -i "temp-$RCPT" "$RCPT" <"$MAIL"
	assert_exit 69
	grep -F "temp-$RCPT" "$ERR" | grep 45
	stored_exactly
	assert_stored 0 "temp-$RCPT"
}

reports_all_refused() {
	use "$1"
	difficult_message >"$MAIL"
	send -i "bad-$RCPT" "bad-too-$RCPT" <"$MAIL"
	assert_exit 67
	grep -F "bad-$RCPT" "$ERR"
	grep -F "bad-too-$RCPT" "$ERR"
	assert_stored 0 "bad-$RCPT"
}

refuses_wrong_password() {
	SECRET=wrong use "$1" ${2:+"auth $2"}
	difficult_message >"$MAIL"
	send -t -i <"$MAIL"
	assert_exit 77
	assert_stderr_line '.*535.*'
	refute_stderr wrong
	assert_stored 0 "$RCPT"
}

refuses_unknown_ca() {
	CA=$OTHER_CA_FILE use "$1"
	difficult_message >"$MAIL"
	send -t -i <"$MAIL"
	assert_exit 69
	assert_stderr_line '.*certificate.*'
	assert_stored 0 "$RCPT"
}

# What -v shows of a login by PLAIN and of the mail behind it, verbs and codes;
# there is no second connection.
dialogue_is() {
	use "$1" 'auth PLAIN'
	difficult_message >"$MAIL"
	send -v -t -i <"$MAIL"
	assert_exit 0
	stored_exactly
	assert_equal "$(grep -c '^== .*\[127\.0\.0\.1\]:' "$ERR")" 1
	assert_equal "$(sed -nE '/^-> AUTH/,$s/^(->|<-) ([A-Z]+|[0-9]+|\.)( .*|$)/\2/p' "$ERR" | xargs)" "$2"
}

# The reply to the login comes with the rest (RFC 4954 section 4, 2920, 3030).
takes_login_with_mail() {
	dialogue_is "$1" 'AUTH MAIL RCPT BDAT QUIT 235 250 250 250 221'
}

takes_login_alone() {
	dialogue_is "$1" 'AUTH 235 MAIL 250 RCPT 250 DATA 354 . 250 QUIT 221'
}

reports_too_large() {
	use "$1"
	difficult_message >"$MAIL"
	yes 'a message above the limit' | head -c "$SIZE_LIMIT" >>"$MAIL"
	send -t -i <"$MAIL"
	((status == 65 || status == 67)) || fail "exit $status instead of 65 or 67"
	assert_stderr_line '.*(552|octets).*'
	assert_stored 0 "$RCPT"
}

# Two dozen at once, each with its own text.
delivers_many_at_once() {
	local i pids=()
	use "$1"
	for i in {1..24}; do
		difficult_message "$i-$RCPT" >"$MAIL.$i"
		sendlet -t -i <"$MAIL.$i" >>"$OUT" 2>>"$ERR" &
		pids+=("$!")
	done
	for i in "${pids[@]}"; do
		wait "$i"
	done
	assert_silent
	for i in {1..24}; do
		server message "$i-$RCPT" | cmp "$MAIL.$i" -
	done
}

#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# Where passwords come from, and what is never said about them.

cd "$BATS_TEST_DIRNAME/.." || exit 1
UNIT=${BUILD:-build}/asan/unit
MAX=16384

setup() {
	unset CREDENTIALS_DIRECTORY
	umask 022
	FILE=$BATS_TEST_TMPDIR/secret
	HELPER=$BATS_TEST_TMPDIR/helper
}

# secret [-cq] VALUE EXPECTED: the whole output must be EXPECTED
secret() {
	run "$UNIT/secret" "${@:1:$#-1}"
	[ "$output" = "${!#}" ] || {
		echo "$output"
		return 1
	}
}

# helper <<END: a shell script the tests can run as $HELPER
helper() {
	{ echo '#!/bin/sh'; cat; } >"$HELPER"
	chmod 755 "$HELPER"
}

@test "secret: the value itself" {
	secret 'top secret' 'literal {top secret}'
	secret 'filed:/x' 'literal {filed:/x}'
	secret ':' 'literal {:}'
	secret $'p\303\244ss' 'literal {p\303\244ss}'
}

@test "secret: one line end is taken off" {
	secret $'x\n' 'literal {x}'
	secret $'x\r\n' 'literal {x}'
	secret $'x \n' 'literal {x }'
	printf 'from a file\n' >"$FILE"
	secret "file:$FILE" 'loaded {from a file}'
	printf 'from a file\r\n' >"$FILE"
	secret "file:$FILE" 'loaded {from a file}'
	printf 'from a file' >"$FILE"
	secret "FILE:$FILE" 'loaded {from a file}'
}

@test "secret: more than one line, a NUL or nothing is an error" {
	printf 'a\n\n' >"$FILE"
	secret "file:$FILE" "78 file:$FILE: more than one line, or a NUL in it"
	printf 'a\nb' >"$FILE"
	secret "file:$FILE" "78 file:$FILE: more than one line, or a NUL in it"
	printf 'a\r' >"$FILE"
	secret "file:$FILE" "78 file:$FILE: more than one line, or a NUL in it"
	printf 'a\0b\n' >"$FILE"
	secret "file:$FILE" "78 file:$FILE: more than one line, or a NUL in it"
	printf '\n' >"$FILE"
	secret "file:$FILE" "78 file:$FILE: empty"
	: >"$FILE"
	secret "file:$FILE" "78 file:$FILE: empty"
	secret '' '78 password: empty'
	secret $'a\nsecret' '78 password: more than one line, or a NUL in it'
}

@test "secret: the longest one, and one longer" {
	head -c $MAX /dev/zero | tr '\0' x >"$FILE"
	secret "file:$FILE" "loaded {$(<"$FILE")}"
	S=$(<"$FILE") secret env:S "loaded {$(<"$FILE")}"
	secret "command:/bin/cat $FILE" "loaded {$(<"$FILE")}"
	printf x >>"$FILE"
	secret "file:$FILE" "78 $FILE: longer than $MAX octets"
	S=$(<"$FILE") secret env:S "78 env:S: longer than $MAX octets"
	secret "command:/bin/cat $FILE" "78 /bin/cat: longer than $MAX octets"
	secret "$(<"$FILE")" "78 longer than $MAX octets"
}

@test "secret: a file others may read is taken, one they may write to is not" {
	echo x >"$FILE"
	chmod 0444 "$FILE"
	secret "file:$FILE" 'loaded {x}'
	chmod 0666 "$FILE"
	run "$UNIT/secret" "file:$FILE"
	[ "$status" -eq 77 ]
	[[ $output == "77 $FILE: others may write to it ("*"mode 0666): chmod go-w" ]]
}

@test "secret: a file that is missing, or none" {
	secret "file:$FILE" "78 $FILE: No such file or directory"
	secret "file:$BATS_TEST_TMPDIR" "78 $BATS_TEST_TMPDIR: is no regular file"
	secret file:secret '78 file: an absolute path must follow'
}

@test "secret: a pipe is read to its end, and waited for in vain only so long" {
	mkfifo -m 600 "$FILE"
	(sleep 0.2; printf sec; sleep 0.2; echo ret) >"$FILE" &
	secret "file:$FILE" 'loaded {secret}'
	secret -q "file:$FILE" "78 $FILE: did not come to an end in time"
}

@test "secret: from the environment" {
	S='from here' secret env:S 'loaded {from here}'
	secret env:S '78 env:S: not set'
	S='' secret env:S '78 env:S: empty'
}

@test "secret: from a credential of systemd" {
	secret credential:smtp '78 credential:smtp: $CREDENTIALS_DIRECTORY is not set'
	export CREDENTIALS_DIRECTORY=$BATS_TEST_TMPDIR
	secret credential:smtp "78 $BATS_TEST_TMPDIR/smtp: No such file or directory"
	echo x >"$BATS_TEST_TMPDIR/smtp"
	secret credential:smtp 'loaded {x}'
	secret credential:../smtp '78 credential: a name without "/" must follow'
	CREDENTIALS_DIRECTORY=relative secret credential:smtp \
	    '78 credential:smtp: $CREDENTIALS_DIRECTORY is not set'
	CREDENTIALS_DIRECTORY=/$(printf '%04096d' 0) secret credential:smtp \
	    '78 credential:smtp: $CREDENTIALS_DIRECTORY is too long'
}

@test "secret: from a program, without a shell" {
	secret 'command:/bin/echo $HOME * "a  b" \ "c\"d" ;' 'loaded {$HOME * a  b \ c"d ;}'
	secret 'command: /bin/echo x ' 'loaded {x}'
	secret $'command:/bin/echo\tx' 'loaded {x}'
	secret 'command:/bin/echo #' 'loaded {#}'
	secret 'command:/bin/echo "" ""' 'loaded { }'
}

@test "secret: the program finds its input closed, the environment and SIGPIPE as usual" {
	helper <<-'END'
		read -r line && exit 1
		sh -c 'kill -PIPE $$'
		echo "$PASS $?"
	END
	PASS=here secret "command:$HELPER" 'loaded {here 141}' </dev/zero
}

@test "secret: what the program says on stderr is passed on" {
	helper <<-'END'
		echo 'agent is locked' >&2
		exit 3
	END
	secret "command:$HELPER top-secret" "agent is locked
78 $HELPER: exit status 3"
}

@test "secret: a program that fails is an error, whatever it printed" {
	helper <<-'END'
		echo x
		exit 1
	END
	secret "command:$HELPER" "78 $HELPER: exit status 1"
	helper <<-'END'
		echo x
		kill -TERM $$
	END
	secret "command:$HELPER" "78 $HELPER: ended by signal 15 (Terminated)"
	secret 'command:/bin/true top-secret' '78 command:/bin/true: empty'
	secret 'command:/nonexistent/x top-secret' '78 /nonexistent/x: No such file or directory'
	secret "command:$BATS_TEST_TMPDIR" "78 $BATS_TEST_TMPDIR: Permission denied"
}

@test "secret: the exit status counts even where SIGCHLD is ignored" {
	secret -c 'command:/bin/echo x' 'loaded {x}'
	secret -c 'command:/bin/false' '78 /bin/false: exit status 1'
}

@test "secret: a program that never ends is killed" {
	helper <<-'END'
		echo $$ >"$0.pid"
		echo secret
		exec sleep 600
	END
	secret -q "command:$HELPER" "78 $HELPER: did not come to an end in time"
	run kill -0 "$(<"$HELPER.pid")"
	[ "$status" -ne 0 ]
}

@test "secret: nor does one live on that has closed its output" {
	helper <<-'END'
		echo $$ >"$0.pid"
		echo secret
		exec sleep 600 >&-
	END
	secret -q "command:$HELPER" "78 $HELPER: did not end in time"
	run kill -0 "$(<"$HELPER.pid")"
	[ "$status" -ne 0 ]
}

@test "secret: a program that prints without end is killed" {
	secret 'command:/usr/bin/yes top-secret' "78 /usr/bin/yes: longer than $MAX octets"
}

@test "secret: a program with too many words" {
	secret "command:/bin/echo$(printf ' %d' {1..63})" "loaded {$(echo {1..63})}"
	secret "command:/bin/echo$(printf ' %d' {1..64})" '78 command: more than 64 words'
}

@test "secret: no message shows what it is" {
	for value in 'command:/bin/false top-secret' 'command:top-secret' 'command:"top-secret' \
	    'command:/bin/x "top-secret"x' 'command:/bin/echo "top-secret' $'top-secret\nx' \
	    $'command:/bin/true\ttop-secret'; do
		run "$UNIT/secret" "$value"
		[ "$status" -eq 78 ]
		[[ $output != *top-secret* ]]
	done
	printf 'top-secret\nx' >"$FILE"
	run "$UNIT/secret" "file:$FILE"
	[[ $output == *'more than one line'* && $output != *top-secret* ]]
}

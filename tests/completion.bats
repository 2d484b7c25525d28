#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# Completion in bash, zsh and fish: every long option, and what follows some.

load lib/common

COMPLETION=$ROOT/conf/completion

setup() {
	mkdir "$BATS_TEST_TMPDIR/bin"
	printf '#!/bin/sh\nprintf "%%s\\n" "ABC123  10 2m" "    <kit@example.org>" "DEF456  20 3m"\n' >"$BATS_TEST_TMPDIR/bin/mailq"
	chmod +x "$BATS_TEST_TMPDIR/bin/mailq"
	PATH=$BATS_TEST_TMPDIR/bin:$PATH
}

long_options() {
	"$SENDLET" --help | grep -oE '^  --[a-z-]+' | tr -d ' ' | sort
}

# in_bash WORD...: what bash offers for the last of them.
in_bash() {
	(
		# shellcheck source=/dev/null
		. "$COMPLETION/sendlet.bash"
		COMP_WORDS=(sendlet "$@") COMP_CWORD=$#
		_sendlet
		printf '%s\n' "${COMPREPLY[@]}" | sort
	)
}

in_fish() {
	HOME=$BATS_TEST_TMPDIR "$ROOT/tests/servers/shells.sh" fish --no-config -c "source $COMPLETION/sendlet.fish; complete -C '$1'" | cut -f 1 | sort
}

@test "completion: bash knows every long option" {
	diff <(long_options) <(in_bash --)
}

@test "completion: bash knows what follows" {
	assert_equal "$(in_bash --delete '')" $'ABC123\nDEF456'
	assert_equal "$(in_bash --hold D)" DEF456
	assert_equal "$(in_bash -R '')" $'full\nhdrs'
	assert_equal "$(in_bash --dr)" $'--drain\n--dry-run'
	assert_equal "$(in_bash roo)" root
}

@test "completion: zsh knows every long option" {
	run "$ROOT/tests/servers/shells.sh" zsh -n "$COMPLETION/_sendlet"
	[[ $status == 0 && -z $output ]] || fail "$output"
	diff <(long_options) <(grep -oE "^	'--[a-z-]+" "$COMPLETION/_sendlet" | tr -d "\t'" | sort)
}

@test "completion: zsh lists what is queued" {
	# shellcheck disable=SC2016 # for zsh
	run "$ROOT/tests/servers/shells.sh" zsh -f -c '
		_arguments() { :; }
		compadd() { shift; print -l ${(P)1}; }
		source "$1"
		_sendlet_queued' zsh "$COMPLETION/_sendlet"
	assert_equal "$output" $'ABC123\nDEF456'
}

@test "completion: fish knows every long option" {
	diff <(long_options) <(in_fish 'sendlet --')
	assert_equal "$(in_fish 'sendlet --delete ')" $'ABC123\nDEF456'
	assert_equal "$(in_fish 'sendmail --dr')" $'--drain\n--dry-run'
}

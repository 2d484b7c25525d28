#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# Includes point down: src, doctor, delivery, smtp, mail and net beside each
# other, config, base; import stands on base alone.  Only net/ names the TLS library, and what signs mail.

allowed() {
	case $1 in
	.) echo '(import|doctor|delivery|smtp|mail|net|config|base)/|[a-z_]+\.h' ;;
	doctor) echo '(doctor|delivery|smtp|mail|net|config|base)/' ;;
	delivery) echo '(delivery|smtp|mail|net|config|base)/' ;;
	smtp) echo '(smtp|mail|net|config|base)/' ;;
	mail) echo '(mail|config|base)/' ;;
	net) echo '(net|config|base)/' ;;
	import) echo '(import|base)/' ;;
	config) echo '(config|base)/' ;;
	base) echo 'base/' ;;
	esac
}

@test "layers: no include points up" {
	cd "$BATS_TEST_DIRNAME/../src"
	for folder in . import doctor delivery smtp mail net config base; do
		run grep -HE '^#include "' "$folder"/*.[ch]
		[ "$status" -eq 0 ]
		up=$(grep -vE "#include \"($(allowed $folder))" <<<"$output" || [ $? -eq 1 ])
		[ -z "$up" ] || {
			echo "$up"
			return 1
		}
	done
}

@test "layers: the TLS library has one folder" {
	cd "$BATS_TEST_DIRNAME/../src"
	run grep -rlE 'mbedtls|psa/crypto' --include='*.c' --include='*.h' base config mail smtp delivery doctor import .
	for file in $output; do
		[[ $file == ./net/* || $file == *config/signer.c ]] || {
			grep -n 'mbedtls\|psa/' "$file"
			return 1
		}
	done
}

@test "layers: what is made with a name is made in one place, for its owner" {
	cd "$BATS_TEST_DIRNAME/../src"
	run grep -rnE 'O_CREAT|[^_]mkdir(at)?\(|creat\(|mknod|umask\(|fopen\([^)]*"[wa]' --include='*.c' .
	[ "$status" -eq 0 ]
	# backoff.c says by O_CREAT which of two ways it means.
	other=$(grep -vE '^\./(base/io|delivery/backoff)\.c:' <<<"$output" || [ $? -eq 1 ])
	[ -z "$other" ] || {
		echo "$other"
		return 1
	}
}

@test "layers: every folder has its place in the table" {
	cd "$BATS_TEST_DIRNAME/../src"
	for folder in */; do
		[[ $folder == deps/ || -n $(allowed "${folder%/}") ]]
	done
}

# SPDX-License-Identifier: ISC
# shellcheck shell=bash disable=SC2034,SC2154 # variables of lib/common
# A root with nothing in it but what a test puts there, which is read-only once
# it is entered.
#
#   $EMPTY                     the directory; set by make_empty
#   make_ca_build BUNDLE       $CA_BUILD: the program with these certificates in it
#   enter_empty COMMAND...     run one there as $ENTER_AS, with $ENV alone as the
#                              environment and $LENT (FROM TO) mounted, writable
#   contained ARG... <MESSAGE  enter_empty /sendlet; sets $status; $OUT and $ERR

ENTER_AS=4711:4711
LENT=("" "")
CA_BUILD=$BATS_FILE_TMPDIR/sendlet

make_ca_build() {
	make -s -C "$ROOT" BIN="$CA_BUILD" CA_BUNDLE="$1"
}

make_empty() {
	EMPTY=$BATS_TEST_TMPDIR/empty
	mkdir "$EMPTY"
}

enter_empty() {
	local as=()
	[[ $(id -u) == 0 ]] || as=(sudo -n)
	# shellcheck disable=SC2016 # for the inner shell
	timeout -k 2 "$LIMIT" "${INSIDE[@]}" "${as[@]}" unshare --mount sh -ec '
		mount --bind "$0" "$0"
		mount -o remount,bind,ro "$0"
		if [ -n "$1" ]; then
			mount --bind "$1" "$0$2"
		fi
		shift 2
		exec env -i "$@"' "$EMPTY" "${LENT[@]}" "${ENV[@]}" \
		/usr/sbin/chroot --userspec="$ENTER_AS" --groups= "$EMPTY" "$@"
}

contained() {
	status=0
	enter_empty /sendlet "$@" >"$OUT" 2>"$ERR" || status=$?
}

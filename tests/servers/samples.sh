#!/bin/bash
# SPDX-License-Identifier: ISC
#
# The configurations that other mail programs come with, from their packages:
#
#   samples.sh fetch   below DEPS_DIR/root/samples
#   samples.sh list    their paths

# shellcheck source=tests/servers/lib.sh
. "$(dirname "$0")/lib.sh"

fetch() {
	[ -d "$DEPS_DIR/root/samples" ] ||
	    fill samples msmtp esmtp dma postfix ssmtp nullmailer
}

list() {
	local share=$DEPS_DIR/root/samples/usr/share name
	fetch
	for name in doc/msmtp/examples/msmtprc-{system,user}.example \
	    doc/esmtp/examples/sample.esmtprc dma/dma.conf \
	    postfix/main.cf.{debian,dist}; do
		echo "$share/$name"
	done
}

case ${1:-}:$# in
fetch:1 | list:1) "$1" ;;
*) die "usage: ${0##*/} fetch|list" ;;
esac

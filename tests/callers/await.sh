#!/bin/sh
# SPDX-License-Identifier: ISC
#
# await.sh N: wait until the sink has N messages, for at most 90 seconds.

try=0
until [ -s "/sink/$1.json" ]; do
	sleep 0.1
	try=$((try + 1))
	[ "$try" -lt 900 ] || exit 1
done

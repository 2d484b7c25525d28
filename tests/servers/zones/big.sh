#!/bin/sh
# SPDX-License-Identifier: ISC
# Records that do not fit into one UDP packet: 250 MX of which only the best
# has an address, and 200 addresses of one host.
set -eu
for i in $(seq 2 250); do
	echo "big MX $((i * 10)) a-host-with-quite-a-long-name-$i.nowhere"
done
echo "big MX 1 host9"
for i in $(seq 1 200); do
	echo "crowd A 127.0.9.$i"
done

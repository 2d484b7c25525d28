#!/bin/sh
# SPDX-License-Identifier: ISC
#
# roots.sh BUNDLE: print, as assembler source for any machine, the tables of
# src/net/roots.h with the certificates of a PEM file: each once, in DER form,
# ordered by subject.  Knows base64 and as much of a certificate's outline
# (RFC 5280 section 4.1) as stands before the subject.

set -eu
LC_ALL=C
export LC_ALL

# Prints a line for each certificate: its subject as roots_fold() has it, where
# that is, how long, and the whole; octets as two hexadecimal digits.
read_bundle()
{
	awk -v file="$1" '
	function die(why) {
		print "roots.sh: " file ": certificate " n ": " why >"/dev/stderr"
		failed = 1
		exit 1
	}
	BEGIN {
		digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
		for (i = 0; i < 64; i++)
			value[substr(digits, i + 1, 1)] = i
		for (i = 0; i < 256; i++) {
			hex[i] = sprintf("%02x", i)
			octet[hex[i]] = i
			fold[hex[i]] = hex[i]
		}
		for (i = 65; i <= 90; i++)
			fold[hex[i]] = hex[i + 32]
		fold["13"] = "0c"
	}
	function decode(text,    out, i, a, b, c, d) {
		for (i = 1; i < length(text); i += 4) {
			a = substr(text, i, 1)
			b = substr(text, i + 1, 1)
			c = substr(text, i + 2, 1)
			d = substr(text, i + 3, 1)
			if (!(a in value) || !(b in value))
				die("not base64")
			out = out hex[value[a] * 4 + int(value[b] / 16)]
			if (c in value)
				out = out hex[value[b] % 16 * 16 + int(value[c] / 4)]
			if (d in value)
				out = out hex[value[c] % 4 * 64 + value[d]]
		}
		return out
	}
	function at(i) {
		return octet[substr(der, 2 * i + 1, 2)]
	}
	# Where the contents of the element at i begin; sets len.
	function enter(i,    octets) {
		octets = at(i + 1) - 128
		len = octets + 128
		i += 2
		if (octets > 0)
			for (len = 0; octets > 0; octets--)
				len = len * 256 + at(i++)
		return i
	}
	function expect(i, tag) {
		if (substr(der, 2 * i + 1, 2) != tag)
			die("its outline is not that of a certificate")
		return i
	}
	function skip(i, tag) {
		i = enter(expect(i, tag))
		return i + len
	}
	function show(    i, end, key, j) {
		i = enter(expect(0, "30"))
		if (2 * (i + len) != length(der))
			die("not complete")
		i = enter(expect(i, "30"))
		if (at(i) == 160)
			i = skip(i, "a0")
		i = skip(skip(skip(skip(i, "02"), "30"), "30"), "30")
		end = skip(i, "30")
		for (j = i; j < end; j++)
			key = key fold[substr(der, 2 * j + 1, 2)]
		print key, i, end - i, der
	}
	{ sub(/\r$/, "") }
	/^-----BEGIN CERTIFICATE-----$/ { inside = 1; text = ""; n++; next }
	/^-----END CERTIFICATE-----$/ { der = decode(text); show(); inside = 0 }
	inside { text = text $0 }
	END {
		if (!failed && (inside || n == 0)) {
			print "roots.sh: " file ": " (n ? "cut off" : \
			    "no certificate in PEM form") >"/dev/stderr"
			failed = 1
		}
		exit failed
	}' "$1"
}

write_tables()
{
	awk '
	function label(name) {
		print ".globl " name "\n.type " name ", %object\n" name ":"
	}
	BEGIN {
		print ".section .rodata\n.balign 4"
		label("roots_table")
	}
	{
		size = length($4) / 2
		print ".long " from + 0 ", " size ", " $2 ", " $3
		from += size
		der[NR] = $4
	}
	END {
		label("roots_count")
		print ".long " NR
		label("roots_der")
		for (n = 1; n <= NR; n++)
			while (der[n] != "") {
				line = substr(der[n], 1, 64)
				der[n] = substr(der[n], 65)
				gsub(/../, ",0x&", line)
				print ".byte " substr(line, 2)
			}
		print ".section .note.GNU-stack,\"\",%progbits"
	}'
}

[ $# -eq 1 ] || {
	echo "usage: roots.sh BUNDLE" >&2
	exit 64
}
work=$(mktemp)
trap 'rm -f "$work"' EXIT
read_bundle "$1" >"$work"
sort -u "$work" | write_tables

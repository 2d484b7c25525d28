#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# Internationalised domain names.

cd "$BATS_TEST_DIRNAME/.." || exit 1
UNIT=${BUILD:-build}/asan/unit

@test "idna: domains become what DNS knows, or are refused" {
	"$UNIT/idna" <tests/golden/idna.in | diff -u tests/golden/idna.ref -
}

# Whatever may be in a label comes out as Python's Punycode has it.
@test "idna: every letter there is, against another implementation" {
	run /usr/bin/python3 -S -E -B - "$UNIT/idna" <<-'END'
		import subprocess, sys, unicodedata
		points = [c for c in range(0xa1, 0x20000)
		    if unicodedata.category(chr(c)) in ("Ll", "Lo") and
		    unicodedata.is_normalized("NFKC", chr(c)) and
		    chr(c).casefold() == chr(c)]
		labels = ["a" + chr(c) + "b" + chr(c) for c in points]
		text = "".join("".join(chr(o) if o < 128 else "\\%03o" % o
		    for o in label.encode()) + "\n" for label in labels)
		out = subprocess.run(sys.argv[1:], input=text, text=True,
		    capture_output=True, check=True).stdout.split("\n")[1::2]
		bad = [(l, o) for l, o in zip(labels, out) if not o.strip().startswith("(65)")
		    and o.strip() != "xn--" + l.encode("punycode").decode()]
		refused = sum(o.strip().startswith("(65)") for o in out)
		print(len(labels), refused, bad[:5])
		assert not bad and refused < 400 and len(labels) > 50000
	END
	echo "$output"
	[ "$status" -eq 0 ]
}

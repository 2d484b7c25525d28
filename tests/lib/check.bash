# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# What the suites of --check share, on top of lib/common.
#
#   check [ARG...]                  as text, and again as JSON in $OUT.json
#   assert_step NAME STATUS [REGEX] a line of the text, and a step of the JSON
#   assert_hint NAME REGEX          the line with an arrow below a step
#   json EXPRESSION                 of `found`, the object, or `step("name")`

SECRET='open sesame'

check() {
	local before
	send --check "$@"
	before=$status
	assert_no_secret
	status=0
	sendlet --check --json "$@" >"$OUT.json" 2>"$ERR.json" || status=$?
	assert_no_secret
	assert_equal "$status" "$before"
	"${PYTHON[@]}" - "$OUT.json" "$status" <<-'END'
		import json, sys
		text = open(sys.argv[1], "rb").read().decode()
		assert text.endswith("}\n") and text.count("\n") == 1
		found = json.loads(text)
		assert found["exit"] == int(sys.argv[2])
		assert set(found) == {"steps", "address", "status", "text", "exit", "ms"}
		with open(sys.argv[1] + ".steps", "w") as file:
		    for step in found["steps"]:
		        assert step["status"] in ("ok", "warning", "failure") and step["ms"] >= 0
		        print(step["step"], step["status"], step["text"], file=file)
	END
}

# The secret, in clear or as it goes to a relay, is nowhere in the output.
assert_no_secret() {
	local form
	for form in "$SECRET" "$(printf %s "$SECRET" | base64)" \
		"$(printf '\0kit@example.org\0%s' "$SECRET" | base64 -w 0)"; do
		! cat "$BATS_TEST_TMPDIR"/{out,err}* | grep -aqF -e "$form" || fail "the secret is shown"
	done
}

assert_step() {
	grep -qE "^$1 +$2 +[0-9]+ ms  .*${3:-}" "$OUT" || {
		cat "$OUT"
		fail "no line: $1 $2 ${3:-}"
	}
	grep -qE "^$1 $2 .*${3:-}" "$OUT.json.steps" || fail "no step in JSON: $*"
}

refute_step() {
	! grep -qE "^$1 +" "$OUT" || fail "there is a line $1"
}

assert_hint() {
	grep -A 1 -E "^$1 " "$OUT" | grep -qE "^ {34}-> .*$2" || {
		cat "$OUT"
		fail "no hint for $1: $2"
	}
}

json() {
	"${PYTHON[@]}" - "$OUT.json" "$1" <<-'END'
		import json, sys
		found = json.load(open(sys.argv[1]))
		step = lambda name: next(s for s in found["steps"] if s["step"] == name)
		print(eval(sys.argv[2]))
	END
}

last_line() {
	tail -n 1 "$OUT"
}

#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# sendlet --stats: the spool in numbers.

# shellcheck disable=SC2030,SC2031 # each test is a shell of its own
load lib/common
load lib/queue

# stats: as text in $OUT and as JSON in $OUT.json.
stats() {
	send --stats
	assert_exit 0
	[[ ! -s $ERR ]] || fail "not silent"
	sendlet --stats --json >"$OUT.json"
}

# number NAME: of the text.
number() {
	sed -nE "s/^$1 +([0-9]+)$/\1/p" "$OUT"
}

json() {
	"${PYTHON[@]}" - "$OUT.json" "$1" <<-'END'
		import json, sys
		s = json.loads(open(sys.argv[1], "rb").read())
		print(eval(sys.argv[2]))
	END
}

@test "stats: nothing, and no spool" {
	down
	stats
	assert_equal "$(number messages) $(number recipients) $(number octets)" "0 0 0"
	assert_equal "$(json 's["messages"], s["oldest"], s["domains"]')" "(0, 0, {})"
	SPOOL=off PORT=$RELAY_PORT conf_plain
	stats
	assert_equal "$(number messages)" 0
}

@test "stats: messages by state, recipients by domain and by reason" {
	local id
	down
	submit a@one.example b@one.example c@two.example
	submit d@one.example
	later 3600
	submit e@two.example
	id=$(queued | grep -E '^[0-9A-Z]{16}$' | head -n 1)
	sendlet --hold "$id"
	stats
	assert_equal "$(number messages) $(number queued) $(number held) $(number dead) $(number damaged)" "3 2 1 0 0"
	assert_equal "$(number recipients)" 5
	assert_equal "$(number due) $(json 's["due"]')" "0 0"
	(($(number 'oldest, s') >= 3600))
	grep -qxE ' +3  one.example' "$OUT"
	grep -qxE ' +5  127\.0\.0\.1.*connection refused' "$OUT"
	! grep -q 'by user' "$OUT" || fail "one user is none to tell apart"
	assert_equal "$(json 's["messages"], s["queued"], s["held"], s["recipients"]')" "(3, 2, 1, 5)"
	assert_equal "$(json 's["domains"]')" "{'one.example': 3, 'two.example': 2}"
	assert_equal "$(json 'list(s["users"].items())')" "[('$(id -u)', 5)]"
	assert_equal "$(json 's["time"] - s["oldest"] >= 3600 and s["next_try"] > s["oldest"]')" True
	assert_equal "$(json 's["octets"]')" "$(number octets)"
	assert_equal "$(json 's["spool"]')" "$SPOOL"
}

@test "stats: damaged files, and files that are none" {
	down
	to_pat
	echo garbage >"$PART/0000000000000001"
	chmod 600 "$PART/0000000000000001"
	echo garbage >"$PART/other"
	stats
	assert_equal "$(number messages) $(number damaged)" "1 1"
}

@test "stats: many domains are not told apart" {
	local many=()
	down
	for n in {1..150}; do
		many+=("x@d$n.example")
	done
	submit "${many[@]}"
	stats
	assert_equal "$(number recipients)" 150
	assert_equal "$(json 'len(s["domains"]), s["domains"]["others"], sum(s["domains"].values())')" "(100, 51, 150)"
}

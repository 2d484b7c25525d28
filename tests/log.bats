#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# What is written for machines: JSON, whatever bytes are in it; and the log, as
# text and as JSON lines.

load lib/common
load lib/queue

UNIT=${BUILD:-$ROOT/build}/asan/unit
ODD=$'"\\\x01\x7f\xc2\x85\xff\xc3\xa4\xed\xa0\x80'

# log_is PYTHON: true for the lines of the log, a list of objects.
log_is() {
	"${PYTHON[@]}" - "$ERR" "$1" <<-'END'
		import json, sys
		lines = [json.loads(line) for line in open(sys.argv[1], "rb")]
		assert eval(sys.argv[2]), (sys.argv[2], lines)
	END
}

@test "json: any bytes in, strict UTF-8 out" {
	"${PYTHON[@]}" - "$UNIT/json" <<-'END'
		import codecs, itertools, json, random, subprocess, sys

		codecs.register_error("each", lambda e: ("\ufffd", e.start + 1))
		edges = [0, 0x1f, 0x20, 0x22, 0x5c, 0x7e, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2,
		         0xdf, 0xe0, 0xe1, 0xec, 0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xff]
		random.seed(1)
		texts = [b"", bytes(range(256)), b"\xe2\x80\xa8 \xf0\x9f\x98\x80",
		         b"".join(bytes(p) + b"/" for n in (1, 2, 3) for p in itertools.product(edges, repeat=n)),
		         b"".join(bytes(p) + b"/" for p in itertools.product([0xf0, 0xf1, 0xf3, 0xf4], edges, edges, edges)),
		         random.randbytes(200000),
		         "".join(map(chr, [*range(0xd800), *range(0xe000, 0x11000)])).encode()]
		for text in texts:
		    done = subprocess.run(sys.argv[1], input=text, stdout=subprocess.PIPE, check=True)
		    out = done.stdout.decode()
		    assert out.endswith("\n") and all(c == "\n" or ord(c) >= 32 and not 127 <= ord(c) < 160 for c in out)
		    value = json.loads(out)
		    assert value["text"] == text.decode(errors="each")
		    assert value["list"] == [-2 ** 63, -1.5, 60.007, True, ""] and value["empty\n"] == {}
	END
}

@test "log: JSON lines have the fields of the text" {
	start_sink --on 'RCPT:bad=550 5.1.1 no "such" user'
	conf_plain 'log json' 'root ops@example.com'
	send -L cron/job -f kit@example.org root bad@example.net < <(message)
	assert_exit 67
	sed -i '/^sendlet: /d' "$ERR"
	log_is 'len(lines) == 3'
	log_is 'all(list(l)[:4] == ["time", "program", "pid", "level"] for l in lines)'
	log_is '[l["level"] for l in lines] == ["info", "info", "error"]'
	log_is 'all(l["program"] == "cron/job" and l["pid"] > 0 for l in lines)'
	log_is 'list(lines[0])[4:] == ["from", "size", "nrcpt", "uid"]'
	log_is 'lines[0]["from"] == "kit@example.org" and lines[0]["nrcpt"] == 2'
	log_is 'list(lines[1])[4:] == ["to", "orig_to", "relay", "delay", "dsn", "status", "reply"]'
	log_is 'lines[1]["to"] == "ops@example.com" and lines[1]["orig_to"] == "root"'
	log_is "lines[1]['relay'] == '127.0.0.1[127.0.0.1]:$PORT' and lines[1]['status'] == 'sent'"
	log_is 'isinstance(lines[1]["delay"], float) and lines[1]["delay"] < 60'
	log_is 'lines[2]["dsn"] == "5.1.1" and lines[2]["status"] == "bounced"'
	log_is 'lines[2]["reply"].endswith("550 5.1.1 no \"such\" user")'
}

@test "log: the time is RFC 3339's, in UTC" {
	start_sink
	conf_plain 'log json'
	ENV=(TZ=XYZ-5)
	to_pat
	"${PYTHON[@]}" - "$ERR" <<-'END'
		import datetime, json, sys
		for line in open(sys.argv[1]):
		    then = datetime.datetime.strptime(json.loads(line)["time"], "%Y-%m-%dT%H:%M:%S.%fZ")
		    assert abs((datetime.datetime.utcnow() - then).total_seconds()) < 60
	END
}

@test "log: odd bytes in addresses, replies and names" {
	start_sink --on "RCPT=550 5.1.1 $ODD"
	conf_plain 'log json'
	send -L "$ODD" -f "\"$ODD\"@example.org" "$ODD" 'ä@example.net' < <(message)
	[[ $status != 0 ]]
	sed -i '/^sendlet: /d' "$ERR"
	log_is 'len(lines) >= 1'
	log_is 'all(set(l["program"]) <= set("_") for l in lines)'
}

@test "log: what is spooled has its identifier, in text too" {
	down
	to_pat
	assert_exit 0
	PORT=$RELAY_PORT conf_plain 'log json'
	run_queue
	log_is 'lines[-1]["to"] == "pat@example.net" and lines[-1]["status"] == "deferred"'
	log_is "lines[-1]['id'] == '$(queued | grep -v '^lock')'"
	send --hold "$(queued)"
	log_is 'list(lines[0])[4:] == ["id", "message"] and lines[0]["message"] == "held"'
}

@test "log: a relay that is away, a message that is refused" {
	start_sink
	conf <<-END
		log json
		relay smtp+notls://127.0.0.1:$(closed_port)
		relay smtp+notls://127.0.0.1:$PORT
	END
	to_pat
	assert_exit 0
	log_is 'lines[0]["status"] == "unavailable" and "refused" in lines[0]["reply"]'
	log_is 'lines[0]["relay"].startswith("smtp+notls://") and lines[0]["level"] == "error"'
	send -h 200 pat@example.net < <(message)
	assert_exit 65
	sed -i '/^sendlet: /d' "$ERR"
	log_is 'len(lines) == 1 and lines[0]["status"] == "rejected" and "hops" in lines[0]["reply"]'
}

@test "log: text as it always was" {
	start_sink --on 'RCPT:bad=550 5.1.1 no'
	conf_plain 'log stderr' 'root ops@example.com'
	send -L cron -f kit@example.org root bad@example.net < <(message)
	assert_stderr_line 'cron: from=<kit@example\.org>, size=[0-9]+, nrcpt=2, uid=[0-9]+'
	assert_stderr_line 'cron: to=<ops@example\.com>, orig_to=<root>, relay=127\.0\.0\.1\[127\.0\.0\.1\]:[0-9]+, delay=[0-9]+\.[0-9][0-9], dsn=2\.0\.0, status=sent \(250 .*\)'
	assert_stderr_line 'cron: to=<bad@example\.net>, relay=127\.0\.0\.1\[127\.0\.0\.1\]:[0-9]+, delay=[0-9]+\.[0-9][0-9], dsn=5\.1\.1, status=bounced \(RCPT TO: 550 5\.1\.1 no\)'
}

@test "log: mailq -j of a sender with quotes and umlauts" {
	down
	submit -f '"a\"b ä"@example.org' pat@example.net
	assert_exit 0
	send -bp -j
	"${PYTHON[@]}" - "$OUT" <<-'END'
		import json, sys
		assert json.loads(open(sys.argv[1], "rb").read())["sender"] == '"a\\"b ä"@example.org'
	END
}

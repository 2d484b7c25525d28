#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""What dkimpy says of each signature: dkim_judge.py RECORDS MESSAGE...

RECORDS has a DNS name and its TXT record on each line.
"""
import sys

import dkim

records = {}
for line in open(sys.argv[1], "rb"):
    name, text = line.rstrip(b"\n").split(b" ", 1)
    records[name.lower() + b"."] = text

for path in sys.argv[2:]:
    message = dkim.DKIM(open(path, "rb").read())
    count = sum(name.lower() == b"dkim-signature" for name, _ in message.headers)
    for i in range(count):
        try:
            good = message.verify(idx=i, dnsfunc=lambda name, timeout=5: records.get(name.lower()))
        except dkim.DKIMException as problem:
            print(problem, file=sys.stderr)
            good = False
        fields = [message.signature_fields.get(tag, b"-").decode() for tag in (b"d", b"s", b"a")]
        print(*fields, "pass" if good else "fail", flush=True)

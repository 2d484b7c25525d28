# SPDX-License-Identifier: ISC
"""Random header fields through the unit driver downgrade: what Python's email
package reads out of the result is what was put in.

    same_header.py DRIVER COUNT
"""

import random
import subprocess
import sys
from email.header import decode_header
from email.message import Message
from email.utils import collapse_rfc2231_value, getaddresses

PLAIN = ["one", "two", "=?x", "a.b", "100%", "_", "Re:", "x" * 40, "=?utf-8?Q?=C3=BC?="]
WIDE = ["Jürgen", "ä", "日本語", "e\u0301", "😀😀", "naïve", "Ü" * 30, "日" * 60]
LONG = ["y" * 950, "日" * 400]


def vis(text):
    return "".join("\\%03o" % o if o < 32 or o > 126 or o in b"\\{=" else chr(o)
                   for o in text.encode())


def words(draw, long=True):
    kinds = PLAIN * 3 + WIDE * 2 + (LONG if long else [])
    return " ".join(draw.choices(kinds, k=draw.randint(1, 12)))


def shown(text):
    """Text as a reader sees it."""
    parts = decode_header(text.replace("\n", ""))
    return "".join(p if isinstance(p, str) else p.decode(c or "raw-unicode-escape")
                   for p, c in parts)


def phrase(draw):
    if draw.random() < 0.5:
        return " ".join(draw.choices(["Kit", "J.", "Ü", "Müller", "日本"], k=3)), None
    text = words(draw, False).replace("=?", "=")
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"', text


def make(draw):
    subject = words(draw)
    names, people = [], []
    for n in range(draw.randint(1, 6)):
        written, meant = phrase(draw)
        names.append((meant or written, "p%d@example.org" % n))
        people.append("%s <p%d@example.org>" % (written, n))
    name = words(draw, draw.random() < 0.2).replace("=?", "=")
    fields = ["Subject: " + subject, "To: " + ", ".join(people),
              'Content-Type: text/plain; charset=x; name="%s"' % name]
    return fields, shown(subject), names, name


def read(lines):
    m = Message()
    field = None
    for line in lines + ["End: x"]:
        if line[0] in " \t":
            field += "\n" + line
            continue
        if field:
            m[field.split(":", 1)[0]] = field.split(":", 1)[1].lstrip(" ")
        field = line
    return m


def unvis(line):
    out, i = "", 0
    while i < len(line):
        if line[i] == "\\":
            out += chr(int(line[i + 1:i + 4], 8))
            i += 4
        elif line[i] == "{":
            n, i = line[i + 1:].split("}", 1)[0], line.index("}", i) + 1
            out += line[i] * int(n)
            i += 1
        else:
            out += line[i]
            i += 1
    return out


def main():
    draw = random.Random(42)
    cases = [make(draw) for _ in range(int(sys.argv[2]))]
    text = "".join("= %d\n" % i + "".join(vis(f) + "\n" for f in c[0])
                   for i, c in enumerate(cases))
    out = subprocess.run([sys.argv[1]], input=text, text=True, capture_output=True, check=True)
    blocks = out.stdout.split("\n= ")
    assert len(blocks) == len(cases)
    for block, (fields, subject, names, name) in zip(blocks, cases):
        lines = [unvis(line[4:]) for line in block.split("\n") if line.startswith("    ")]
        if lines == ["(as it was)"]:
            lines = fields
        m = read(lines)
        assert all(len(line) <= 998 for line in lines), lines
        assert shown(m["Subject"]) == subject, (m["Subject"], subject)
        got = [(shown(n), a) for n, a in getaddresses([m["To"].replace("\n", "")])]
        assert got == names, (m["To"], got, names)
        value = collapse_rfc2231_value(m.get_param("name"))
        assert value == name, (m["Content-Type"], value, name)
    print("%d headers are the same" % len(cases))


main()

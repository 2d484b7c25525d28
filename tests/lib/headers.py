#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""Compare what sendlet and Postfix make of a header.

    headers.py CASES SENDLET CONF POSTFIX DIR

CASES is a text file: "== TITLE" starts a case, "|TEXT" is a line of the
message, in UTF-8; "-t" as a line of its own takes the recipients from the
header.  Both get the message from a local caller.  Printed is the header that
leaves: lines of both after two blanks, "-" before those of Postfix alone and
"+" before those of sendlet alone; the same for recipients of -t, as "> ADDRESS".
What is made anew each time is shown as NEW.
"""
import difflib
import os
import re
import subprocess
import sys

CASES, SENDLET, CONF, POSTFIX, DIR = sys.argv[1:]
KNOWN = r"(?:Sun, 22|Mon, 23|Sat, 21) Nov 2026 1[01]:00:00 "
ORDER = ["Resent-Date", "Resent-From", "Resent-Message-ID", "Date", "From", "To", "Message-ID"]


def cases():
    for part in open(CASES, encoding="utf-8").read().split("== ")[1:]:
        title, *lines = part.splitlines()
        yield title, "-t" in lines, "".join(line[1:] + "\n" for line in lines if line[:1] == "|")


def call(argv, text):
    done = subprocess.run(argv, input=text.encode(), capture_output=True, timeout=60)
    # 65: one of the recipients is none.
    if done.returncode != 0 and (done.returncode != 65 or argv[0] == POSTFIX):
        sys.exit("%s: %d %s" % (argv, done.returncode, done.stderr.decode()))
    return done.stdout.decode("utf-8", "replace").replace("\r\n", "\n")


def logged():
    with open(os.path.join(DIR, "output"), encoding="utf-8", errors="replace") as log:
        return log.read()


def postfix(number, wanted, text):
    sender, rcpt = "case%d@example.org" % number, "case%d@example.test" % number
    to = ["-t"] if wanted else []
    call([POSTFIX, "submit", DIR, "-i", "-F", "Full Name", "-f", sender, *to, rcpt], text)
    header = call([POSTFIX, "message", DIR, rcpt], "").split("\n\n")[0]
    queued = re.search(r": (\w+): uid=0 from=<%s>" % sender, logged()).group(1)
    return header.rstrip("\n"), set(re.findall(r": %s: to=<([^>]*)>" % queued, logged())) - {rcpt}


def sendlet(number, wanted, text):
    sender, rcpt = "case%d@example.org" % number, "case%d@example.test" % number
    to = ["-t"] if wanted else []
    out = call(["env", "-i", "TZ=UTC", SENDLET, "--config", CONF, "--dry-run", "-i", "-F",
                "Full Name", "-f", sender, *to, rcpt], text)
    envelope, header = out.split("\n\n")[:2]
    return header, set(re.findall(r"(?m)^to <([^>]*)>$", envelope)) - {rcpt}


def normal(header, rcpts):
    """Lines in an order that does not depend on where fields were added."""
    header = re.sub(r"(?m)^((?:Resent-)?Date): (?!%s).*" % KNOWN, r"\1: NEW", header)
    header = re.sub(r"(?m)^(.*Message-)Id:", r"\1ID:", header)
    header = re.sub(r"(?m)^((?:Resent-)?Message-ID): <\d{8,}.*", r"\1: NEW", header)
    header = re.sub(r"case\d+@example.org", "caller@example.org", header)
    made = {"To: undisclosed-recipients:;", "From: Full Name <caller@example.org>",
            "Resent-From: Full Name <caller@example.org>"}
    lines = header.split("\n") if header else []
    late = {line for line in lines if line.endswith(": NEW") or line in made}
    rest = [line for line in lines if line not in late]
    return rest + sorted(late, key=lambda line: ORDER.index(line.split(":")[0])) + [
        "> " + rcpt for rcpt in sorted(rcpts)]


for number, (title, wanted, text) in enumerate(cases()):
    print("==", title)
    theirs, ours = (normal(*program(number, wanted, text)) for program in (postfix, sendlet))
    for line in difflib.ndiff(theirs, ours):
        if line[0] != "?":
            print(line.rstrip(" "))

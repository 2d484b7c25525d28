#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""Messages through sendlet to relays that take little or much, compared leaf by leaf.

    fidelity.py corpus DIR...       every message, to every kind of relay
    fidelity.py random COUNT SEED   random trees, to relays with random extensions

What leaves must keep to the rules of mail and of what the relay offers, and decode to the
same leaves as what went in, by Python's own parser.  Prints counts and every failure.

A message named refuse-... must be refused with exit status 65 where something would have to
be encoded; one named signed-... likewise, and is encoded with long-lines encode-signed.
"""
import collections
import email
import os
import random
import re
import socket
import subprocess
import sys
import tempfile
import threading

HERE = os.path.dirname(os.path.abspath(__file__))
SENDLET = os.environ.get("SENDLET", os.path.join(HERE, "../../build/sendlet"))
PASSED_ON = ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS")
RELAYS = {
    "7bit": [],
    "8bit": ["8BITMIME", "PIPELINING", "SIZE"],
    "utf8": ["8BITMIME", "SMTPUTF8", "CHUNKING", "PIPELINING"],
    "binary": ["8BITMIME", "CHUNKING", "BINARYMIME", "SMTPUTF8"],
    "binary-pipelining": ["CHUNKING", "BINARYMIME", "PIPELINING", "SIZE"],
}
DOMAINS = {"7bit": 0, "8bit": 1, "binary": 2}


class Wrong(Exception):
    """What arrived is not as it must be."""


class Relay(threading.Thread):
    """Answers one session after the other; what it heard is in the attributes."""

    def __init__(self):
        super().__init__(daemon=True)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.offer, self.error = [], None
        self.mail, self.data, self.verbs = "", None, []

    def expect(self, offer):
        self.offer, self.error, self.mail, self.data, self.verbs = offer, None, "", None, []

    def run(self):
        while True:
            sock, _ = self.listener.accept()
            with sock, sock.makefile("rb") as lines:
                try:
                    self.session(sock, lines)
                except (OSError, ValueError) as error:
                    self.error = repr(error)

    def session(self, sock, lines):
        def say(text):
            sock.sendall(text.encode() + b"\r\n")
        say("220 relay.example.com")
        while line := lines.readline():
            verb, _, rest = line.decode().strip().partition(" ")
            self.verbs.append(verb)
            if verb == "EHLO":
                words = ["relay.example.com", *self.offer]
                say("\r\n".join(["250-" + word for word in words[:-1]] + ["250 " + words[-1]]))
            elif verb == "DATA":
                say("354 go on")
                self.data = b"".join(self.stuffed(lines))
                say("250 2.0.0 Ok")
            elif verb == "BDAT":
                self.data = lines.read(int(rest.split()[0]))
                say("250 2.0.0 Ok")
            elif verb == "QUIT":
                say("221 2.0.0 Bye")
                return
            else:
                self.mail = rest if verb == "MAIL" else self.mail
                say("250 2.1.0 Ok")

    @staticmethod
    def stuffed(lines):
        while (line := lines.readline()) != b".\r\n":
            if not line:
                raise ValueError("end of text without its end")
            yield line[1:] if line.startswith(b".") else line


# -- rules ------------------------------------------------------------------------------------

def domain_of(data):
    """What the octets are, whatever they claim."""
    if max(map(len, data.split(b"\r\n")), default=0) > 998:
        return 2
    return 0 if data.isascii() else 1


def check_labels(part, limit):
    """No label claims more than the relay takes, and what holds parts is not encoded."""
    label = str(part.get("content-transfer-encoding", "7bit")).strip().lower()
    if DOMAINS.get(label, 0) > limit:
        raise Wrong(f"{part.get_content_type()} is called {label}")
    if part.is_multipart() and part.get_content_type() != "multipart/signed":
        for child in part.get_payload():
            check_labels(child, limit)


def check_wire(relay, limit):
    data, offer = relay.data, relay.offer
    binary = "BODY=BINARYMIME" in relay.mail
    if re.search(rb"(?<!\r)\n|\r(?!\n)|\0", data):
        raise Wrong("bare CR, bare LF or NUL")
    if not data.endswith(b"\r\n"):
        raise Wrong("no line end at the end")
    if binary and not {"BINARYMIME", "CHUNKING"} <= set(offer):
        raise Wrong("BINARYMIME was not offered")
    if binary and "DATA" in relay.verbs:
        raise Wrong("BINARYMIME with DATA")
    if "BODY=8BITMIME" in relay.mail and "8BITMIME" not in offer:
        raise Wrong("8BITMIME was not offered")
    if "SIZE=" in relay.mail and f"SIZE={len(data)}" not in relay.mail.split():
        raise Wrong(f"{relay.mail} for {len(data)} octets")
    body = data.partition(b"\r\n\r\n")[2]
    found = domain_of(body)
    if found > limit:
        raise Wrong(f"a body of kind {found}, the relay takes {limit}")
    if found == 2 and not binary:
        raise Wrong("long lines")
    if max(map(len, data.partition(b"\r\n\r\n")[0].split(b"\r\n"))) > 998:
        raise Wrong("a long line in the header")


# -- leaves -----------------------------------------------------------------------------------

def canonical(data):
    """As intake makes it."""
    data = re.sub(rb"\r+(?!\n|\r)", b" ", data.replace(b"\0", b" "))
    data = re.sub(rb"\r*\n", b"\r\n", data)
    if not re.match(rb"(From |[!-9;-~]+[ \t]*:|\r\n)", data):
        data = b"\r\n" + data
    return data if data.endswith(b"\n") else data + b"\r\n"


def body_of(data):
    return data[2:] if data.startswith(b"\r\n") else data.partition(b"\r\n\r\n")[2]


def leaves(part, path=""):
    """Yields where, what, and the decoded octets of every leaf."""
    kind = part.get_content_type()
    if part.is_multipart():
        children = part.get_payload()
        yield path, kind, len(children)
        for number, child in enumerate(children, 1):
            yield from leaves(child, f"{path}.{number}")
    else:
        yield path, kind, part.get_payload(decode=True)


def compare(sent, arrived):
    before, after = (email.message_from_bytes(data) for data in (sent, arrived))
    a, b = list(leaves(before)), list(leaves(after))
    if a != b:
        for left, right in zip(a, b):
            if left != right:
                raise Wrong(f"{left!r:.300} became {right!r:.300}")
        raise Wrong(f"{len(a)} entities became {len(b)}")
    return len(a)


# -- the program ------------------------------------------------------------------------------

class Bench:
    def __init__(self):
        self.relay = Relay()
        self.relay.start()
        self.count = collections.Counter()
        self.failures = 0
        self.dir = tempfile.TemporaryDirectory()

    def conf(self, *more):
        path = os.path.join(self.dir.name, "conf" + "".join(more).replace(" ", "-"))
        if not os.path.exists(path):
            with open(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
                print("hostname client.example.org", "aliases off", "spool off", "dead-letter off",
                      *more, f"relay smtp+notls://127.0.0.1:{self.relay.port}", sep="\n", file=file)
        return path

    def send(self, data, offer, *more):
        self.relay.expect(offer)
        env = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        done = subprocess.run([SENDLET, "--config", self.conf(*more), "-i", "-f", "kit@example.org",
                               "pat@example.net"], input=data, env=env, capture_output=True,
                              timeout=60, check=False)
        if self.relay.error:
            raise Wrong(self.relay.error)
        return done.returncode, done.stderr.decode("latin-1").strip()

    def deliver(self, data, offer, *more):
        """Sends the message; it must arrive as it should."""
        status, text = self.send(data, offer, *more)
        if status != 0:
            raise Wrong(f"exit {status}: {text}")
        limit = 2 if {"BINARYMIME", "CHUNKING"} <= set(offer) else "8BITMIME" in offer
        check_wire(self.relay, limit)
        sent = canonical(data)
        self.count["leaves"] += compare(sent, self.relay.data)
        body = body_of(sent)
        same = self.relay.data.endswith(b"\r\n\r\n" + body)
        self.count["as they were" if same else "encoded"] += 1
        if not same:
            check_labels(email.message_from_bytes(self.relay.data), limit)
        if not same and domain_of(body) <= limit and "BODY=BINARYMIME" not in self.relay.mail:
            raise Wrong("changed without need")

    def refused(self, data, offer, *more):
        status, text = self.send(data, offer, *more)
        if status != 65 or self.relay.data is not None:
            raise Wrong(f"exit {status} instead of 65: {text}")
        if not re.fullmatch(r"sendlet: .*message: [ -~]+", text):
            raise Wrong(f"not one clear line: {text}")
        self.count["refused"] += 1

    def attempt(self, name, function, *arguments):
        self.count["messages"] += 1
        try:
            function(*arguments)
        except (Wrong, subprocess.TimeoutExpired) as error:
            self.failures += 1
            print(f"{name}: {error}")

    def summary(self):
        print(", ".join(f"{number} {what}" for what, number in sorted(self.count.items())))
        return self.failures > 0


def corpus(bench, directories):
    for directory in directories:
        for name in sorted(os.listdir(directory)):
            with open(os.path.join(directory, name), "rb") as file:
                data = file.read()
            bench.count["files"] += 1
            body = body_of(canonical(data))
            for kind, offer in RELAYS.items():
                limit = 2 if "BINARYMIME" in offer else "8BITMIME" in offer
                bound = name.startswith(("signed-", "refuse-")) and domain_of(body) > limit
                bench.attempt(f"{name} to {kind}", bench.refused if bound else bench.deliver,
                              data, offer)
                if bound and name.startswith("signed-"):
                    bench.attempt(f"{name} to {kind}, encoded", bench.deliver, data, offer,
                                  "long-lines encode-signed")


# -- random trees -----------------------------------------------------------------------------

class Tree:
    """Messages that nobody would write."""

    LABELS = [b"7bit", b"8bit", b"binary"]
    TYPES = [b"text/plain; charset=utf-8", b"text/html", b"application/octet-stream", b"image/png",
             b"text/plain; charset=iso-8859-1", b"application/json", b""]
    WORDS = ["word", "Gr\u00fc\u00dfe", "\u65e5\u672c\u8a9e", "From ", ".", "--", "-- ", "=", "=C3", "\t", " ",
             "--b", "\U0001f642", "F", "x" * 75, "y" * 200, "a=b", "~" * 76]

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.boundaries = 0
        self.end = self.random.choice([b"\n", b"\r\n"])

    def chance(self, percent):
        return self.random.randrange(100) < percent

    def boundary(self):
        """Often one is the start of another."""
        self.boundaries += 1
        return b"b" + b"b" * self.random.randrange(3) + str(self.boundaries).encode()

    def octets(self):
        data = self.random.randbytes(self.random.randrange(1, 400))
        return re.sub(rb"[\0\r\n]", b"\xff", data)

    def line(self):
        kind = self.random.randrange(12)
        if kind == 0:
            return self.octets()
        if kind == 1:
            return self.random.choice(self.WORDS).encode() * self.random.randrange(1, 60)
        return "".join(self.random.choices(self.WORDS, k=self.random.randrange(8))).encode()

    def text(self):
        ascii_only = self.chance(30)
        lines = [self.line() for _ in range(self.random.randrange(8))]
        if ascii_only:
            lines = [line.decode("latin-1").encode("ascii", "replace") for line in lines]
        # Python drops a first line that starts with a blank where it looks for a header.
        return self.end.join(line for line in lines if not line.startswith(b"--b")).lstrip(b" \t")

    def fields(self, *lines):
        lines = [line for line in lines if line]
        self.random.shuffle(lines)
        return b"".join(line + self.end for line in lines)

    def label(self, data):
        """Mostly the right one, sometimes none or another."""
        if self.chance(30):
            return b""
        right = self.LABELS[domain_of(data.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))]
        return b"Content-Transfer-Encoding: " + \
            (right if self.chance(80) else self.random.choice(self.LABELS))

    def leaf(self):
        kind, data = self.random.choice(self.TYPES), self.text()
        return self.fields(kind and b"Content-Type: " + kind, self.label(data),
                           self.chance(20) and b"X-Note: some words") + self.end + data

    def multipart(self, depth):
        boundary = self.boundary()
        kind = self.random.choice([b"mixed", b"alternative", b"related", b"digest", b"x-new"])
        body = self.text() + self.end if self.chance(20) else b""
        for _ in range(self.random.randrange(1, 5)):
            body += b"--" + boundary + b" " * self.chance(5) + self.end + self.part(depth) + self.end
        if self.chance(90):
            body += b"--" + boundary + b"--" + self.end
            body += self.text() + self.end if self.chance(20) else b""
        return self.fields(b"Content-Type: multipart/" + kind + b'; boundary="' + boundary + b'"',
                           self.label(body)) + self.end + body

    def message(self, depth):
        data = self.fields(b"Subject: inside", self.chance(50) and b"MIME-Version: 1.0") + \
            self.part(depth)
        return self.fields(b"Content-Type: message/rfc822", self.label(data)) + self.end + data

    def part(self, depth=0):
        kind = self.random.randrange(10)
        if depth < 5 and kind < 3:
            return self.multipart(depth + 1)
        return self.message(depth + 1) if depth < 5 and kind == 3 else self.leaf()

    def whole(self):
        kind = self.random.randrange(10)
        rest = self.end + self.text() if kind == 0 else self.multipart(0) if kind < 8 else self.part()
        return b"From: kit@example.org" + self.end + (
            b"MIME-Version: 1.0" + self.end if kind and self.chance(90) else b"") + rest + self.end


def random_trees(bench, count, seed):
    extensions = ["8BITMIME", "BINARYMIME", "CHUNKING", "SMTPUTF8", "PIPELINING", "SIZE"]
    for number in range(seed, seed + count):
        tree = Tree(number)
        data = tree.whole()
        offer = [name for name in extensions if tree.chance(50)]
        before = bench.failures
        bench.attempt(f"seed {number} to {offer}", bench.deliver, data, offer)
        if bench.failures > before and "KEEP" in os.environ:
            with open(os.path.join(os.environ["KEEP"], f"{number}.eml"), "wb") as file:
                file.write(data)


def main():
    bench = Bench()
    if sys.argv[1] == "corpus":
        corpus(bench, sys.argv[2:])
    elif sys.argv[1] == "random":
        random_trees(bench, int(sys.argv[2]), int(sys.argv[3]))
    else:
        sys.exit("usage: fidelity.py corpus DIR... | random COUNT SEED")
    return bench.summary()


if __name__ == "__main__":
    sys.exit(main())

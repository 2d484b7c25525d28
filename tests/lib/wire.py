#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""Play exact-wire cases: run sendlet against scripted relays, compare all.

    wire.py CASE.t...           the program is $SENDLET or build/sendlet

A case is a text file.  Its head describes the call:

    # comment
    args: -f kit@example.org -i pat@example.net   words, split as a shell does
    conf: timeout-dot 1s        a line of the configuration; unless one is a
                                relay, each server is smtp+notls://, in order
    env: NAME=value             added to an empty environment
    exit: 69                    0 when left out
    stderr: text                one line, exact
    stderr~: regex              one line, matched whole; none: silence
    M: text                     a line of the message on stdin
    A: text                     a line of the file of aliases

@PORT@, @PORT2@ and @CERT@ stand for the servers' ports and certificate.
Then come the dialogues, one for each relay, opened by the word `server`:

    S: 220 ready        sent with CRLF           S+: 220 rea   sent without
    C: EHLO me          expected with CRLF       C~: Date: .*  regex, whole
    C/: Date: .*        like C~, but neighbours may come in any order
    starttls, tls       TLS handshake
    split N             from here on send N bytes at a time
    pause SECONDS
    alone               the client says no more until it is answered
    close, reset        close the connection, or have it reset
    stall               say no more until the client hangs up
    accept              the next connection to the same relay
    never               no connection may arrive
    refuse              the port is closed

In every text \\r \\n \\t \\0 \\xNN \\\\ are escapes; a final \\c takes the line
end of M away.  A dialogue ends with the client closing its side.
"""
import difflib
import itertools
import os
import re
import select
import shlex
import socket
import ssl
import struct
import subprocess
import sys
import tempfile
import threading
import time

PATIENCE = 15.0                         # seconds a case may take
HERE = os.path.dirname(os.path.abspath(__file__))
SENDLET = os.environ.get("SENDLET", os.path.join(HERE, "../../build/sendlet"))
PASSED_ON = ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS", "LLVM_PROFILE_FILE")
ESCAPES = {b"r": b"\r", b"n": b"\n", b"t": b"\t", b"0": b"\0", b"\\": b"\\"}
STEP = re.compile(r"(S\+?|C[~/]?):(?: (.*))?|(split|pause) ([\d.]+)|"
                  r"(starttls|tls|alone|close|reset|stall|accept|never|refuse)")


def unescape(text):
    return re.sub(rb"\\(?:x([0-9a-fA-F]{2})|([rnt0\\]))",
                  lambda m: bytes.fromhex(m[1].decode()) if m[1] else ESCAPES[m[2]], text.encode())


def escape(data):
    """Bytes as a case would write them."""
    for char, code in (b"\\\\", b"\\"), (b"\\r", b"\r"), (b"\\0", b"\0"):
        data = data.replace(code, char)
    return re.sub(rb"[^ -~]", lambda m: b"\\x%02x" % m[0], data).decode()


class Case:
    """The text of one case."""

    def __init__(self, path):
        self.args, self.conf, self.env, self.stderr = [], [], {}, []
        self.servers, self.exit, self.stdin, self.aliases = [], 0, b"", b""
        with open(path, encoding="utf-8", newline="\n") as file:
            text = file.read()
            self.needs_certificate = re.search(r"@CERT@|^(start)?tls$", text, re.M)
            for number, line in enumerate(text.split("\n"), 1):
                if line and not line.startswith("#") and not self.take(line):
                    sys.exit(f"{path}:{number}: cannot read {line!r}")

    def take(self, line):
        if line == "server":
            self.servers.append([])
            return True
        if self.servers:
            match = STEP.fullmatch(line)
            if match:
                self.servers[-1].append((match[1] or match[3] or match[5], match[2] or match[4] or ""))
            return match
        key, colon, text = line.partition(":")
        text = text.removeprefix(" ")
        if key == "args":
            self.args += shlex.split(text)
        elif key == "conf":
            self.conf.append(text)
        elif key == "env":
            self.env.update([text.split("=", 1)])
        elif key == "exit":
            self.exit = int(text)
        elif key in ("stderr", "stderr~"):
            self.stderr.append((key, text))
        elif key == "A":
            self.aliases += unescape(text) + b"\n"
        elif key == "M":
            self.stdin += unescape(text[:-2]) if text.endswith("\\c") else unescape(text) + b"\n"
        else:
            return False
        return colon


class Strayed(Exception):
    """The client left the script, or the connection; the rest cannot be played."""


class Relay(threading.Thread):
    """One scripted server: plays its steps and writes down what really happened."""

    def __init__(self, steps, certificate):
        super().__init__(daemon=True)
        self.steps, self.certificate = steps, certificate
        self.expected = [self.show(*step) for step in steps]
        self.actual = []
        self.sock, self.buffer, self.output = None, b"", b""
        self.pipelining, self.chunk, self.gone = False, 0, False
        self.patience = PATIENCE / 2
        self.over = threading.Event()   # the program has ended
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        if steps[0][0] == "refuse":
            self.listener.close()

    @staticmethod
    def show(step, text):
        return f"{step}: {text}" if step[0] in "SC" else f"{step} {text}".rstrip()

    def run(self):
        try:
            if self.steps[0][0] in ("refuse", "never"):
                self.over.wait()
                arrived = self.steps[0][0] == "never" and self.ready(self.listener, 0)
                self.actual = ["(a connection arrived)"] if arrived else self.expected
                return
            self.accept()
            for unordered, steps in itertools.groupby(self.steps, lambda step: step[0] == "C/"):
                if unordered:
                    self.hear_any_order([text for _, text in steps])
                else:
                    for step, text in steps:
                        self.play(step, text)
            self.flush()
            self.hear_out()
        except Strayed as error:
            self.actual.append(f"({error})")
            self.patience = 0.3
            self.hear_out()
        finally:
            self.hang_up()

    def play(self, step, text):
        if step in ("S", "S+"):
            self.output += unescape(text) + b"\r\n" * (step == "S")
            self.actual.append(self.show(step, text))
            return
        self.flush()
        if step in ("C", "C~"):
            line = self.hear()
            if not self.fits(step, text, line):
                self.actual.append("C: " + escape(line))
                raise Strayed("that is not in the script")
        elif step in ("starttls", "tls"):
            self.handshake()
        elif step == "alone":
            if self.buffer or self.ready(self.sock, 0.2):
                raise Strayed("the client did not wait")
        elif step == "split":
            self.chunk = int(text)
        elif step == "pause":
            time.sleep(float(text))
        elif step in ("close", "reset"):
            self.hang_up(step == "reset")
        elif step == "accept":
            self.hear_out()
            self.hang_up()
            self.accept()
        self.actual.append(self.show(step, text))

    @staticmethod
    def fits(step, text, line):
        return line == unescape(text) if step == "C" else re.fullmatch(text.encode(), line)

    def hear_any_order(self, patterns):
        self.flush()
        lines, wanted = [self.hear() for _ in patterns], list(patterns)
        for line in lines:
            found = next((text for text in wanted if self.fits("C/", text, line)), None)
            if found is None:
                self.actual += ["C: " + escape(line) for line in lines]
                raise Strayed("these are not in the script")
            wanted.remove(found)
        self.actual += [self.show("C/", text) for text in patterns]

    # -- the connection -----------------------------------------------------------------------

    def ready(self, sock, seconds):
        return bool(select.select([sock], [], [], seconds)[0])

    def accept(self):
        while not self.ready(self.listener, 0.05):
            if self.over.is_set():
                raise Strayed("no connection arrived")
        self.sock, _ = self.listener.accept()
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer, self.pipelining, self.gone = b"", False, False

    def handshake(self):
        if self.buffer:
            raise Strayed(f"plain text sent before the handshake: {escape(self.buffer)}")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, self.certificate + ".key")
        self.sock.settimeout(PATIENCE)
        try:
            self.sock = context.wrap_socket(self.sock, server_side=True)
        except OSError as error:
            raise Strayed(f"TLS handshake: {error}") from error
        self.pipelining = False

    def flush(self):
        """Send what the script said since the client's last line."""
        if not self.output:
            return
        if not self.pipelining and (self.buffer or self.ready(self.sock, 0)):
            self.receive()
            if self.buffer:
                self.actual.append("(the client did not wait for this)")
        self.pipelining |= b"PIPELINING" in self.output
        size = self.chunk or len(self.output)
        try:
            for start in range(0, len(self.output), size):
                self.sock.sendall(self.output[start:start + size])
                time.sleep(0.002 if self.chunk else 0)
        except OSError as error:
            raise Strayed(f"cannot send: {error}") from error
        self.output = b""

    def receive(self):
        if not self.ready(self.sock, self.patience):
            self.gone = True
            self.actual.append("(the client says no more and stays)")
            return
        try:
            data = self.sock.recv(65536)
        except OSError:                 # reset: it closed with bytes of ours unread
            data = b""
        self.buffer += data
        self.gone = not data

    def hear(self):
        """The next line of the client, without CRLF; a bare LF stays."""
        while b"\n" not in self.buffer:
            self.receive()
            if self.gone:
                raise Strayed("closed by the client")
        line, _, self.buffer = self.buffer.partition(b"\n")
        return line[:-1] if line.endswith(b"\r") else line + b"\n"

    def hear_out(self):
        """Take down whatever the client says until it closes."""
        while self.sock and not self.gone:
            self.receive()
        *lines, rest = self.buffer.split(b"\r\n")
        self.actual += ["C: " + escape(line) for line in lines]
        self.actual += ["C+: " + escape(rest)] if rest else []
        self.buffer = b""

    def hang_up(self, reset=False):
        if self.sock and reset:
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        if self.sock:
            self.sock.close()
        self.sock, self.buffer = None, b""


def make_certificate(directory):
    """A throw-away self-signed certificate for 127.0.0.1; its path."""
    path = os.path.join(directory, "relay.pem")
    subprocess.run([os.path.join(HERE, "../certs/make.sh"), "self", path, "IP:127.0.0.1"],
                   check=True, capture_output=True)
    return path


def run_program(case, directory, fill):
    """Returns the exit status and the lines of stdout and stderr."""
    conf = [fill(line) for line in case.conf]
    path = os.path.join(directory, "sendlet.conf")
    with open(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
        file.write("\n".join(conf) + "\n")
    with open(os.path.join(directory, "aliases"), "wb") as file:
        file.write(case.aliases)
    env = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    env.update((name, fill(value)) for name, value in case.env.items())
    argv = [SENDLET, "--config", path, *(unescape(fill(word)) for word in case.args)]
    try:
        done = subprocess.run(argv, input=case.stdin, env=env, timeout=PATIENCE,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    except subprocess.TimeoutExpired:
        return "(still running)", []
    return done.returncode, (done.stdout + done.stderr).split(b"\n")[:-1]


def play(path):
    """Returns the differences between the case and what happened, as diff lines."""
    case = Case(path)
    with tempfile.TemporaryDirectory() as directory:
        certificate = make_certificate(directory) if case.needs_certificate else ""
        relays = [Relay(steps, certificate) for steps in case.servers]
        places = {"@CERT@": certificate, "@DIR@": directory}
        for number, relay in enumerate(relays, 1):
            places[f"@PORT{number if number > 1 else ''}@"] = str(relay.port)
            relay.start()

        def fill(text):
            return re.sub(r"@\w+@", lambda m: places.get(m[0], m[0]), text)
        if not any(line.startswith("relay ") for line in case.conf):
            case.conf += [f"relay smtp+notls://127.0.0.1:{relay.port}" for relay in relays]
        if not any(line.startswith("hostname ") for line in case.conf):
            case.conf.insert(0, "hostname client.example.org")
        case.conf[:0] = ["aliases @DIR@/aliases", "spool off", "dead-letter off"]
        status, lines = run_program(case, directory, fill)
    expected = [f"exit: {case.exit}"] + [f"{key}: {text}" for key, text in case.stderr]
    actual = [f"exit: {status}"]
    for line, (key, text) in itertools.zip_longest(lines, case.stderr, fillvalue=("", "")):
        if line == ("", ""):
            continue
        text = fill(text)
        same = re.fullmatch(text.encode(), line) if key == "stderr~" else line == unescape(text)
        actual.append(f"{key}: {text}" if key and same else "stderr: " + escape(line))
    for relay in relays:
        relay.over.set()
        relay.join(PATIENCE)
        expected += ["server", *relay.expected]
        actual += ["server", *relay.actual]
    expected = [fill(line) for line in expected]
    actual = [fill(line) for line in actual]
    return list(difflib.unified_diff(expected, actual, path, "what happened", lineterm="", n=30))


def main():
    failed = False
    for path in sys.argv[1:]:
        if difference := play(path):
            failed = True
            print(*difference, sep="\n")
    return failed


if __name__ == "__main__":
    sys.exit(main())

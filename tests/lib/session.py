# SPDX-License-Identifier: ISC
"""One session of the test sink: RFC 5321 as a server, with an eye on the client.

Session.run() is the dialogue; a do_VERB() method answers each command.  What
the client does against the protocol goes to violation(), what --on wants
instead of the proper reply happens in answer().
"""
import base64
import binascii
import hashlib
import hmac
import os
import re
import select
import socket
import ssl
import struct
import time

import sasl

# Commands that end a pipelined group: nothing may follow before the reply (RFC 2920 section 3.1).
LAST_IN_GROUP = {"EHLO", "HELO", "LHLO", "DATA", "STARTTLS", "VRFY", "NOOP"}
MAIL_KEYWORDS = {"SIZE": "SIZE", "BODY": "8BITMIME", "SMTPUTF8": "SMTPUTF8", "AUTH": "AUTH",
                 "RET": "DSN", "ENVID": "DSN", "REQUIRETLS": "REQUIRETLS"}
RCPT_KEYWORDS = {"NOTIFY": "DSN", "ORCPT": "DSN"}
RCPT_OVERSHOOT = 1000               # as Postfix has it, before it loses its patience
PATH = re.compile(rb'(?:MAIL FROM|RCPT TO):<((?:[^<>" ]|"(?:[^"\\]|\\.)*")*)>((?: [!-~]+)*)', re.I)


class Hangup(Exception):
    """The session is over."""


def unescape(text):
    return text.encode().decode("unicode_escape").encode("latin-1")


def reset_peer(sock):
    """Arrange for close() to send RST."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def exported(keylog, cipher):
    """Keying material for tls-exporter (RFC 8446 section 7.5) from the key log: Python has no API."""
    name = "sha384" if "SHA384" in cipher else "sha256"

    def expand(secret, label, context, size):
        label = b"tls13 " + label
        info = struct.pack(">HB", size, len(label)) + label + bytes([len(context)]) + context
        return hmac.new(secret, info + b"\1", name).digest()[:size]
    with open(keylog) as file:
        secret = [line.split()[2] for line in file if line.startswith("EXPORTER_SECRET")][-1]
    empty = hashlib.new(name).digest()
    derived = expand(bytes.fromhex(secret), b"EXPORTER-Channel-Binding", empty, len(empty))
    return expand(derived, b"exporter", empty, 32)


class Session:
    def __init__(self, sink, sock, number):
        self.sink, self.options, self.number = sink, sink.options, number
        self.sock, self.buffer = sock, b""
        self.wire = open(os.path.join(sink.options.dir, f"wire.{number}"), "wb")
        self.bent = self.tls_closed = False
        self.beyond = 0
        self.forget()
        self.sni = self.peer = None

    def forget(self):
        """The state after connecting and after STARTTLS."""
        self.hello, self.keywords, self.identity, self.mechanism = None, [], None, None
        self.mail, self.rcpts, self.chunks = None, [], b""

    # -- the log ------------------------------------------------------------------------------

    def trace(self, who, data):
        self.sink.note("trace", f"{self.number} {who} {data!r}")

    def violation(self, text):
        self.sink.note("violations", f"session {self.number}: {text}")

    # -- bytes --------------------------------------------------------------------------------

    def receive(self):
        try:
            data = self.sock.recv(65536)
        except ssl.SSLEOFError:
            data = b""                  # no close_notify
        except OSError as error:        # RST, or a TLS alert, which says enough
            self.trace("!", str(error))
            data, self.bent = b"", self.bent or isinstance(error, ssl.SSLError)
        else:
            self.tls_closed = not data and self.encrypted()
        self.wire.write(data)
        self.wire.flush()
        if not data:
            self.trace("C", data)
            if not self.bent:
                self.violation("connection closed without QUIT")
            raise Hangup
        self.buffer += data

    def readline(self):
        while (end := self.buffer.find(b"\n")) < 0:
            self.receive()
        line, self.buffer = self.buffer[:end + 1], self.buffer[end + 1:]
        return line

    def readlines(self):
        """Yield lines without copying the rest of the buffer for each."""
        while True:
            *lines, self.buffer = self.buffer.split(b"\n")
            for number, line in enumerate(lines):
                if (yield line + b"\n") == "stop":
                    self.buffer = b"\n".join([*lines[number + 1:], self.buffer])
                    return
            self.receive()

    def waiting(self, seconds=0.0):
        """Has the client sent more than was read?"""
        pending = getattr(self.sock, "pending", lambda: 0)
        return bool(self.buffer or pending() or select.select([self.sock], [], [], seconds)[0])

    def send(self, data):
        self.trace("S", data)
        try:
            self.sock.sendall(data)
        except OSError as error:
            self.trace("!", str(error))
            raise Hangup from error

    def command(self):
        line = self.readline()
        self.trace("C", line)
        extra = 26 * ("SIZE" in self.names()) + 17 * ("8BITMIME" in self.names())
        if not line.endswith(b"\r\n") or re.search(rb"[\r\0]", line[:-2]):
            self.violation(f"bare CR, bare LF or NUL in {line!r}")
        if len(line) > 512 + extra * line.startswith(b"MAIL"):
            self.violation(f"command line of {len(line)} octets")
        if not line.isascii() and "SMTPUTF8" not in self.names():
            self.violation(f"8-bit command {line!r}")
        return line.rstrip(b"\r\n")

    # -- replies ------------------------------------------------------------------------------

    def answer(self, stage, reply, line=b""):
        """Send reply, or what the rules make of it; returns its code."""
        data, early, drip = unescape(reply).replace(b"\n", b"\r\n") + b"\r\n", b"", 0.0
        for rule in self.sink.rules:
            with self.sink.lock:
                applies = rule.applies(stage, line)
            if not applies:
                continue
            word, _, argument = rule.action.partition(" ")
            self.bent = True
            if word[:3].isdigit():
                data = unescape(rule.action).replace(b"\n", b"\r\n") + b"\r\n"
            elif word == "early":
                early = unescape(argument)
            elif word == "drip":
                drip = float(argument)
            elif word == "delay":
                time.sleep(float(argument))
            else:
                self.hang_up(word, data[:int(argument or 0)])
        last = stage in LAST_IN_GROUP or (stage == "AUTH" and data[:1] == b"3")
        if last or "PIPELINING" not in self.names():
            if self.waiting(0.005):
                self.violation(f"did not wait for the reply to {stage}")
        if drip:
            for byte in data:
                time.sleep(drip)
                self.send(bytes([byte]))
        else:
            self.send(data + early)
        if data.startswith(b"421"):
            raise Hangup
        return int(data[:3])

    def hang_up(self, word, data):
        if word == "stall":
            while True:
                self.receive()
        if word == "reset":
            reset_peer(self.sock)
        if data:
            self.send(data)
        raise Hangup

    # -- the session --------------------------------------------------------------------------

    def run(self):
        try:
            if self.options.tls == "implicit":
                self.handshake()
            self.greet()
            while True:
                line = self.command()
                verb = line.partition(b" ")[0].upper().decode("latin-1")
                handler = getattr(self, "do_" + verb, None)
                if handler:
                    handler(line)
                else:
                    self.violation(f"unknown command {line!r}")
                    self.answer(verb, "500 5.5.2 Error: command not recognized")
        except Hangup:
            pass
        finally:
            self.trace("-", "closed" + (" with close_notify" if self.tls_closed else ""))
            self.sock.close()
            self.wire.close()

    def handshake(self):
        if self.buffer:
            self.violation("plain text sent before the handshake")

        def note_name(sock, name, context):
            self.sni = name
        self.sink.context.sni_callback = note_name
        try:
            self.sock = self.sink.context.wrap_socket(self.sock, server_side=True,
                                                      suppress_ragged_eofs=False)
        except OSError as error:
            self.trace("!", f"TLS handshake: {error}")
            raise Hangup from error
        certificate = self.sock.getpeercert() or {}
        self.peer = dict(pair[0] for pair in certificate.get("subject", ())).get("commonName")
        self.trace("=", f"{self.sock.version()} {self.sock.cipher()[0]} sni={self.sni}")

    def greet(self):
        if self.waiting(0.01):
            self.violation("spoke before the greeting")
        self.answer("GREETING", "220 relay.example.com ESMTP sink")

    def encrypted(self):
        return isinstance(self.sock, ssl.SSLSocket)

    def names(self):
        return [keyword.split(" ")[0] for keyword in self.keywords]

    def mechanisms(self):
        return [] if self.identity or not (self.encrypted() or self.options.auth_plaintext) \
            else self.options.auth.split()

    @property
    def offers_plus(self):
        return any(name.endswith("-PLUS") for name in self.mechanisms())

    def binding(self, kind):
        """Channel binding data, RFC 5929 and 9266."""
        if kind == "tls-unique" and self.sock.version() != "TLSv1.3":
            return self.sock.get_channel_binding("tls-unique")
        if kind == "tls-exporter" and self.sock.version() == "TLSv1.3":
            return exported(os.path.join(self.options.dir, "keys"), self.sock.cipher()[0])
        if kind == "tls-server-end-point":
            with open(self.options.cert) as file:
                pem = file.read()
            end = pem.index("-----END CERTIFICATE-----") + 25
            return hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem[:end])).digest()
        raise sasl.Refused("unknown channel binding")

    def do_EHLO(self, line):
        self.hello, self.mail, self.rcpts = line[5:].decode(), None, []
        self.keywords = [word for word in self.options.ehlo.split(",") if word]
        if self.options.size:
            self.keywords.append(f"SIZE {self.options.size}")
        if self.options.tls == "starttls" and not self.encrypted():
            self.keywords.append("STARTTLS")
        if self.mechanisms():
            self.keywords.append("AUTH " + " ".join(self.mechanisms()))
        lines = ["relay.example.com", *self.keywords]
        reply = "\n".join(["250-" + text for text in lines[:-1]] + ["250 " + lines[-1]])
        if self.answer("EHLO", reply, line) >= 400:
            self.hello, self.keywords = None, []

    do_LHLO = do_EHLO

    def do_HELO(self, line):
        self.hello, self.keywords, self.mail, self.rcpts = line[5:].decode(), [], None, []
        self.answer("HELO", "250 relay.example.com", line)

    def do_STARTTLS(self, line):
        if "STARTTLS" not in self.names():
            self.violation("STARTTLS was not offered")
        if self.answer("STARTTLS", "220 2.0.0 Ready to start TLS", line) == 220:
            self.handshake()
            self.forget()

    def do_AUTH(self, line):
        name, _, initial = line[5:].decode().partition(" ")
        if name not in self.mechanisms():
            self.violation(f"AUTH {name} was not offered")
            return self.answer("AUTH", "504 5.5.4 Unrecognized authentication type", line)
        try:
            steps = sasl.MECHANISMS[name](self.sink.account, self)
            challenge = next(steps)
            if initial:
                challenge = steps.send(base64.b64decode(initial.replace("=", "", initial == "=")))
            while True:
                step = "334 " + base64.b64encode(challenge or b"").decode()
                if self.answer("AUTH", step, line) != 334:
                    return None
                response = self.readline()
                self.trace("C", response)
                line = response.rstrip(b"\r\n")
                if line == b"*":
                    return self.answer("AUTH", "501 5.7.0 Authentication aborted")
                challenge = steps.send(base64.b64decode(line, validate=True))
        except StopIteration as done:
            reply, identity = "235 2.7.0 Authentication successful", done.value.decode()
        except (sasl.Refused, binascii.Error, ValueError, KeyError) as error:
            reply, identity = f"535 5.7.8 Authentication failed: {error}", None
        if self.answer("AUTH", reply, line) == 235:
            self.identity, self.mechanism = identity, name

    def path(self, line, keywords):
        """The address and the parameters of MAIL or RCPT."""
        match = PATH.fullmatch(line)
        if not match:
            self.violation(f"malformed {line!r}")
            return "", []
        words = match[2].decode().split()
        for word in words:
            if keywords.get(word.split("=")[0]) not in self.names():
                self.violation(f"parameter {word} without the extension")
        return match[1].decode(), words

    def do_MAIL(self, line):
        _, words = self.path(line, MAIL_KEYWORDS)
        size = next((int(word[5:]) for word in words if word.startswith("SIZE=")), 0)
        if self.hello is None or self.mail:
            self.violation("MAIL out of order")
            self.answer("MAIL", "503 5.5.1 Error: nested MAIL or no EHLO", line)
        elif self.options.require_tls and not self.encrypted():
            self.answer("MAIL", "530 5.7.0 Must issue a STARTTLS command first", line)
        elif self.options.require_auth and not self.identity:
            self.answer("MAIL", "530 5.7.0 Authentication required", line)
        elif self.options.size and size > self.options.size:
            self.answer("MAIL", "552 5.3.4 Message size exceeds fixed limit", line)
        elif self.answer("MAIL", "250 2.1.0 Ok", line) < 400 and PATH.fullmatch(line):
            self.mail, self.rcpts, self.chunks, self.beyond = line, [], b"", 0

    def do_RCPT(self, line):
        self.path(line, RCPT_KEYWORDS)
        if not self.mail:
            if "PIPELINING" not in self.names():
                self.violation("RCPT before MAIL")
            self.answer("RCPT", "503 5.5.1 Error: need MAIL command", line)
        elif self.options.rcpt_limit and len(self.rcpts) >= self.options.rcpt_limit:
            self.beyond += 1
            self.answer("RCPT", "452 4.5.3 Error: too many recipients" if self.beyond <= RCPT_OVERSHOOT
                        else "421 4.7.0 Error: too many errors", line)
        elif self.answer("RCPT", "250 2.1.5 Ok", line) < 400 and PATH.fullmatch(line):
            self.rcpts.append(line)

    def ready_for_data(self, verb):
        if not self.rcpts and "PIPELINING" not in self.names():
            self.violation(f"{verb} without recipients")
        return bool(self.rcpts)

    def do_DATA(self, line):
        if not self.ready_for_data("DATA"):
            self.answer("DATA", "554 5.5.1 Error: no valid recipients", line)
        elif self.answer("DATA", "354 End data with <CR><LF>.<CR><LF>", line) == 354:
            self.accept(b"".join(self.text()))

    def text(self):
        """Yield the lines of a message up to the final dot, un-stuffed."""
        lines = self.readlines()
        for line in lines:
            if line == b".\r\n":
                try:
                    lines.send("stop")
                except StopIteration:
                    return
            if line[-2:] != b"\r\n" or b"\r" in line[:-2] or b"\0" in line:
                self.violation(f"bare CR, bare LF or NUL in text line {line[:80]!r}")
            line = line[line[:1] == b".":]
            if len(line) > 1000:
                self.violation(f"text line of {len(line)} octets")
            yield line

    def do_BDAT(self, line):
        ready = self.ready_for_data("BDAT")
        _, size, *last = line.split()
        while len(self.buffer) < int(size):
            self.receive()
        self.chunks, self.buffer = self.chunks + self.buffer[:int(size)], self.buffer[int(size):]
        if not ready:
            self.answer("BDAT", "554 5.5.1 Error: no valid recipients", line)
        elif last:
            self.accept(self.chunks)
        else:
            self.answer("BDAT", f"250 2.0.0 {size.decode()} octets received", line)

    def accept(self, body):
        envelope = {
            "session": self.number, "helo": self.hello,
            "mail": self.mail.decode(),
            "rcpt": [line.decode() for line in self.rcpts],
            "sender": PATH.fullmatch(self.mail)[1].decode(),
            "recipients": [PATH.fullmatch(line)[1].decode() for line in self.rcpts],
            "tls": self.sock.version() if self.encrypted() else None,
            "sni": self.sni, "peer": self.peer, "auth": self.identity, "mechanism": self.mechanism,
            "size": len(body),
        }
        self.trace("C", f"[message of {len(body)} octets]")
        lmtp = self.options.lmtp
        rcpts, self.mail, self.rcpts = self.rcpts, None, []
        for rcpt in rcpts if lmtp else [b" ".join(rcpts)]:
            if self.options.size and len(body) > self.options.size:
                self.answer("EOM", "552 5.3.4 Message file too big", rcpt)
            elif self.answer("EOM", f"250 2.0.0 Ok: queued as {self.number:04X}", rcpt) < 400:
                self.sink.store(body, envelope | ({"rcpt": [rcpt.decode()]} if lmtp else {}))

    def do_RSET(self, line):
        self.mail, self.rcpts, self.chunks = None, [], b""
        self.answer("RSET", "250 2.0.0 Ok", line)

    def do_NOOP(self, line):
        self.answer("NOOP", "250 2.0.0 Ok", line)

    def do_QUIT(self, line):
        if self.mail and self.rcpts and not self.bent:
            self.violation("QUIT inside a transaction")
        self.answer("QUIT", "221 2.0.0 Bye", line)
        self.bent = True
        try:
            while self.waiting(0.5):
                self.receive()
                self.violation("spoke after QUIT")
        except Hangup:
            pass
        raise Hangup

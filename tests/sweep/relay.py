# SPDX-License-Identifier: ISC
"""A relay that can be told, byte by byte, when to fail.

A Plan says how a session goes: what is offered, what is answered where, and
after how many bytes the connection ends.  The relay keeps a Copy of each
message it has seen the end of, whether it was able to say so or not.
"""
import re
import select
import socket
import ssl
import struct
import threading
import time

OFFERS = {"bare": [], "pipelining": ["PIPELINING", "8BITMIME"],
          "chunking": ["PIPELINING", "CHUNKING", "8BITMIME"], "lmtp": ["PIPELINING", "8BITMIME"]}
REPLIES = {"GREETING": b"220 relay.test ready\r\n", "MAIL": b"250 2.1.0 Ok\r\n",
           "RCPT": b"250 2.1.5 Ok\r\n", "DATA": b"354 Go ahead\r\n", "EOM": b"250 2.0.0 Taken\r\n",
           "RSET": b"250 2.0.0 Ok\r\n", "QUIT": b"221 2.0.0 Bye\r\n", "STARTTLS": b"220 2.0.0 Go\r\n",
           "AUTH": b"235 2.7.0 Ok\r\n"}
MESSAGE_ID = re.compile(rb"^Message-ID: <([^@>]*)@", re.M)


class Ended(Exception):
    """The session is over."""


class Plan:
    """offer: see OFFERS; tls: none, starttls, implicit; answers: stage to reply;
    cut: bytes until the connection ends (None: never) and how: close, reset,
    early (close at once, not when more is to be said); wire: count bytes below
    TLS; hangup: stages after whose reply it ends; pause: stage to a function
    that takes the session's place there."""

    def __init__(self, offer="pipelining", tls="none", cut=None, how="close", **more):
        self.offer, self.tls, self.cut, self.how = offer, tls, cut, how
        self.answers, self.hangup = more.get("answers", {}), more.get("hangup", ())
        self.wire, self.auth = more.get("wire", False), more.get("auth", False)
        self.pause = more.get("pause", {})
        self.lmtp = offer == "lmtp"


class Copy:
    """One message, as often as it came."""

    def __init__(self, body, sender, recipients):
        found = MESSAGE_ID.findall(body)
        self.ids = [text.decode() for text in found]
        self.sender, self.recipients, self.body = sender, recipients, body
        self.acknowledged = False

    @classmethod
    def of_file(cls, text):
        """What is in a Maildir."""
        sender = re.search(rb"^Return-Path: <(.*)>$", text, re.M)[1].decode()
        copy = cls(text, sender, [name.decode() for name in re.findall(rb"^Delivered-To: (.*)$", text, re.M)])
        copy.acknowledged = True
        return copy


class Session:
    def __init__(self, relay, sock, plan):
        self.relay, self.sock, self.plan = relay, sock, plan
        self.left, self.input, self.tls = plan.cut, bytearray(), None
        self.said = []

    # -- bytes ------------------------------------------------------------------------------

    def end(self):
        """Ends the connection the way the plan says."""
        if self.plan.how == "reset":
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        else:
            self.sock.shutdown(socket.SHUT_WR)
            self.sock.settimeout(2)
            while self.sock.recv(65536):
                pass
        raise Ended

    def spend(self, data):
        """As much of the data as may still leave."""
        if self.left is None:
            return data
        part = data[:self.left]
        self.left -= len(part)
        return part

    def push(self, data):
        if not data:
            return
        part = self.spend(data) if self.plan.wire or self.tls is None else data
        if part:
            self.sock.sendall(part)
        if len(part) < len(data):
            self.end()

    def flush_tls(self):
        self.push(self.tls[2].read())

    def say(self, data):
        if self.tls is None:
            self.push(data)
        else:
            part = data if self.plan.wire else self.spend(data)
            if part:
                self.tls[0].write(part)
            self.flush_tls()
            if len(part) < len(data):
                self.end()
        self.said.append(len(data))
        if self.left == 0 and self.plan.how == "early":
            self.end()

    def fill(self):
        """More input, through TLS if there is any."""
        if self.tls is None:
            data = self.sock.recv(65536)
            self.input += data
        else:
            data = self.decrypt()
        if not data:
            raise Ended

    def decrypt(self):
        while True:
            try:
                text = self.tls[0].read(65536)
                self.input += text
                return text
            except ssl.SSLWantReadError:
                data = self.sock.recv(65536)
                if not data:
                    raise Ended from None
                self.tls[1].write(data)

    def line(self):
        while (at := self.input.find(b"\n")) < 0:
            self.fill()
        line = bytes(self.input[:at + 1])
        del self.input[:at + 1]
        return line.rstrip(b"\r\n")

    def start_tls(self):
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        tls = self.relay.context.wrap_bio(incoming, outgoing, server_side=True)
        self.input.clear()
        self.tls = (tls, incoming, outgoing)
        while True:
            try:
                tls.do_handshake()
                return self.flush_tls()
            except ssl.SSLWantReadError:
                self.flush_tls()
            data = self.sock.recv(65536)
            if not data:
                raise Ended
            incoming.write(data)

    # -- dialogue ---------------------------------------------------------------------------

    def planned(self, stage):
        return self.plan.answers.get(stage) or self.plan.answers.get(stage.rstrip("0123456789"))

    def answer(self, stage):
        """Replies; true when that was the usual, or a kind one."""
        if stage in self.plan.pause:
            self.plan.pause[stage](self)
        reply = self.planned(stage)
        if reply is None:
            reply = self.offers() if stage == "EHLO" else REPLIES[stage.rstrip("0123456789")]
        self.say(reply)
        if stage in self.plan.hangup:
            self.end()
        return reply[:1] in b"23"

    def offers(self):
        lines = ["relay.test"] + OFFERS[self.plan.offer]
        if self.plan.tls == "starttls" and self.tls is None:
            lines.append("STARTTLS")
        if self.plan.auth:
            lines.append("AUTH PLAIN")
        return b"".join(b"250%c%s\r\n" % (b" -"[text is not lines[-1]], text.encode()) for text in lines)

    def take(self, body):
        """The end of a message: kept, then told; with LMTP to each recipient."""
        groups = [("EOM", self.recipients)]
        if self.plan.lmtp:
            groups = [(f"EOM{n + 1}", [name]) for n, name in enumerate(self.recipients)]
        copies = [(stage, Copy(body, self.sender, names)) for stage, names in groups]
        for stage, copy in copies:
            if (self.planned(stage) or b"2")[:1] not in b"45" and copy.recipients:
                self.relay.keep(copy)
        self.recipients = []
        for stage, copy in copies:
            self.answer(stage)
            copy.acknowledged = not (self.left == 0 and self.plan.how in ("early", "reset"))

    def body(self):
        if "BODY" in self.plan.pause:
            self.plan.pause["BODY"](self)
        while (at := self.input.find(b"\r\n.\r\n")) < 0:
            self.fill()
        body = bytes(self.input[:at + 2])
        del self.input[:at + 5]
        self.take(body)

    def chunk(self, line):
        size = int(line.split()[1])
        while len(self.input) < size:
            self.fill()
        self.chunks += bytes(self.input[:size])
        del self.input[:size]
        if not self.recipients:
            self.say(b"554 5.5.1 No recipients\r\n")
        elif line.upper().endswith(b"LAST"):
            self.take(self.chunks)
        else:
            self.say(b"250 2.0.0 More\r\n")

    def command(self, line):
        verb = line.split(b" ")[0].split(b":")[0].upper().decode()
        if verb == "MAIL":
            self.sender = line[line.index(b"<") + 1:line.index(b">")].decode()
            self.recipients, self.count, self.chunks = [], 0, b""
            self.mailed = self.answer("MAIL")
        elif verb == "RCPT":
            self.count += 1
            if not self.mailed:
                self.say(b"503 5.5.1 No sender\r\n")
            elif self.answer(f"RCPT{self.count}"):
                self.recipients.append(line[line.index(b"<") + 1:line.index(b">")].decode())
        elif verb == "DATA":
            if not self.recipients:
                self.say(b"554 5.5.1 No recipients\r\n")
            elif self.answer("DATA") and (self.plan.answers.get("DATA") or b"3")[:1] == b"3":
                self.body()
        elif verb == "BDAT":
            self.chunk(line)
        elif verb == "STARTTLS":
            if self.answer("STARTTLS"):
                if "TLS" in self.plan.pause:
                    self.plan.pause["TLS"](self)
                self.start_tls()
        elif verb == ("LHLO" if self.plan.lmtp else "EHLO"):
            self.answer("EHLO")
        elif verb in ("AUTH", "RSET", "QUIT"):
            self.answer(verb)
        else:
            self.say(b"500 5.5.2 What?\r\n")
        return verb != "QUIT"

    def run(self):
        try:
            if self.plan.tls == "implicit":
                if "TLS" in self.plan.pause:
                    self.plan.pause["TLS"](self)
                self.start_tls()
            self.answer("GREETING")
            while self.command(self.line()):
                pass
        except (Ended, OSError, ssl.SSLError):
            pass
        finally:
            self.relay.said, self.relay.left = self.said, self.left
            self.sock.close()


class Relay:
    """Listens on a port of its own; each session goes by the plan of the moment."""

    def __init__(self, cert=None):
        self.lock, self.copies, self.plan, self.said = threading.Lock(), [], Plan(), []
        self.sessions = set()
        self.context = None
        if cert:
            self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.context.load_cert_chain(cert, cert + ".key")
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def keep(self, copy):
        with self.lock:
            self.copies.append(copy)

    def serve(self):
        while True:
            sock, _ = self.listener.accept()
            self.accepted = time.monotonic()
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            thread = threading.Thread(target=self.one, args=(sock, self.plan), daemon=True)
            thread.start()
            self.sessions.add(thread)

    def one(self, sock, plan):
        if plan is None:
            sock.close()
        else:
            Session(self, sock, plan).run()

    def settle(self):
        """Waits until no session is under way."""
        for thread in list(self.sessions):
            thread.join(5)
            self.sessions.discard(thread)

    def forget(self):
        with self.lock:
            self.copies = []


def drip(interval, text):
    """For Plan.pause: the text, a byte at a time, for ever."""
    def pause(session):
        while True:
            for octet in text:
                session.sock.sendall(bytes([octet]))
                time.sleep(interval)
    return pause


def stall(session):
    """For Plan.pause: nothing, until the other side has gone."""
    while select.select([session.sock], [], [], 60)[0]:
        if not session.sock.recv(65536):
            break
    raise Ended

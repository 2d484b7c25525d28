#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""An SMTP server for the tests: strict about its client, pliable as a server.

    smtpd.py --dir DIR [options]

It listens, prints its port, goes to the background and leaves in DIR:

    pid            of the background process
    trace          the dialogue of every session, one repr per line
    wire.N         every byte the client of session N sent (inside TLS if any)
    messages/N.eml what arrived: dots un-stuffed, CRLF kept
    messages/N.json the envelope it came with
    violations     what the client did against the protocol; absent if nothing

--on STAGE[:TEXT][#N]=ACTION bends it, for every or the Nth time a command of
STAGE (holding TEXT) is answered.  Stages are the verbs, GREETING, and EOM
(after the final dot).  ACTION is a reply ("550 5.1.1 no", escapes
allowed, \\n between lines) or one of
    close, reset, stall     instead of the reply
    cut N                   the first N bytes of the reply, then close
    delay S                 S seconds before the reply
    drip S                  S seconds before each byte of the reply
    early TEXT              TEXT in the same segment as the reply
"""
import argparse
import json
import os
import signal
import socket
import ssl
import sys
import threading

import sasl
import session


class Rule:
    """One --on option."""

    def __init__(self, text):
        where, _, self.action = text.partition("=")
        where, _, count = where.partition("#")
        self.stage, _, self.needle = where.partition(":")
        self.count, self.seen = int(count or 0), 0

    def applies(self, stage, line):
        if stage != self.stage or self.needle.encode() not in line:
            return False
        self.seen += 1
        return self.count in (0, self.seen)


class Sink:
    """What all sessions share."""

    def __init__(self, options):
        self.options, self.lock = options, threading.Lock()
        self.rules = [Rule(text) for text in options.on]
        self.account = sasl.Account(options.user, options.password,
                                    forged=options.forge_signature)
        self.sessions = self.messages = 0
        self.context = self.server_context() if options.tls != "none" else None
        os.makedirs(os.path.join(options.dir, "messages"), exist_ok=True)

    def server_context(self):
        versions = {"1.1": ssl.TLSVersion.TLSv1_1, "1.2": ssl.TLSVersion.TLSv1_2,
                    "1.3": ssl.TLSVersion.TLSv1_3}
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.set_ciphers("DEFAULT:@SECLEVEL=0")
        context.minimum_version = versions[self.options.tls_min]
        context.maximum_version = versions[self.options.tls_max]
        context.load_cert_chain(self.options.cert, self.options.cert + ".key")
        context.keylog_filename = os.path.join(self.options.dir, "keys")
        if self.options.client_ca:
            context.verify_mode = ssl.CERT_OPTIONAL
            context.load_verify_locations(self.options.client_ca)
        return context

    def note(self, name, text):
        with self.lock, open(os.path.join(self.options.dir, name), "a") as file:
            file.write(text + "\n")

    def store(self, body, envelope):
        with self.lock:
            self.messages += 1
            path = os.path.join(self.options.dir, "messages", str(self.messages))
            with open(path + ".eml", "wb") as file:
                file.write(body)
            with open(path + ".json", "w") as file:
                json.dump(envelope, file, indent=1)
            return self.messages

    def serve(self, listener):
        while True:
            client, _ = listener.accept()
            self.sessions += 1
            threading.Thread(target=session.Session(self, client, self.sessions).run, daemon=True).start()


def parse():
    parser = argparse.ArgumentParser(usage=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--dir", required=True)
    parser.add_argument("--listen", default="127.0.0.1", help="address, or path of a Unix socket")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--fast-open", action="store_true", help="TCP Fast Open, RFC 7413")
    parser.add_argument("--ehlo", default="PIPELINING,8BITMIME,ENHANCEDSTATUSCODES",
                        help="keywords offered, with commas; STARTTLS, AUTH, SIZE add themselves")
    parser.add_argument("--size", type=int, default=0)
    parser.add_argument("--rcpt-limit", type=int, default=0, help="of a transaction")
    parser.add_argument("--lmtp", action="store_true")
    parser.add_argument("--tls", choices=["none", "starttls", "implicit"], default="none")
    parser.add_argument("--cert", help="the key is beside it, with .key added")
    parser.add_argument("--client-ca", help="ask for a certificate signed by this CA")
    parser.add_argument("--tls-min", default="1.2")
    parser.add_argument("--tls-max", default="1.3")
    parser.add_argument("--auth", default="", help="mechanisms, with spaces")
    parser.add_argument("--auth-plaintext", action="store_true", help="offer AUTH without TLS")
    parser.add_argument("--user", default="kit@example.org")
    parser.add_argument("--password", default="open sesame")
    parser.add_argument("--forge-signature", action="store_true", help="of SCRAM's server")
    parser.add_argument("--require-tls", action="store_true")
    parser.add_argument("--require-auth", action="store_true")
    parser.add_argument("--on", action="append", default=[], metavar="STAGE[:TEXT][#N]=ACTION")
    return parser.parse_args()


def main():
    options = parse()
    os.closerange(3, 256)               # whatever the test harness left open
    sink = Sink(options)
    if "/" in options.listen:
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(options.listen)
        port = options.listen
    else:
        listener = socket.socket(socket.AF_INET6 if ":" in options.listen else socket.AF_INET)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((options.listen, options.port))
        port = listener.getsockname()[1]
        if options.fast_open:
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_FASTOPEN, 50)
    listener.listen(50)
    if child := os.fork():
        with open(os.path.join(options.dir, "pid"), "w") as file:
            print(child, file=file)
        print(port, flush=True)
        os._exit(0)
    os.setsid()
    os.dup2(os.open(os.devnull, os.O_RDWR), 0)
    os.dup2(0, 1)
    os.dup2(os.open(os.path.join(options.dir, "errors"), os.O_WRONLY | os.O_CREAT), 2)
    signal.alarm(600)                   # if nobody stops it
    sink.serve(listener)


if __name__ == "__main__":
    sys.exit(main())

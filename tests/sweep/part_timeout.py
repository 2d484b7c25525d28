# SPDX-License-Identifier: ISC
"""Relays that are slow, silent or deaf: when the caller gets an answer.

Each stage is made to hang while its own timeout is SECONDS and all others are
long; then while timeout-total is.  A line for each says how long it took; a
second too late, or early, is a fault.
"""
import collections
import itertools
import select
import socket
import threading
import time

from bench import Bench, Case
from relay import Ended, Plan, drip, stall
from system import BIND, mount

SECONDS = 2
TIMEOUTS = ("connect", "greeting", "command", "data", "block", "dot")
BIG = 8 << 20

SCHEMES = {"none": "smtp+notls", "starttls": "smtp+tls", "implicit": "submissions"}
# Where no relay is found in time.
HOSTS = {"name server silent": "smtp://relay.test", "name server silent over TCP": "smtp://tcp.test",
         "MX: name server silent": "mx://relay.test", "MX: name server silent over TCP": "mx://tcp.test",
         "SRV: name server silent": "srv://relay.test", "direct: name server silent": "direct://",
         "three relays: name server silent": "smtp://a.test\nrelay smtp://b.test\nrelay smtp://c.test"}

TWO = ("a@example.net", "b@example.net")

Stage = collections.namedtuple("Stage", "name timeout tls pause size offer", defaults=("pipelining",))


def deaf(session):
    """Reads nothing: the window closes."""
    poll = select.poll()
    poll.register(session.sock, select.POLLRDHUP | select.POLLHUP | select.POLLERR)
    poll.poll(60000)
    raise Ended


def sip(session):
    """Reads a little now and then."""
    while session.sock.recv(2000):
        time.sleep(0.05)
    raise Ended


def endless(session):
    """A reply that has always one line more."""
    while True:
        session.sock.sendall(b"220-more\r\n")
        time.sleep(0.05)


def trickle(session):
    """The TLS handshake, an octet at a time."""
    send = session.sock.sendall

    class Slow:
        def __getattr__(self, name):
            return getattr(self.sock, name)

        def sendall(self, data):
            for octet in data:
                send(bytes([octet]))
                time.sleep(0.1)
    slow = Slow()
    slow.sock, session.sock = session.sock, slow


def stages():
    for name, timeout in (("GREETING", "greeting"), ("EHLO", "command"), ("AUTH", "command"),
                          ("MAIL", "command"), ("RCPT1", "command"), ("DATA", "data"), ("EOM", "dot")):
        for how, pause in (("silent", stall), ("dripping", drip(0.1, b"250-Wait for it and see "))):
            yield Stage(f"{name} {how}", timeout, "none", {name: pause}, 40)
    yield Stage("BDAT silent", "dot", "none", {"EOM": stall}, 40, "chunking")
    for name, timeout in (("EHLO", "command"), ("RCPT2", "command"), ("EOM1", "dot"), ("EOM2", "dot")):
        yield Stage(f"LMTP {name.replace('EHLO', 'LHLO')} silent", timeout, "none", {name: stall}, 40, "lmtp")
    yield Stage("GREETING endless", "greeting", "none", {"GREETING": endless}, 40)
    yield Stage("body deaf", "block", "none", {"BODY": deaf}, BIG)
    yield Stage("body sipped", None, "none", {"BODY": sip}, BIG)
    yield Stage("STARTTLS silent", "command", "starttls", {"STARTTLS": stall}, 40)
    for tls, (how, pause) in itertools.product(("starttls", "implicit"), (("silent", stall), ("trickling", trickle))):
        yield Stage(f"handshake ({tls}) {how}", "command", tls, {"TLS": pause}, 40)
    yield Stage("body deaf in TLS", "block", "implicit", {"BODY": deaf}, BIG)
    yield Stage("connect half-open", "connect", "none", None, 40)
    for host in HOSTS:
        yield Stage(host, "connect" if host.startswith("name") else None, "none", None, 40)


def half_open():
    """A port that takes no connection and refuses none: its queue is full."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=0)
    full = [socket.socket() for _ in range(4)]
    for sock in full:
        sock.setblocking(False)
        sock.connect_ex(listener.getsockname())
    return listener.getsockname()[1], (listener, full)


def name_server(place):
    """Says nothing, or for tcp.test to ask by TCP, where it says nothing either."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind(("127.0.0.1", 53))
    listener = socket.create_server(("127.0.0.1", 53))

    def serve():
        while True:
            query, client = sock.recvfrom(2000)
            if b"\3tcp" in query:
                sock.sendto(query[:2] + b"\x87\x80" + query[4:], client)
    threading.Thread(target=serve, daemon=True).start()
    with open(place + "/resolv.conf", "w") as file:
        file.write("nameserver 127.0.0.1\n")
    mount(place + "/resolv.conf", "/etc/resolv.conf", flags=BIND)
    return listener


def attempt(options, stage, total, index):
    """How long it took, and what was wrong."""
    bench = Bench(f"{options.dir}/timeout.{index}", options.sendlet, options.cert)
    lines = [f"timeout-{name} {SECONDS if name == stage.timeout and not total else 50}s" for name in TIMEOUTS]
    lines += [f"timeout-total {SECONDS if total else 55}s", "user kit", "password secret", "auth-without-tls yes"]
    keep = None
    if stage.name.startswith("connect"):
        bench.relay.port, keep = half_open()
    scheme = "lmtp" if stage.offer == "lmtp" else SCHEMES[stage.tls]
    bench.configure(*lines, scheme=scheme, spool=False, relay=HOSTS.get(stage.name))
    bench.relay.plan = Plan(stage.offer, stage.tls, auth=True, pause=stage.pause or {})
    case = Case(bench, TWO if stage.offer == "lmtp" else TWO[:1], size=stage.size)
    start = time.monotonic()
    # A large message takes its time before and after, which is not the relay's.
    case.submit(*["-oeq"] if stage.size == BIG else [])
    took = time.monotonic() - (bench.relay.accepted if stage.size == BIG else start)
    del keep
    if not SECONDS - 0.1 <= took <= SECONDS + 1:
        case.wrong("misreported", f"took {took:.2f} s instead of {SECONDS}")
    if case.status == 0:
        case.wrong("misreported", "exit 0")
    bench.relay.settle = lambda: None
    return took, case.judge().found


def main(options):
    keep = name_server(options.dir)
    kinds = [(stage, total) for stage in stages() for total in (False, True) if stage.timeout or total]
    results = {}

    def one(index, stage, total):
        results[index] = attempt(options, stage, total, index)
    threads = [threading.Thread(target=one, args=(index, *kind)) for index, kind in enumerate(kinds)]
    for thread in threads:
        thread.start()
        time.sleep(0.03)
    for thread in threads:
        thread.join()
    keep.close()
    count = {"lost": 0, "duplicated": 0, "misreported": 0}
    for index, (stage, total) in enumerate(kinds):
        took, found = results.get(index, (0, [("misreported", "the sweep failed")]))
        name = "timeout-total" if total else f"timeout-{stage.timeout}"
        print(f"timeout: {stage.name}: {name} {SECONDS} s: {took:.2f} s")
        for kind in {kind for kind, _ in found}:
            count[kind] += 1
        for kind, words in found:
            print(f"timeout: {stage.name}: {name}: {kind}: {words}")
    print(f"timeout: {len(kinds)} cases, " + ", ".join(f"{n} {kind}" for kind, n in count.items()))
    return not any(count.values())

#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""A name server that misbehaves, over UDP and TCP.

    dnsd.py ADDRESS LOG [WHAT]

What it does is WHAT or the first label of the name asked for that has no "_";
others than these get 127.0.0.9 for A and host9.test for MX, nothing for other
types:

    silent      no answer                 garbage     a SERVFAIL, then noise
    number      a wrong number            question    the answer to another question
    short       a cut record              loop        a name that points to itself
    chain       aliases in a circle       many        more records than there are
    late        the second time only      noaaaa      no answer for AAAA
    hang        TC; over TCP no answer    cut         TC; over TCP a cut answer
    lie         TC over TCP as well       evil        an MX host with control bytes
    foreign     records of other names    failed      SERVFAIL
    bare        a FORMERR without the question
    drip        TC; over TCP one octet now and then
    noa         no answer for A           badaaaa     SERVFAIL for AAAA
    slowaaaa    AAAA takes its time       lateaaaa    AAAA the second time only
    longaaaa    TC for AAAA, after A; over TCP it takes its time

The last of these, but badaaaa, have fd00::9 for AAAA; noaaaa has SRV as well.
Every question is logged: "udp ok 1 ok.test".
"""
import socket
import struct
import sys
import threading
import time

A, CNAME, MX, AAAA, SRV = 1, 5, 15, 28, 33
ADDRESS = bytes([127, 0, 0, 9])
ADDRESS6 = socket.inet_pton(socket.AF_INET6, "fd00::9")
HOST = b"\5host9\4test\0"
DELAY = {("slowaaaa", AAAA, False): 0.4, ("longaaaa", AAAA, False): 0.02, ("longaaaa", AAAA, True): 0.4}
seen = set()


def record(owner, kind, data):
    return owner + struct.pack("!HHIH", kind, 1, 60, len(data)) + data


def answers(mode, kind):
    """The answer section: its records."""
    this = b"\xc0\x0c"
    if mode == "loop":
        return [record(b"\xc0\x0c", MX, b"\0\x01\xc0\xff"), record(b"\xc0\x1f", kind, b"\0\0\xc0\x1f")]
    if mode == "chain":
        return [record(this, CNAME, b"\1a\xc0\x11"), record(b"\1a\xc0\x11", CNAME, b"\xc0\x0c")] * 20
    if mode == "evil":
        return [record(this, MX, b"\0\1\6a\n\x1b;\0\"\4test\0")]
    if mode == "foreign":
        this = b"\5other\4test\0"
    if kind == A:
        return [record(this, A, ADDRESS)]
    if kind == MX:
        return [record(this, MX, b"\0\1" + HOST)]
    if kind == SRV and mode == "noaaaa":
        return [record(this, SRV, b"\0\0\0\0" + struct.pack("!H", 465) + HOST)]
    if kind == AAAA and mode in ("noa", "slowaaaa", "lateaaaa", "longaaaa"):
        return [record(this, AAAA, ADDRESS6)]
    return []


def reply(query, tcp):
    """The packet, or None, and how long it takes."""
    at, labels = 12, []
    while query[at]:
        labels.append(query[at + 1:at + 1 + query[at]].decode("latin-1").lower())
        at += 1 + query[at]
    kind = struct.unpack("!H", query[at + 1:at + 3])[0]
    mode = sys.argv[3] if sys.argv[3:] else next(label for label in labels if not label.startswith("_"))
    print("tcp" if tcp else "udp", mode, kind, ".".join(labels), file=log, flush=True)
    question, number, flags = query[12:at + 5], query[:2], 0x8180
    if mode == "silent" or (mode, kind) in (("noaaaa", AAAA), ("noa", A)) or (mode == "hang" and tcp):
        return None, 0
    if (mode == "late" or (mode, kind) == ("lateaaaa", AAAA)) and kind not in seen:
        seen.add(kind)
        return None, 0
    if mode == "number":
        number = bytes([number[0] ^ 0x55, number[1]])
    if mode == "question":
        question = b"\5other" + question
    if mode == "failed" or (mode, kind) == ("badaaaa", AAAA):
        flags |= 2
    long = mode in ("hang", "cut", "drip") or (mode, kind) == ("longaaaa", AAAA)
    if long and not tcp or mode == "lie":
        flags |= 0x200
    section = answers(mode, kind)
    count = len(section) + (1000 if mode == "many" else 0)
    packet = number + struct.pack("!HHHHH", flags, 1, count, 0, 0) + question + b"".join(section)
    if mode == "garbage":
        packet = number + struct.pack("!H", flags | 2) + bytes(range(64, 128))
    if mode == "bare":
        packet = number + struct.pack("!HHHHH", flags | 1, 0, 0, 0, 0)
    if mode == "short" or (mode == "cut" and tcp):
        packet = packet[:-3]
    return packet, DELAY.get((mode, kind, tcp), 0)


def serve_tcp(listener):
    while True:
        client, _ = listener.accept()
        threading.Thread(target=serve_client, args=(client,), daemon=True).start()


def serve_client(client):
    with client:
        while size := client.recv(2, socket.MSG_WAITALL):
            packet, delay = reply(client.recv(struct.unpack("!H", size)[0], socket.MSG_WAITALL), True)
            time.sleep(delay)
            pieces = [struct.pack("!H", len(packet)) + packet] if packet else []
            if b"\4drip" in (packet or b""):
                pieces = [bytes([octet]) for octet in pieces[0]]
            for piece in pieces:
                client.sendall(piece)
                time.sleep(0.3 if len(pieces) > 1 else 0)


log = open(sys.argv[2], "a")
server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind((sys.argv[1], 53))
threading.Thread(target=serve_tcp, args=(socket.create_server((sys.argv[1], 53)),), daemon=True).start()
print("ready", flush=True)
while True:
    request, peer = server.recvfrom(512)
    packet, delay = reply(request, False)
    if packet:
        threading.Timer(delay, server.sendto, (packet, peer)).start()

#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""Run a command on a network of its own, which has nothing but these names.

    lonely.py COMMAND...

    127.0.0.9        listens on port 25
    127.0.0.2        drops what comes to port 25: its backlog is full
    refused.test     127.0.0.5, 127.0.0.6: nobody listens
    good.test        127.0.0.5 and 127.0.0.9
    slow.test        127.0.0.2 and 127.0.0.9
    hung.test        127.0.0.2
    empty.test       exists, has no address
    silent.test      the name server says nothing
    broken.test      the name server fails
    anything else    does not exist
"""
import fcntl
import os
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time

NAMES = {"refused": (5, 6), "good": (5, 9), "slow": (2, 9), "hung": (2,), "empty": ()}


def answer(query):
    """The response to a DNS query (RFC 1035 section 4.1); None: none."""
    labels, at = [], 12
    while query[at]:
        labels.append(query[at + 1:at + 1 + query[at]].decode())
        at += 1 + query[at]
    kind = struct.unpack("!H", query[at + 1:at + 3])[0]
    name = ".".join(labels).lower().removesuffix(".test")
    if name == "silent":
        return None
    code = 2 if name == "broken" else 0 if name in NAMES else 3
    octets = NAMES.get(name, ()) if kind == 1 else ()
    head = query[:2] + struct.pack("!HHHHH", 0x8180 | code, 1, len(octets), 0, 0)
    records = b"".join(struct.pack("!HHHIH4B", 0xc00c, 1, 1, 60, 4, 127, 0, 0, last) for last in octets)
    return head + query[12:at + 5] + records


def serve_names(server):
    while True:
        query, client = server.recvfrom(512)
        reply = answer(query)
        if reply:
            server.sendto(reply, client)


def hide(path, text):
    """Let the file at path hold this text, for us and our children only."""
    with tempfile.NamedTemporaryFile("w", delete=False) as file:
        file.write(text)
    os.chmod(file.name, 0o644)
    subprocess.run(["mount", "--bind", file.name, os.path.realpath(path)], check=True)
    os.unlink(file.name)


def main(command):
    if command[0] != "--inside":
        how = ["-nm"] if os.geteuid() == 0 else ["-rnm"]
        os.execvp("unshare", ["unshare", *how, sys.executable, *sys.argv[:1], "--inside", *command])
    subprocess.run(["mount", "--make-rprivate", "/"], check=True)
    hide("/etc/resolv.conf", "nameserver 127.0.0.1\noptions timeout:1 attempts:1\n")
    hide("/etc/nsswitch.conf", "hosts: dns\n")
    control = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    flags = 0x1 | 0x40  # IFF_UP, IFF_RUNNING
    fcntl.ioctl(control, 0x8914, struct.pack("16sh14x", b"lo", flags))
    names = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    names.bind(("127.0.0.1", 53))
    threading.Thread(target=serve_names, args=(names,), daemon=True).start()
    good = socket.create_server(("127.0.0.9", 25))
    full = socket.create_server(("127.0.0.2", 25), backlog=0)
    fillers = []
    for _ in range(8):
        filler = socket.socket()
        filler.setblocking(False)
        filler.connect_ex(("127.0.0.2", 25))
        fillers.append(filler)
    time.sleep(0.1)
    status = subprocess.run(command[1:]).returncode
    del good, full
    return status


sys.exit(main(sys.argv[1:]))

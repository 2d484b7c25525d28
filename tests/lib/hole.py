#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""An address that swallows packets.

    hole.py ADDRESS PORT [take|close SECONDS]
    hole.py ADDRESS PORT options

The kernel drops what comes to a listener whose backlog is full.  Prints
"ready" when it is.  After SECONDS the listener takes all, or nothing is there
any more.  Or it takes all from the beginning, but what has uncommon TCP options
(RFC 7413), as some firewalls do.
"""
import ctypes
import signal
import socket
import struct
import sys
import time

address, port = sys.argv[1], int(sys.argv[2])
family = socket.AF_INET6 if ":" in address else socket.AF_INET
listener = socket.create_server((address, port), family=family, backlog=0)
if sys.argv[3:] == ["options"]:
    # Is the header longer than 40 octets, which the common options take?
    program = [(0x30, 0, 0, 12), (0x74, 0, 0, 4), (0x25, 0, 1, 10), (0x06, 0, 0, 0), (0x06, 0, 0, 65535)]
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in program))
    SO_ATTACH_FILTER = 26
    listener.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, struct.pack("HP", len(program), ctypes.addressof(code)))
    listener.listen(20)
    print("ready", flush=True)
    signal.pause()
fillers = []
for _ in range(8):
    filler = socket.socket(family)
    filler.setblocking(False)
    filler.connect_ex((address, port))
    fillers.append(filler)
time.sleep(0.1)
print("ready", flush=True)
if sys.argv[3:]:
    time.sleep(float(sys.argv[4]))
    while sys.argv[3] == "take":
        fillers.append(listener.accept())
    listener.close()
signal.pause()

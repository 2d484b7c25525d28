#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""An address that swallows packets.

    hole.py ADDRESS PORT

The kernel drops what comes to a listener whose backlog is full.  Prints
"ready" when it is.
"""
import signal
import socket
import sys
import time

address, port = sys.argv[1], int(sys.argv[2])
family = socket.AF_INET6 if ":" in address else socket.AF_INET
listener = socket.create_server((address, port), family=family, backlog=0)
fillers = []
for _ in range(8):
    filler = socket.socket(family)
    filler.setblocking(False)
    filler.connect_ex((address, port))
    fillers.append(filler)
time.sleep(0.1)
print("ready", flush=True)
signal.pause()

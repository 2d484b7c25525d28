#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""An address that swallows packets.

    hole.py ADDRESS PORT [take|close SECONDS]

The kernel drops what comes to a listener whose backlog is full.  Prints
"ready" when it is.  After SECONDS the listener takes all, or nothing is there any more.
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
if sys.argv[3:]:
    time.sleep(float(sys.argv[4]))
    while sys.argv[3] == "take":
        fillers.append(listener.accept())
    listener.close()
signal.pause()

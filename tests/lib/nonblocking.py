#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""Run a program with pipes that do not block.

    nonblocking.py PROGRAM [ARG...]     its exit status is ours

Our standard input is fed to it late and its output taken late.
"""
import fcntl
import os
import subprocess
import sys
import threading
import time

in_read, in_write = os.pipe()
out_read, out_write = os.pipe()
fcntl.fcntl(out_write, fcntl.F_SETPIPE_SZ, 4096)
os.set_blocking(in_read, False)
os.set_blocking(out_write, False)
program = subprocess.Popen(sys.argv[1:], stdin=in_read, stdout=out_write)
os.close(in_read)
os.close(out_write)


def feed():
    time.sleep(0.3)
    with os.fdopen(in_write, "wb") as pipe:
        pipe.write(sys.stdin.buffer.read())


threading.Thread(target=feed, daemon=True).start()
time.sleep(0.6)
while data := os.read(out_read, 65536):
    sys.stdout.buffer.write(data)
sys.exit(program.wait())

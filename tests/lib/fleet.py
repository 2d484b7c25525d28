#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""Many machines that send one mail each.

    fleet.py COUNT WORKERS SENDLET CONF

Machine N writes to rN@example.net.  Prints a line for each: its exit status,
the milliseconds it took, what it said.
"""
import concurrent.futures
import subprocess
import sys
import time

count, workers, sendlet, conf = int(sys.argv[1]), int(sys.argv[2]), *sys.argv[3:]


def machine(number):
    begin = time.monotonic()
    done = subprocess.run([sendlet, "--config", conf, "-f", "kit@example.org", f"r{number}@example.net"],
                          input=f"Subject: {number}\n\nHello\n", text=True, capture_output=True,
                          env={"SENDLET_ALIASES": "off"}, timeout=120)
    took = int((time.monotonic() - begin) * 1000)
    return f"{done.returncode} {took} {done.stdout}{done.stderr}".rstrip()


with concurrent.futures.ThreadPoolExecutor(workers) as pool:
    print(*pool.map(machine, range(1, count + 1)), sep="\n")

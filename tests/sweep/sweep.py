#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""Nothing is ever lost: every way to fail, one after the other.

    sweep.py [--complete] [--jobs N] [--dir DIR] PART...

PART is one of
    cut      the connection ends at each byte the relay says, plain and in TLS
    answer   the relay says 421, 4xx, 5xx at each step
    fault    each system call fails, or is the last one before SIGKILL
    disk     the disk is full, over quota or read-only, at each size
    crowd    200 senders at a time, a drainer, and a relay that comes and goes
    clock    the clock jumps
    timeout  relays that are slow, silent or do not read: when it gives up

A message that the caller was told is taken, or that is in the spool, must
arrive once after recovery: once more only when a connection was lost after
the final dot.  Without the complete flag a part is a sample of its cases.
The last line of a part counts cases; the exit status is 1 if any went wrong.
"""
import argparse
import fcntl
import multiprocessing
import os
import socket
import struct
import subprocess
import sys
import tempfile
import time
import traceback

from bench import Bench
from system import mount, umount

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PATIENCE = 7            # seconds that a case may take, unless its part knows better
KINDS = ("lost", "duplicated", "misreported")


def enter():
    """A network and a disk of our own: starts the program again inside."""
    if os.environ.pop("SWEEP_INSIDE", None) is None:
        os.environ["SWEEP_INSIDE"] = "1"
        os.execvp("unshare", ["unshare", "-rmn", sys.executable, "-S", "-E", "-B", *sys.argv])
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        fcntl.ioctl(sock, 0x8914, struct.pack("16sH14x", b"lo", 1))     # SIOCSIFFLAGS: IFF_UP


def listing(module, options):
    return list(__import__("part_" + module).cases(options))


def one(part, bench, options, case):
    """What was wrong with a case; a fault of the sweep itself counts too."""
    start = time.monotonic()
    try:
        found = part.run(bench, options, case)
    except Exception:
        return [("misreported", traceback.format_exc())]
    if (took := time.monotonic() - start) > getattr(part, "PATIENCE", PATIENCE):
        found.append(("misreported", f"took {took:.1f} s"))
    return found


def work(task):
    """One worker's share of a part."""
    module, options, index, cases = task
    part = __import__("part_" + module)
    bench = Bench(f"{options.dir}/{module}.{index}", options.sendlet, options.cert)
    return [(str(case), one(part, bench, options, case)) for case in cases]


def sweep(module, options, pool):
    part = __import__("part_" + module)
    start = time.monotonic()
    cases = pool.apply(listing, (module, options))
    tasks = [(module, options, index, cases[index::options.jobs]) for index in range(options.jobs)]
    results = [result for share in pool.map(work, tasks, 1) for result in share]
    count = dict.fromkeys(KINDS, 0)
    for case, found in results:
        for kind in {kind for kind, _ in found}:
            count[kind] += 1
        for kind, words in found:
            print(f"{module}: {case}: {kind}: {words}")
    print(f"{module}: {len(results) * getattr(part, 'WEIGHT', 1)} cases, " + ", ".join(f"{n} {kind}" for kind, n in count.items()) +
          f", {time.monotonic() - start:.1f} s", flush=True)
    return bool(results) and not any(count.values())


def sweep_in_pool(module, options):
    part = __import__("part_" + module)
    if hasattr(part, "main"):
        return part.main(options)
    with multiprocessing.get_context("fork").Pool(options.jobs) as pool:
        return sweep(module, options, pool)


def certificate(place):
    path = place + "/cert.pem"
    subprocess.run([ROOT + "/tests/certs/make.sh", "self", path, "IP:127.0.0.1"], check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=place)
    return path


def main():
    parser = argparse.ArgumentParser(usage=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--complete", action="store_true")
    parser.add_argument("--jobs", type=int, default=2 * os.cpu_count())
    parser.add_argument("--sendlet", default=os.environ.get("SENDLET", ROOT + "/build/sendlet"))
    parser.add_argument("--inject", default=os.environ.get("INJECT", ROOT + "/build/inject"))
    parser.add_argument("part", nargs="+")
    options = parser.parse_args()
    enter()
    os.umask(0o022)
    place = tempfile.mkdtemp(prefix="sweep.")
    mount("tmpfs", place, "tmpfs", options="mode=755")
    try:
        options.dir, options.cert = place, certificate(place)
        good = [sweep_in_pool(module, options) for module in options.part]
    finally:
        umount(place)
        os.rmdir(place)
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())

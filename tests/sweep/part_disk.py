# SPDX-License-Identifier: ISC
"""The disk of the spool, of dead.letter or of both is full, out of inodes or
read-only, files must not grow (RLIMIT_FSIZE, as with a quota): at each size.

    commit    nobody listens at the relay's: it is the spool's turn
    letter    there is no spool: dead.letter's
    both      they share the disk
    maildir   the relay is a Maildir, and on that disk; the spool is not
    drain     a message of two recipients is in the spool, one is bounced
"""
import collections
import os

from bench import Case
from relay import Plan
from system import RDONLY, REMOUNT, mount, umount

TWO = ("a@example.net", "b@example.net")
REFUSE = Plan(answers={"RCPT1": b"550 5.1.1 Nobody\r\n"})
PAGE = 4096
SIZES = (40, 5000, 70000, 300000)

Disk = collections.namedtuple("Disk", "scene kind amount size")


def cases(options):
    found = []
    for scene in ("commit", "letter", "both", "maildir", "drain"):
        for size in SIZES:
            pages = 2 * size // PAGE + 8
            found += [Disk(scene, "blocks", n * PAGE, size)
                      for n in range(1, pages, 1 if options.complete else 1 + pages // 12)]
            top = size + size // 60 + 1500
            found += [Disk(scene, "growth", n, size)
                      for n in range(0, top, max(7, top // 2000) if options.complete else 7 + top // 40)]
        found += [Disk(scene, "inodes", n, size) for n in range(1, 8) for size in SIZES]
        found += [Disk(scene, "read-only", 0, size) for size in SIZES]
    return found


def narrow(disk, place):
    """Makes the disk as small as the case wants it; what the program is to be started with."""
    if disk.kind == "growth":
        return ["prlimit", f"--fsize={disk.amount}"]
    if disk.kind == "read-only":
        mount("disk", place, "tmpfs", REMOUNT | RDONLY)
    else:
        option = "size" if disk.kind == "blocks" else "nr_inodes"
        try:
            mount("disk", place, "tmpfs", REMOUNT, f"{option}={disk.amount}")
        except OSError:                         # below what is in use: as full as can be
            mount("disk", place, "tmpfs", REMOUNT, f"{option}={used(disk.kind, place)}")
    return []


def used(kind, place):
    stat = os.statvfs(place)
    return (stat.f_blocks - stat.f_bfree) * stat.f_bsize or PAGE if kind == "blocks" else \
        stat.f_files - stat.f_ffree


def run(bench, options, disk):
    place = bench.place + "/disk"
    os.makedirs(place, exist_ok=True)
    mount("disk", place, "tmpfs", options="mode=755,size=64m,nr_inodes=1000")
    bench.settle(bench.place if disk.scene in ("letter", "maildir") else place,
                 place if disk.scene in ("letter", "both", "maildir") else bench.place)
    try:
        return attempt(bench, disk, place)
    finally:
        bench.settle(bench.place, bench.place)
        umount(place)


def attempt(bench, disk, place):
    bench.configure(spool=disk.scene != "letter",
                    relay="maildir:" + bench.maildir if disk.scene == "maildir" else None)
    case, log = Case(bench, TWO, disk.size), ""
    if disk.scene == "drain":
        bench.relay.plan = Plan()
        case.submit("-odq")
        prefix = narrow(disk, place)
        bench.relay.plan = REFUSE
        log = bench.call(["-q"], prefix=prefix)[1]
    else:
        prefix = narrow(disk, place)
        bench.relay.plan = None
        case.submit(prefix=prefix)
    bench.relay.settle()
    mount("disk", place, "tmpfs", REMOUNT, "size=64m,nr_inodes=1000")
    if disk.scene == "drain":
        log += bench.call(["-q"])[1]
    log += bench.recover()
    return case.judge(log, TWO[:1] if disk.scene == "drain" else (),
                      twice="possible duplicate" in log).found

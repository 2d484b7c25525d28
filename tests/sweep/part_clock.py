# SPDX-License-Identifier: ISC
"""The clock jumps, at the Nth look at it, and is right again at recovery.

    commit     nobody listens at the relay's
    deliver    the relay takes it, and a drain follows
    tls        so it does, but the certificate is out of date then
    queue      a message in the spool is tried, in vain
    aged       so it is four times, before the clock is put right
    auto       after commit: whether the next delivery takes it along
    edited     what the entry says of its times is beyond belief
"""
import collections
import re
import time

from bench import Case
from relay import Plan

HOUR, DAY = 3600, 86400
LATER = Plan(answers={"RCPT": b"450 4.2.0 Later\r\n"})
SCENES = ("commit", "deliver", "tls", "queue", "aged", "auto")
BEYOND = (0, 1, 2 ** 31 - 1, 2 ** 32, 999999999999)

Jump = collections.namedtuple("Jump", "scene at seconds")


def cases(options):
    # 1970: a machine that has no clock of its own, before it hears the time.
    jumps = (6 * HOUR, -6 * HOUR, 10 * DAY, -10 * DAY, 365 * DAY, 1000 - int(time.time()))
    found = [Jump(scene, at, seconds) for scene in SCENES for seconds in jumps
             for at in range(1, 25 if options.complete else 9)]
    return found + [Jump("edited", after, created) for after in BEYOND for created in BEYOND]


def edit(bench, after, created):
    for name, text in bench.entries().items():
        text = re.sub(rb"\nnext \d{12}\n", b"\nnext %012d\n" % after, text)
        text = re.sub(rb"\ncreated \d{12}\n", b"\ncreated %012d\n" % created, text)
        with open(f"{bench.part}/{name}", "wb") as file:
            file.write(text)


def due(text):
    return int(re.search(rb"\nnext (\d{12})\n", text)[1])


def wait_for_drain(bench, case):
    for _ in range(150):
        if not bench.entries():
            return
        time.sleep(0.02)
    case.wrong("lost", "not taken along")


def queue(bench, case, prefix, times):
    bench.relay.plan = LATER
    case.submit("-odq", prefix=prefix if times > 1 else ())
    return "".join(bench.call(["-q"], prefix=prefix)[1] for _ in range(times))


def perform(bench, jump, prefix):
    case, log = Case(bench), ""
    if jump.scene in ("queue", "aged"):
        log = queue(bench, case, prefix, 1 if jump.scene == "queue" else 4)
        bench.call(["-q"])              # in vain, at the right time
        return case, log
    bench.relay.plan = None if jump.scene in ("commit", "auto", "edited") else \
        Plan(tls="implicit" if jump.scene == "tls" else "none")
    case.submit(prefix=prefix)
    if jump.scene == "edited":
        edit(bench, jump.at, jump.seconds)
    # Less than some hours ahead, or not jumped at all: due in time, but not yet.
    ahead = jump.scene == "auto" and any(
        time.time() < due(text) < time.time() + 9 * HOUR for text in bench.entries().values())
    if jump.scene in ("auto", "edited") and not ahead:
        bench.relay.plan = Plan()
        Case(bench, clean=False).submit()
        wait_for_drain(bench, case)
    return case, log


def run(bench, options, jump):
    bench.configure(scheme="submissions" if jump.scene == "tls" else "smtp+notls")
    prefix = [] if jump.scene == "edited" else [options.inject, "clock", str(jump.at), str(jump.seconds)]
    case, log = perform(bench, jump, prefix)
    bench.relay.settle()
    log += bench.recover()
    if case.reports():
        case.wrong("misreported", "given up too soon")
    return case.judge(log).found

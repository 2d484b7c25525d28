# SPDX-License-Identifier: ISC
"""Each system call of a submission and of a drain fails, or from there on all
those that write do, or a signal comes: SIGKILL, or one that may be held.

What it is about: a commit (nobody listens at the relay's), a delivery with
the drain that follows it, delivery in the background, a queue run over two
messages of which one is bounced to its sender, dead.letter; delivery by LMTP
and to a Maildir, at once and by a queue run; and callers who have closed the
other end of standard error.
"""
import collections
import errno
import os
import signal

from bench import Case
from relay import Plan

TWO = ("a@example.net", "b@example.net")
SCENES = ("commit", "deliver", "background", "queue", "bounce", "letter", "lmtp", "lmtp queue",
          "maildir", "maildir queue", "commit deaf", "deliver deaf", "letter deaf")
ERRORS = (errno.EIO, errno.ENOSPC, errno.ENOMEM, errno.EINTR,
          errno.EDQUOT, errno.EROFS)
# How, with which error or signal, and every how many calls in a sample.
WAYS = [("signal", signal.SIGKILL, 3), ("signal", signal.SIGTERM, 7), ("signal", signal.SIGHUP, 11),
        ("signal", signal.SIGPIPE, 23),
        ("break", errno.EIO, 7), ("break", errno.ENOSPC, 11)] + [("fail", error, 11) for error in ERRORS]
REFUSE = Plan(answers={"RCPT1": b"550 5.1.1 Nobody\r\n"})

Fault = collections.namedtuple("Fault", "scene how value at")


def prepare(bench, scene):
    """A message that is to be handed over, or (queue) is in the spool."""
    bench.configure(spool="letter" not in scene, scheme="lmtp" if "lmtp" in scene else "smtp+notls",
                    relay="maildir:" + bench.maildir if "maildir" in scene else None)
    bench.relay.plan = Plan("lmtp" if "lmtp" in scene else "pipelining")
    if scene.startswith(("commit", "letter")):
        bench.relay.plan = None
    case = Case(bench, TWO[:1] if scene == "bounce" else TWO)
    if "queue" in scene or scene == "bounce":
        case.submit("-odq")
        if scene == "bounce":
            bench.relay.plan = REFUSE
    return case


def perform(bench, case, scene, prefix):
    """The part in which something fails; what it logged."""
    if "queue" in scene or scene == "bounce":
        return bench.call(["-q"], prefix=prefix)[1]
    case.submit(*["-odb"] if scene == "background" else [], prefix=prefix, deaf="deaf" in scene)
    return ""


def count(options, scene):
    from bench import Bench
    bench = Bench(f"{options.dir}/count.{scene}", options.sendlet, options.cert)
    case = prepare(bench, scene)
    perform(bench, case, scene, [options.inject, "count", bench.place + "/count"])
    with open(bench.place + "/count") as file:
        return int(file.read())


def cases(options):
    found = []
    for number, scene in enumerate(SCENES):
        calls = range(1, count(options, scene) + 1)
        # What else went wrong, nobody would hear.
        ways = [way for way in WAYS if "deaf" not in scene or way[0] == "signal"]
        for turn, (how, value, rare) in enumerate(ways):
            found += [Fault(scene, how, value, at) for at in calls
                      if options.complete or (at + number + turn) % rare == 0]
    return found


def run(bench, options, fault):
    case = prepare(bench, fault.scene)
    log = perform(bench, case, fault.scene,
                  [options.inject, fault.how, str(fault.at), str(int(fault.value))])
    bench.relay.settle()
    if fault.scene == "bounce":
        bench.relay.plan = REFUSE
        log += bench.call(["-q"])[1]
    log += bench.recover()
    if fault.how == "fail":
        leftovers(bench, case)
    # Only who may be seen to have warned may send twice.
    warned = "possible duplicate" in log
    refused = TWO[:1] if fault.scene == "bounce" else ()
    return case.judge(log, refused, twice=warned).found


def leftovers(bench, case):
    """No commit that went wrong leaves anything."""
    names = os.listdir(bench.part) if os.path.isdir(bench.part) else []
    if any(n.startswith("tmp.") for n in names):
        case.wrong("misreported", "leftovers: " + " ".join(names))

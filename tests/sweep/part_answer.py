# SPDX-License-Identifier: ISC
"""The relay refuses at each step, for now or for good, and may hang up then."""
import collections
import itertools

from bench import Case
from relay import Plan

OFFERS = ("bare", "pipelining", "chunking", "lmtp")
STAGES = ("GREETING", "EHLO", "STARTTLS", "AUTH", "MAIL", "RCPT", "RCPT1", "RCPT2", "DATA", "EOM",
          "EOM1", "EOM2", "QUIT")
REPLIES = (b"421 4.3.2 Going down\r\n", b"450 4.2.0 Not now\r\n", b"451-4.3.0 Not\r\n451 4.3.0 now\r\n",
           b"454 4.7.0 Not now\r\n", b"550 5.7.1 No\r\n", b"554 5.0.0 Never\r\n", b"535 5.7.8 Who?\r\n",
           b"250 2.0.0 Sure\r\n", b"354 Go on\r\n", b"999 what\r\n", b"nonsense\r\n")
TWO = ("a@example.net", "b@example.net")
MODES = ("spool", "no spool", "quiet", "queue")

Answer = collections.namedtuple("Answer", "offer stage reply hangup mode")


def sensible(answer):
    """Leaves out replies that are the usual ones at their stage."""
    usual = {b"250": ("MAIL", "RCPT", "RCPT1", "RCPT2", "EOM", "EOM1", "EOM2", "EHLO"), b"354": ("DATA",)}
    if answer.stage in (("STARTTLS", "AUTH") if answer.offer == "lmtp" else ("EOM1", "EOM2")):
        return False
    if answer.offer == "chunking" and answer.stage == "DATA":
        return False
    return answer.stage not in usual.get(answer.reply[:3], ())


def cases(options):
    every = [Answer(*row) for row in itertools.product(OFFERS, STAGES, REPLIES, (False, True), MODES)]
    every = [answer for answer in every if sensible(answer)]
    return every if options.complete else every[::7]


def submit(bench, plan, mode):
    case = Case(bench, TWO)
    if mode != "queue":
        bench.relay.plan = plan
        return case.submit(*(["-oeq"] if mode == "quiet" else [])), ""
    bench.relay.plan = Plan("lmtp" if plan.lmtp else "pipelining")
    case.submit("-odq")
    bench.relay.plan = plan
    return case, bench.call(["-q"])[1]


def refused(answer, case):
    """Those of a spooled message who are bounced: a report is due for them."""
    if answer.mode != "queue" or answer.reply[:1] != b"5":
        return ()
    if answer.stage in ("MAIL", "RCPT", "DATA", "EOM"):
        return case.recipients
    return [r for r, number in zip(TWO, "12") if answer.stage in ("RCPT" + number, "EOM" + number)]


def run(bench, options, answer):
    plan = Plan(answer.offer, "starttls" if answer.stage == "STARTTLS" else "none",
                answers={answer.stage: answer.reply}, auth=answer.stage == "AUTH",
                hangup=(answer.stage,) if answer.hangup else ())
    lines = ["user kit", "password secret", "auth-without-tls yes"] if plan.auth else []
    scheme = "smtp+tls" if plan.tls == "starttls" else "lmtp" if plan.lmtp else "smtp+notls"
    bench.configure(*lines, scheme=scheme,
                    spool=answer.mode in ("spool", "queue"))
    case, log = submit(bench, plan, answer.mode)
    bench.relay.settle()
    bench.relay.plan = plan
    log += bench.recover()
    # What is said after the end, or nonsense, is not heard: the relay may have the message then.
    deaf = answer.reply[:1] in b"39n" or answer.reply.startswith(b"421")
    return case.judge(log, refused(answer, case), twice=deaf).found

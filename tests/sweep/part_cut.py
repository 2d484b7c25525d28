# SPDX-License-Identifier: ISC
"""The connection ends at each byte the relay says: in clear text, in TLS, in
what TLS itself says, and with LMTP, between the answers for two recipients.  "early" ends it at once after a reply, the others
when more would have to be said, which is after the next command."""
import collections
import itertools

from bench import Bench, Case
from relay import Plan

SCHEMES = {"none": "smtp+notls", "starttls": "smtp+tls", "implicit": "submissions"}
OFFERS = ("bare", "pipelining", "chunking", "lmtp")
TWO = ("a@example.net", "b@example.net")
MODES = ("spool", "no spool", "queue")
LONG = 1 << 30

Cut = collections.namedtuple("Cut", "offer tls wire how mode at")


def scheme(offer, tls):
    return "lmtp" if offer == "lmtp" else SCHEMES[tls]


def measure(options, offer, tls, wire):
    """How much the relay says when all goes well, and where its replies end."""
    bench = Bench(f"{options.dir}/measure.{offer}.{tls}.{wire}", options.sendlet, options.cert)
    bench.configure(scheme=scheme(offer, tls))
    bench.relay.plan = Plan(offer, tls, cut=LONG, wire=wire)
    assert Case(bench, TWO).submit().status == 0
    bench.relay.settle()
    return LONG - bench.relay.left, list(itertools.accumulate(bench.relay.said))


def kinds(options):
    for offer in OFFERS:
        yield offer, "none", False, 1 if options.complete else 5
    for tls in ("starttls", "implicit"):
        yield "pipelining", tls, False, 1 if options.complete else 11
        yield "chunking", tls, True, 1 if options.complete else 97


def plan_cases(options):
    for offer, tls, wire, step in kinds(options):
        total, ends = measure(options, offer, tls, wire)
        for how, mode in itertools.product(("close", "reset"), MODES):
            for at in range(0, total, step):
                yield Cut(offer, tls, wire, how, mode, at)
        for mode, at in itertools.product(MODES, ends if not wire else ()):
            yield Cut(offer, tls, wire, "early", mode, at)


def cases(options):
    return list(plan_cases(options))


def run(bench, options, cut):
    plan = Plan(cut.offer, cut.tls, cut=cut.at, how=cut.how, wire=cut.wire)
    bench.configure(scheme=scheme(cut.offer, cut.tls), spool=cut.mode != "no spool")
    if cut.mode == "queue":
        both = [Case(bench, TWO), Case(bench, TWO[:1], clean=False)]
        for case in both:
            case.submit("-odq")
        bench.relay.plan = plan
        log = bench.call(["-q"])[1]
    else:
        bench.relay.plan = plan
        both = [Case(bench, TWO).submit()]
        log = ""
    bench.relay.settle()
    log += bench.recover()
    return [fault for case in both for fault in case.judge(log).found]

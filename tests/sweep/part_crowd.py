# SPDX-License-Identifier: ISC
"""200 senders at a time, a drainer that never rests, and a relay that is there,
is not, refuses or hangs up, anew every few milliseconds.  One case is one
message; what is wrong with any of a round is shown."""
import random
import subprocess
import threading
import time

from bench import Case
from relay import Plan

WEIGHT = 200
PATIENCE = 60
MOODS = (lambda dice: Plan(), lambda dice: Plan("chunking"), lambda dice: None,
         lambda dice: Plan(answers={"GREETING": b"421 4.3.2 Busy\r\n"}),
         lambda dice: Plan(answers={"RCPT": b"450 4.2.0 Later\r\n"}),
         lambda dice: Plan(answers={"EOM": b"451 4.3.0 Later\r\n"}),
         lambda dice: Plan(cut=dice.randrange(250)), lambda dice: Plan(cut=dice.randrange(250), how="reset"))
OPTIONS = ((), ("-odb",), ("-odq",))


def cases(options):
    return range(12 if options.complete else 1)


class Weather(threading.Thread):
    """Changes the relay's mood and keeps a drainer running."""

    def __init__(self, bench, seed):
        super().__init__(daemon=True)
        self.bench, self.dice, self.over, self.log = bench, random.Random(seed), False, ""

    def run(self):
        while not self.over:
            self.bench.relay.plan = self.dice.choice(MOODS)(self.dice)
            time.sleep(self.dice.random() / 50)

    def drain(self):
        while not self.over:
            self.log += self.bench.call(["-q"])[1]


def sender(bench, case, number):
    """A process that waits for its message."""
    args = ["-f", case.sender, *OPTIONS[number % len(OPTIONS)], *case.recipients]
    return subprocess.Popen(bench.command(*args), stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                            stderr=subprocess.PIPE, env={"SENDLET_ALIASES": "off"})


def finish(bench):
    log = ""
    for _ in range(100):
        log += bench.recover()
        if not bench.entries():
            break
        time.sleep(0.1)                 # somebody else has them
    time.sleep(0.3)
    bench.relay.settle()
    return log


def run(bench, options, seed):
    bench.clean()
    bench.configure()
    weather = Weather(bench, seed)
    crowd = [Case(bench, clean=False) for _ in range(WEIGHT)]
    processes = [sender(bench, case, number) for number, case in enumerate(crowd)]
    weather.start()
    drainer = threading.Thread(target=weather.drain, daemon=True)
    drainer.start()
    for process, case in zip(processes, crowd):
        process.stdin.write(case.message)
        process.stdin.close()
    for process, case in zip(processes, crowd):
        stderr = process.stderr.read().decode()
        case.note(process.wait(), stderr)
    weather.over = True
    weather.join()
    drainer.join()
    log = weather.log + finish(bench)
    # Of drains in the background there is no log to warn in.
    return [fault for case in crowd for fault in
            case.judge(log + "possible duplicate", losses=9).found]

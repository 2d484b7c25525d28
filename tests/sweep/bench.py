# SPDX-License-Identifier: ISC
"""A place where one message after the other is sent, and what became of it.

A Bench has a relay, a configuration, a spool and a dead.letter of its own.
A Case is one message: submitted, seen through recovery, judged.
"""
import os
import re
import shutil
import subprocess

from relay import Copy, Plan, Relay

SENDER = "kit@example.org"
CODES = {0, 64, 65, 66, 67, 68, 69, 70, 71, 73, 74, 76, 77, 78}
LIMIT = 60
PATIENT = ("timeout-greeting 4s", "timeout-data 4s", "timeout-command 4s", "timeout-dot 4s")
# Standard error or the log: each of them may be what fails; with -oeq there is but one.
FAILED = r"^sendlet: (?:<{0}>|to=<{0}>,.*status=(?:bounced|deferred) \((?!queued))"


class Bench:
    def __init__(self, place, sendlet, cert=None):
        self.place, self.sendlet = place, sendlet
        os.makedirs(place, mode=0o700)
        self.relay = Relay(cert)
        self.cert, self.cases = cert, 0
        self.settle(place, place)

    def settle(self, spool, grave):
        """In which directories spool and dead.letter are."""
        self.spool, self.grave, self.maildir = spool + "/spool", grave + "/dead.letter", grave + "/mail"
        self.part = f"{self.spool}/{os.geteuid()}"

    def configure(self, *lines, scheme="smtp+notls", spool=True, relay=None):
        """Writes the configuration; lines may say other timeouts."""
        if not any(line.startswith("timeout-") for line in lines):
            lines += PATIENT
        path = self.place + "/conf"
        text = ["hostname client.example.org", "log stderr", "spool " + (self.spool if spool else "off"),
                "dead-letter " + self.grave, *lines, "relay " + (relay or f"{scheme}://127.0.0.1:{self.relay.port}")]
        if self.cert:
            text.append("ca-file " + self.cert)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write("\n".join(text) + "\n")

    def command(self, *args):
        return [self.sendlet, "--config", self.place + "/conf", *args]

    def call(self, args, message=b"", prefix=(), env=None, deaf=False):
        """Exit status (below 0: the signal) and standard error; deaf: nobody reads that."""
        told, tell = os.pipe() if deaf else (None, subprocess.PIPE)
        if deaf:
            os.close(told)
        done = subprocess.run([*prefix, *self.command(*args)], input=message, stdout=subprocess.DEVNULL,
                              stderr=tell, env={"SENDLET_ALIASES": "off", **(env or {})},
                              timeout=LIMIT, check=False)
        if deaf:
            os.close(tell)
        return done.returncode, (done.stderr or b"").decode("utf-8", "replace")

    def copies(self):
        """What has arrived, at the relay or in the Maildir."""
        with self.relay.lock:
            found = list(self.relay.copies)
        for name in os.listdir(self.maildir + "/new") if os.path.isdir(self.maildir + "/new") else []:
            with open(f"{self.maildir}/new/{name}", "rb") as file:
                found.append(Copy.of_file(file.read()))
        return found

    def entries(self):
        """Identifier to text of what is in the spool; leftovers of commits are not."""
        names = os.listdir(self.part) if os.path.isdir(self.part) else []
        found = {}
        for name in names:
            if not re.fullmatch("[0-9A-Z]{16}", name):
                continue
            try:
                with open(f"{self.part}/{name}", "rb") as file:
                    found[name] = file.read()
            except FileNotFoundError:           # just delivered
                continue
        return found

    def recover(self):
        """A good relay, and the queue run until it is empty; what it logged."""
        last = self.relay.plan or Plan()
        self.relay.plan = Plan("lmtp" if last.lmtp else "pipelining", tls=last.tls, auth=last.auth)
        log = ""
        for _ in range(5):
            if not self.entries():
                break
            log += self.call(["-q"])[1]
        self.relay.settle()
        return log

    def clean(self):
        self.relay.forget()
        shutil.rmtree(self.spool, ignore_errors=True)
        shutil.rmtree(self.maildir, ignore_errors=True)
        if os.path.exists(self.grave):
            os.unlink(self.grave)

    def buried(self):
        try:
            with open(self.grave, "rb") as file:
                return file.read()
        except FileNotFoundError:
            return b""


class Case:
    """One message on its way; found lists what was wrong: (kind, words)."""

    def __init__(self, bench, recipients=("a@example.net",), size=40, sender=SENDER, clean=True):
        self.bench, self.recipients, self.sender = bench, recipients, sender
        bench.cases += 1
        if clean:
            bench.clean()
        self.id = f"case{bench.cases}"
        self.message = (f"From: {SENDER}\nTo: a@example.net\nSubject: sweep\nMessage-ID: <{self.id}@sweep>\n"
                        "Date: Sun, 22 Nov 2026 10:00:00 +0000\n\n").encode()
        line = b"Nothing is ever lost, and nothing comes twice without need.\n"
        self.message += line * (size // len(line) + 1)
        self.found, self.promised, self.stderr, self.status = [], set(), "", None
        self.quiet = self.taken = self.deaf = False

    def submit(self, *options, prefix=(), env=None, deaf=False):
        """Hands the message over, and notes for whom that is a promise."""
        self.quiet, self.deaf = "-oeq" in options, deaf
        return self.note(*self.bench.call(["-f", self.sender, *options, *self.recipients],
                                          self.message, prefix, env, deaf))

    def note(self, status, stderr):
        """What the caller was told."""
        self.status, self.stderr = status, stderr
        kept = self.kept()
        named = {r for r in self.recipients if re.search(FAILED.format(re.escape(r)), self.stderr, re.M)}
        if self.status == 0:
            self.promised = set(self.recipients)
        elif self.status > 0 and named:
            self.promised = set(self.recipients) - named
        self.promised |= kept
        self.taken = bool(named) or self.deaf
        self.check_words(named, kept)
        return self

    def kept(self):
        return {r for r in self.recipients for text in self.bench.entries().values()
                if b"\nto %s\n" % r.encode() in text and self.id.encode() in text}

    def check_words(self, named, kept):
        if self.status < 0:
            return
        if self.status not in CODES:
            self.wrong("misreported", f"exit {self.status}")
        if self.status != 0 and not self.deaf and not re.search("^sendlet: ", self.stderr, re.M):
            self.wrong("misreported", f"exit {self.status} without a word")
        if self.status == 0 and named:
            self.wrong("misreported", "exit 0, but named as failed")
        if named & kept:
            self.wrong("misreported", "named as failed, but in the spool")
        if "may have been delivered" in self.stderr and self.status == 0 and "(queued as" not in self.stderr:
            self.wrong("misreported", "exit 0 although unsure")

    def wrong(self, kind, words):
        self.found.append((kind, f"{words}; exit {self.status}; {self.stderr.strip()[-300:]}"))

    def copies(self, recipient):
        return [c for c in self.bench.copies()
                if self.id in c.ids and recipient in c.recipients and c.sender == self.sender]

    def reports(self):
        return [c for c in self.bench.copies() if c.sender == "" and self.id in c.ids]

    def dead(self):
        """Reports that nobody takes; they stay to be seen."""
        return sum(b"\nstate D\n" in text and b"\nsender \n" in text and self.id.encode() in text
                   for text in self.bench.entries().values())

    def judge(self, log="", refused=(), twice=False, losses=1):
        """After recovery.  refused: recipients of whom a report is due instead;
        twice: a copy more is no fault even without a connection lost; losses:
        how many connections may have been lost after a dot."""
        for recipient in self.recipients:
            copies = self.copies(recipient)
            unsure = sum(not c.acknowledged for c in copies)
            may = 1 + min(losses, unsure + twice)
            if recipient in refused:
                if len(self.reports()) + self.dead() < 1:
                    self.wrong("lost", f"{recipient}: no report; {log[-300:]}")
                elif len(self.reports()) > 1 or copies:
                    self.wrong("duplicated", f"{recipient}: {len(self.reports())} reports, {len(copies)} copies")
            elif recipient in self.promised and not copies:
                self.wrong("lost", f"{recipient}: no copy; {log[-300:]}")
            elif len(copies) > may:
                self.wrong("duplicated", f"{recipient}: {len(copies)} copies, {unsure} unsure; {log[-300:]}")
            elif len(copies) > 1 and "possible duplicate" not in log:
                self.wrong("misreported", f"{recipient}: two copies, and no warning")
            elif recipient not in self.promised:
                self.judge_failure(recipient, copies)
        if len(self.bench.entries()) > (self.dead() if refused else 0):
            self.wrong("lost", "still in the spool: " + log[-300:])
        return self

    def judge_failure(self, recipient, copies):
        """The caller was told no, or killed.  What could not even be read cannot be kept."""
        if self.status < 0:
            return
        if copies and "may have been delivered" not in self.stderr:
            self.wrong("misreported", f"{recipient}: failed, but arrived")
        buried = self.id.encode() in self.bench.buried()
        if buried and "message not kept" in self.stderr:
            self.wrong("misreported", "part of it is in dead.letter")
        if self.quiet and buried:
            self.wrong("misreported", "dead.letter in spite of -oeq")
        if self.taken and not self.quiet and not buried and "message not kept" not in self.stderr:
            self.wrong("lost", f"{recipient}: not in dead.letter")

#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""Run a program for people without any: terminal.py PATTERN=KEYS ... -- COMMAND...

COMMAND gets a terminal of its own.  Each time the regular expression PATTERN
has appeared on it, KEYS are typed, one pair after the other; escapes are
allowed in both.  Fails, with the screen on standard error, when COMMAND does, when a
PATTERN did not appear, or after a minute.
"""
import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time


def unescape(text):
    return text.encode().decode("unicode_escape").encode("latin-1")


def main():
    split = sys.argv.index("--")
    pairs = [argument.partition("=")[::2] for argument in sys.argv[1:split]]
    child, terminal = pty.fork()
    if not child:
        os.execvp(sys.argv[split + 1], sys.argv[split + 1:])
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    screen, start, end = b"", 0, time.monotonic() + 60
    while time.monotonic() < end:
        if select.select([terminal], [], [], 0.2)[0]:
            try:
                screen += os.read(terminal, 65536)
            except OSError:             # the last one closed it
                break
        elif pairs and (match := re.search(pairs[0][0].encode(), screen[start:])):
            start += match.end()
            os.write(terminal, unescape(pairs.pop(0)[1]))
    else:
        os.kill(child, signal.SIGKILL)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if status or pairs:
        sys.stderr.buffer.write(screen)
        sys.exit(99)


if __name__ == "__main__":
    main()

# SPDX-License-Identifier: ISC
"""Runs a program behind the filter for system calls that Docker sets up.

    narrow.py LIST [-NAME...] PROGRAM [ARGUMENT...]

LIST is a file of names that are allowed; each -NAME is taken from it, as it
was not there yet in older versions.  Numbers are those of this machine's C
compiler.  "Allowed" and "with which arguments" are what the profile says, the
filter is this file's.
"""
import ctypes
import os
import struct
import subprocess
import sys

ALLOW, EPERM, ENOSYS = 0x7fff0000, 0x00050001, 0x00050026
LOAD, EQUAL, AND, RETURN = 0x20, 0x15, 0x54, 0x06
NAMESPACES = 0x7e020000  # CLONE_NEW...
VSOCK = 40
PERSONALITIES = (0, 8, 0x20000, 0x20008, 0xffffffff)


def numbers():
    text = subprocess.run(["cc", "-dM", "-E", "-xc", "-include", "sys/syscall.h", "/dev/null"], check=True,
                          stdout=subprocess.PIPE).stdout.decode()
    words = (line.split() for line in text.splitlines() if line.startswith("#define __NR_"))
    return {word[1][5:]: int(word[2]) for word in words if len(word) == 3 and word[2].isdigit()}


def line(code, value, yes=0, no=0):
    return struct.pack("HBBI", code, yes, no, value)


def when(number, *then):
    """These lines for one call; the number is in the accumulator."""
    return line(EQUAL, number, 0, len(then)) + b"".join(then)


def program(allowed):
    number = numbers()
    argument = line(LOAD, 16)  # the low word of the first one
    text = line(LOAD, 0)
    for name in sorted(allowed & number.keys()):
        text += when(number[name], line(RETURN, ALLOW))
    text += when(number["socket"], argument, line(EQUAL, VSOCK, 1), line(RETURN, ALLOW), line(RETURN, EPERM))
    text += when(number["clone"], argument, line(AND, NAMESPACES), line(EQUAL, 0, 0, 1), line(RETURN, ALLOW),
                 line(RETURN, EPERM))
    text += when(number["clone3"], line(RETURN, ENOSYS if "openat2" in allowed else EPERM))
    text += when(number["personality"], argument, *(line(EQUAL, value, len(PERSONALITIES) - i) for i, value in
                                                    enumerate(PERSONALITIES)), line(RETURN, EPERM),
                 line(RETURN, ALLOW))
    return text + line(RETURN, EPERM)


def main():
    with open(sys.argv[1], encoding="ascii") as file:
        allowed = set(" ".join(row for row in file if row[0] != "#").split())
    rest = sys.argv[2:]
    while rest[0].startswith("-"):
        allowed.remove(rest.pop(0)[1:])
    text = program(allowed)
    libc = ctypes.CDLL(None, use_errno=True)
    buffer = ctypes.create_string_buffer(text, len(text))
    whole = struct.pack("HxxxxxxP", len(text) // 8, ctypes.addressof(buffer))
    if os.geteuid() != 0 and libc.prctl(38, 1, 0, 0, 0) != 0:
        sys.exit("narrow.py: no_new_privs")
    if libc.prctl(22, 2, ctypes.c_char_p(whole), 0, 0) != 0:
        sys.exit("narrow.py: " + os.strerror(ctypes.get_errno()))
    os.execv(rest[0], rest)


main()

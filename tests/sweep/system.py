# SPDX-License-Identifier: ISC
"""mount(2) and umount2(2), which Python lacks."""
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
RDONLY, REMOUNT, BIND, DETACH = 1, 32, 4096, 2


def mount(source, target, kind="", flags=0, options=""):
    if libc.mount(source.encode(), target.encode(), kind.encode(), flags, options.encode()) != 0:
        raise OSError(ctypes.get_errno(), "mount " + target)


def umount(target):
    if libc.umount2(target.encode(), DETACH) != 0:
        raise OSError(ctypes.get_errno(), "umount " + target)

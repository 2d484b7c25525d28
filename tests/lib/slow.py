#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""Send a large message to a server that pauses in the middle of it.

    slow.py terminal|pipe SIZE COMMAND...

COMMAND gets {port} replaced in its SENDLET_RELAY, the message on standard
input, and a terminal or a pipe as standard error, of which all is printed.
"""
import os
import socket
import subprocess
import sys
import threading
import time


def serve(listener):
    client, _ = listener.accept()
    file = client.makefile("rwb", buffering=0)
    file.write(b"220 slow\r\n")
    for line in iter(file.readline, b""):
        verb = line[:4].upper()
        file.write({b"EHLO": b"250-slow\r\n250 8BITMIME\r\n", b"DATA": b"354 go\r\n",
                    b"QUIT": b"221 bye\r\n"}.get(verb, b"250 ok\r\n"))
        if verb == b"QUIT":
            return
        if verb != b"DATA":
            continue
        got, end, paused = 0, b"", False
        while not end.endswith(b"\r\n.\r\n"):
            data = client.recv(65536)
            if not data:
                return
            got, end = got + len(data), (end + data)[-5:]
            if got > 1000000 and not paused:
                paused = True
                time.sleep(2)
        file.write(b"250 taken\r\n")


def main():
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    threading.Thread(target=serve, args=[listener], daemon=True).start()
    ours, theirs = os.openpty() if sys.argv[1] == "terminal" else os.pipe()
    relay = f"smtp+notls://127.0.0.1:{listener.getsockname()[1]}"
    message = b"Subject: large\n\n" + (b"x" * 69 + b"\n") * (int(sys.argv[2]) // 70)
    child = subprocess.Popen(sys.argv[3:], stdin=subprocess.PIPE, stderr=theirs, env={**os.environ, "SENDLET_RELAY": relay})
    os.close(theirs)
    seen = []

    def watch():
        while True:
            try:
                data = os.read(ours, 65536)
            except OSError:
                return
            if not data:
                return
            seen.append(data)

    watcher = threading.Thread(target=watch)
    watcher.start()
    child.communicate(message)
    watcher.join(10)
    sys.stdout.buffer.write(b"".join(seen))
    sys.exit(child.returncode)


main()

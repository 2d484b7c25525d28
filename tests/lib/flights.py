#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""Count the flights a program needs, from a place between it and its server.

    flights.py PORT COMMAND...

COMMAND is run with @PORT@ in its arguments replaced by the port of a proxy to
127.0.0.1:PORT.  The proxy moves bytes in lock-step: all
that the client says until it waits, then all that the server says until it
waits.  A flight is a burst of the client that has to be answered by a burst of
the server before the client goes on; so the count is the number of round trips
on a line of any bandwidth.  The TCP handshake is the first flight, and the ACK
that the greeting of a server answers is the second.  What the client says when
the mail is done (close_notify, a late QUIT) counts as a flight if it waits for
an answer; the closing of TCP does not.

The count is printed last; the exit status is COMMAND's.  The client counts as
waiting when its main thread sleeps and it has said nothing more.
"""
import os
import select
import socket
import subprocess
import sys
import time

PATIENCE = 30.0


def asleep(pid):
    """Is the process, or that which it has become, waiting for something?"""
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] in "SZX"
    except FileNotFoundError:
        return True


def burst(sock, quiet):
    """Bytes up to a silence that quiet() confirms, and whether that is the end."""
    data, calm = b"", 0
    while calm < 3:
        if not select.select([sock], [], [], 0.01)[0]:
            calm = calm + 1 if quiet() else 0
            continue
        try:
            part = sock.recv(1 << 20)
        except ConnectionResetError:
            part = b""
        if not part:
            return data, True
        data, calm = data + part, 0
    return data, False


def relay(client, server, pid):
    """Move bytes until either side closes; returns the flights seen."""
    flights, started = 1, time.monotonic()
    while time.monotonic() - started < PATIENCE:
        said, closed = burst(client, lambda: asleep(pid))
        if said:
            server.sendall(said)
        if closed:
            return flights
        heard, closed = burst(server, lambda: True)
        if heard:
            # A server that pauses and goes on: nothing has gone to and fro.
            if said or flights == 1:
                flights += 1
            print(f"{flights}: {len(said)} octets out, {len(heard)} in: {heard[-40:]!r}", file=sys.stderr)
            client.sendall(heard)
        if closed:
            client.shutdown(socket.SHUT_WR)
            burst(client, lambda: False)
            return flights
    raise SystemExit("flights.py: it does not end")


def main():
    listener = socket.create_server(("127.0.0.1", 0))
    port = str(listener.getsockname()[1])
    program = subprocess.Popen([word.replace("@PORT@", port) for word in sys.argv[2:]])
    client, _ = listener.accept()
    server = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
    for sock in client, server:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    flights = relay(client, server, program.pid)
    client.close()
    server.close()
    status = program.wait(PATIENCE)
    print(flights)
    return status


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""A server for one connection that does what a good one would not.

    talker.py plain | silent | close
    talker.py talk CERT.pem 1.2|1.3 OCTETS

Prints its port and goes to the background for at most 30 seconds.  `talk`
sends 200 KB of lines over TLS before it reads anything, then reads this many
OCTETS, sends their SHA-256 hash as a line and closes; with 0 it just waits.
"""
import hashlib
import os
import signal
import socket
import ssl
import sys
import time


def talk(connection, cert, version, octets):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, cert + ".key")
    context.minimum_version = context.maximum_version = {
        "1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}[version]
    tls = context.wrap_socket(connection, server_side=True)
    if octets == 0:
        time.sleep(30)
    tls.sendall(b"talk\n" * 40000)
    digest = hashlib.sha256()
    while octets > 0:
        data = tls.recv(min(octets, 65536))
        if not data:
            return
        digest.update(data)
        octets -= len(data)
    tls.sendall(digest.hexdigest().encode() + b"\r\n")
    tls.unwrap()


def serve(connection, what, *rest):
    if what == "plain":
        connection.sendall(b"220 mail.example.test ESMTP\r\n")
        connection.recv(65536)
        time.sleep(1)
    elif what == "silent":
        time.sleep(30)
    elif what == "talk":
        talk(connection, rest[0], rest[1], int(rest[2]))


server = socket.create_server(("127.0.0.1", 0))
print(server.getsockname()[1], flush=True)
if os.fork():
    os._exit(0)
null = os.open(os.devnull, os.O_RDWR)
for fd in range(4):
    if fd != server.fileno():
        os.dup2(null, fd)
signal.alarm(30)
serve(server.accept()[0], *sys.argv[1:])

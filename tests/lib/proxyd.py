#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""A proxy for the tests: SOCKS5 (RFC 1928, 1929) or HTTP CONNECT.

    proxyd.py LOG [--http] [--login USER:PASSWORD] [--say HEX] [--slow]

Prints its port.  Names ending in ".far" are known to it alone: 127.0.0.1.
Every request is logged as the client made it: "name mail.far 25".  --say
answers with these octets and closes; --slow sends its answers octet by octet.
"""
import argparse
import base64
import socket
import struct
import sys
import threading
import time

parser = argparse.ArgumentParser(usage=__doc__)
parser.add_argument("log")
parser.add_argument("--http", action="store_true")
parser.add_argument("--login")
parser.add_argument("--say")
parser.add_argument("--slow", action="store_true")
options = parser.parse_args()
log = open(options.log, "w")


def put(sock, data):
    for piece in [data[i:i + 1] for i in range(len(data))] if options.slow else [data]:
        sock.sendall(piece)
        time.sleep(0.01 * options.slow)


def get(sock, n):
    data = sock.recv(n, socket.MSG_WAITALL)
    if len(data) < n:
        raise ConnectionError
    return data


def reach(kind, host, port):
    print(kind, host, port, file=log, flush=True)
    if kind == "name" and not host.endswith(".far"):
        raise OSError("no such host")
    return socket.create_connection(("127.0.0.1" if kind == "name" else host, port))


def socks(sock):
    methods = get(sock, get(sock, 2)[1])
    if options.login:
        if 2 not in methods:
            return put(sock, b"\5\xff")
        put(sock, b"\5\2")
        get(sock, 1)
        user = get(sock, get(sock, 1)[0])
        password = get(sock, get(sock, 1)[0])
        if user + b":" + password != options.login.encode():
            return put(sock, b"\1\1")
        put(sock, b"\1\0")
    else:
        put(sock, b"\5\0")
    kind = get(sock, 4)[3]
    if kind == 3:
        host = get(sock, get(sock, 1)[0]).decode()
    else:
        host = socket.inet_ntop(socket.AF_INET6 if kind == 4 else socket.AF_INET, get(sock, 16 if kind == 4 else 4))
    port = struct.unpack("!H", get(sock, 2))[0]
    try:
        far = reach("name" if kind == 3 else "address", host, port)
    except ConnectionRefusedError:
        return put(sock, b"\5\5\0\1\0\0\0\0\0\0")
    except OSError:
        return put(sock, b"\5\4\0\3\4name\0\0")
    put(sock, b"\5\0\0\3\4name\0\31" if kind == 3 else b"\5\0\0\1\0\0\0\0\0\0")
    return far


def http(sock):
    request = b""
    while not request.endswith(b"\r\n\r\n"):
        request += get(sock, 1)
    lines = request.decode().split("\r\n")
    login = next((line.split()[-1] for line in lines if line.startswith("Proxy-Authorization: Basic ")), "")
    if options.login and base64.b64decode(login).decode() != options.login:
        return put(sock, b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n")
    host, _, port = lines[0].split()[1].rpartition(":")
    assert lines[0] == f"CONNECT {host}:{port} HTTP/1.1" and lines[1] == f"Host: {host}:{port}"
    try:
        far = reach("address" if host[-1] in "0123456789]" else "name", host.strip("[]"), int(port))
    except OSError as error:
        return put(sock, f"HTTP/1.1 502 {error}\r\n\r\n".encode())
    put(sock, b"HTTP/1.1 200 Connection established\r\nVia: test\r\n\r\n")
    return far


def copy(source, target):
    try:
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass


def serve(sock):
    with sock:
        if options.say:
            put(sock, bytes.fromhex(options.say))
            return
        try:
            far = http(sock) if options.http else socks(sock)
        except ConnectionError:
            return
        if far:
            with far:
                threading.Thread(target=copy, args=(far, sock), daemon=True).start()
                copy(sock, far)
                time.sleep(0.2)


listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
sys.stdout.close()
while True:
    client, _ = listener.accept()
    threading.Thread(target=serve, args=(client,), daemon=True).start()

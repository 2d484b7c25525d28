#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""A server that takes one mail and answers when its client has been silent for
a while.  Prints its port, then, when the mail is over, how many recipients it
had and the most commands that had no answer yet.
"""
import select
import socket

listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
client, _ = listener.accept()
buffer, answers, most, recipients, text = b"", [], 0, 0, False


def answer(word):
    """What is said to this verb."""
    return {b"EHLO": b"250-window\r\n250 PIPELINING\r\n", b"DATA": b"354 go\r\n",
            b"QUIT": b"221 bye\r\n"}.get(word, b"250 ok\r\n")


def flush():
    """Say all that is to be said."""
    global most
    most = max(most, len(answers))
    if answers:
        client.sendall(b"".join(answers))
        answers.clear()


client.sendall(b"220 window\r\n")
while True:
    while b"\n" in buffer:
        line, _, buffer = buffer.partition(b"\n")
        word = line[:4].strip().upper()
        if text:
            text = line != b".\r"
            if text:
                continue
            word = b"."
        recipients += word == b"RCPT"
        text = word == b"DATA"
        answers.append(answer(word))
        if word in (b"DATA", b"QUIT"):
            flush()
    if answers and not select.select([client], [], [], 0.3)[0]:
        flush()
    data = client.recv(4096)
    if not data:
        break
    buffer += data
print(recipients, most, flush=True)

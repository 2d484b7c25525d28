# SPDX-License-Identifier: ISC
"""The server's side of the SASL mechanisms, as generators for the test sink.

A mechanism yields challenges and receives responses, returns the identity it
has verified, or raises Refused.  It knows nothing of SMTP or base64.  Those
that let the client speak first yield None before anything else.
RFC 4616, 2195, 5802, 5929, 7628; draft-murchison-sasl-login.
"""
import base64
import hashlib
import hmac
import json
import os


class Refused(Exception):
    pass


class Account:
    """What a mechanism may check against."""

    def __init__(self, user, password, iterations=4096, forged=False):
        self.user, self.password = user.encode(), password.encode()
        self.iterations, self.forged = iterations, forged

    def check(self, user, password):
        if user != self.user or password != self.password:
            raise Refused("wrong user or password")
        return user


def plain(account, channel):
    fields = (yield None).split(b"\0")
    if len(fields) != 3:
        raise Refused("malformed PLAIN response")
    if fields[0] not in (b"", fields[1]):
        raise Refused("not authorized to act for another")
    return account.check(*fields[1:])


def login(account, channel):
    user = yield b"Username:"
    return account.check(user, (yield b"Password:"))


def cram_md5(account, channel):
    challenge = b"<%d.1@relay.example.com>" % os.getpid()
    user, _, digest = (yield challenge).rpartition(b" ")
    expected = hmac.new(account.password, challenge, "md5").hexdigest()
    return account.check(user, account.password if digest == expected.encode() else b"")


def external(account, channel):
    identity = yield None
    if channel.peer is None:
        raise Refused("no client certificate")
    return identity or channel.peer.encode()


def oauthbearer(account, channel):
    response = yield None
    header, _, rest = response.partition(b"\x01")
    fields = rest.rstrip(b"\x01").split(b"\x01")
    if not header.startswith(b"n,a=") or not response.endswith(b"\x01\x01"):
        raise Refused("malformed OAUTHBEARER response")
    if header != b"n,a=%s," % account.user or b"auth=Bearer " + account.password not in fields:
        if (yield json.dumps({"status": "invalid_token"}).encode()) != b"\x01":
            raise Refused("the error was not acknowledged with %x01")
        raise Refused("invalid token")
    return account.user


def xoauth2(account, channel):
    expected = b"user=%s\x01auth=Bearer %s\x01\x01" % (account.user, account.password)
    if (yield None) != expected:
        if (yield json.dumps({"status": "400"}).encode()) != b"":
            raise Refused("the error was not acknowledged with an empty line")
        raise Refused("invalid token")
    return account.user


def attributes(message):
    return dict(part.split(b"=", 1) for part in message.split(b",") if b"=" in part)


def bound_data(gs2, channel, plus):
    """The channel binding bytes a client with this GS2 header must present."""
    flag = gs2.split(b",", 1)[0]
    if plus != flag.startswith(b"p="):
        raise Refused("channel binding does not fit the mechanism")
    if flag == b"y" and channel.offers_plus:
        raise Refused("the list of mechanisms was tampered with")
    return gs2 + channel.binding(flag[2:].decode()) if plus else gs2


def scram(name, plus):
    def mechanism(account, channel):
        first = yield None
        flag, authzid, bare = first.split(b",", 2)
        bound = bound_data(flag + b"," + authzid + b",", channel, plus)
        client = attributes(bare)
        user = client[b"n"].replace(b"=2C", b",").replace(b"=3D", b"=")
        salt, nonce = b"salt and pepper!", client[b"r"] + b"SERVER"
        challenge = b"r=%s,s=%s,i=%d" % (nonce, base64.b64encode(salt), account.iterations)
        final = yield challenge
        unproved, _, proof = final.rpartition(b",p=")
        if attributes(unproved)[b"r"] != nonce:
            raise Refused("wrong nonce")
        if base64.b64decode(attributes(unproved)[b"c"]) != bound:
            raise Refused("wrong channel binding")

        def mac(key, text):
            return hmac.new(key, text, name).digest()
        salted = hashlib.pbkdf2_hmac(name, account.password, salt, account.iterations)
        transcript = b",".join((bare, challenge, unproved))
        stored = hashlib.new(name, mac(salted, b"Client Key")).digest()
        key = bytes(a ^ b for a, b in zip(base64.b64decode(proof), mac(stored, transcript)))
        account.check(user, account.password if hashlib.new(name, key).digest() == stored else b"")
        signature = mac(mac(salted, b"Server Key"), transcript)
        if account.forged:
            signature = bytes(len(signature))
        if (yield b"v=" + base64.b64encode(signature)) != b"":
            raise Refused("the server's signature was not acknowledged")
        return user
    return mechanism


MECHANISMS = {
    "PLAIN": plain,
    "LOGIN": login,
    "CRAM-MD5": cram_md5,
    "EXTERNAL": external,
    "OAUTHBEARER": oauthbearer,
    "XOAUTH2": xoauth2,
    "SCRAM-SHA-1": scram("sha1", False),
    "SCRAM-SHA-1-PLUS": scram("sha1", True),
    "SCRAM-SHA-256": scram("sha256", False),
    "SCRAM-SHA-256-PLUS": scram("sha256", True),
}

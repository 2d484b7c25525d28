# SPDX-License-Identifier: ISC
"""
An SMTP server that stores what it gets below /var/store, one file for each
recipient, with LF line ends and a Return-Path field at the top.

aiosmtpd speaks SMTP and does AUTH PLAIN and LOGIN; the challenge-response
mechanisms are those of GNU SASL, bound to the TLS channel by OpenSSL's keying
material exporter.

usage: aiosmtpd_server.py USER PASSWORD SIZE-LIMIT SUBMISSION-PORT
       SUBMISSIONS-PORT SMTP-PORT
"""

import asyncio
import base64
import ctypes
import logging
import os
import ssl
import sys

# Where python3-* packages are when they are unpacked, not installed.
sys.path.append("/usr/lib/python3/dist-packages")

from aiosmtpd.smtp import AuthResult, SMTP  # noqa: E402

USER, PASSWORD = (argument.encode() for argument in sys.argv[1:3])
SIZE_LIMIT, SUBMISSION_PORT, SUBMISSIONS_PORT, SMTP_PORT = map(
    int, sys.argv[3:7])

gsasl = ctypes.CDLL("libgsasl.so.18")
openssl = ctypes.CDLL("libssl.so.3")
pointer, text = ctypes.c_void_p, ctypes.c_char_p
gsasl.gsasl_property_set.argtypes = pointer, ctypes.c_int, text
gsasl.gsasl_property_fast.argtypes = pointer, ctypes.c_int
gsasl.gsasl_property_fast.restype = text
gsasl.gsasl_server_start.argtypes = pointer, text, pointer
gsasl.gsasl_step64.argtypes = pointer, text, pointer
gsasl.gsasl_strerror.restype = text
gsasl.gsasl_finish.argtypes = (pointer,)
openssl.SSL_export_keying_material.argtypes = (
    pointer, pointer, ctypes.c_size_t, text, ctypes.c_size_t, text,
    ctypes.c_size_t, ctypes.c_int)

# From gsasl.h.
OK, NEEDS_MORE = 0, 1
AUTHID, PASSWORD_PROPERTY, CB_TLS_EXPORTER = 1, 3, 25

# SSL *ssl in struct PySSLSocket follows the object header and one pointer.
SSL_OFFSET = object.__basicsize__ + ctypes.sizeof(pointer)


def tls_exporter(ssl_object):
    """The channel binding of RFC 9266."""
    handle = pointer.from_address(id(ssl_object._sslobj) + SSL_OFFSET)
    data = ctypes.create_string_buffer(32)
    label = b"EXPORTER-Channel-Binding"
    if openssl.SSL_export_keying_material(
            handle, data, 32, label, len(label), b"", 0, 1) != 1:
        raise RuntimeError("SSL_export_keying_material failed")
    return data.raw


class Session:
    """One authentication by GNU SASL."""

    def __init__(self, mechanism, binding):
        self.handle = pointer()
        if gsasl.gsasl_server_start(
                library, mechanism.encode(), ctypes.byref(self.handle)) != OK:
            raise RuntimeError(mechanism)
        gsasl.gsasl_property_set(self.handle, PASSWORD_PROPERTY, PASSWORD)
        if binding:
            gsasl.gsasl_property_set(
                self.handle, CB_TLS_EXPORTER, base64.b64encode(binding))

    def step(self, data):
        """Takes and returns base64 text."""
        out = text()
        status = gsasl.gsasl_step64(self.handle, data, ctypes.byref(out))
        if status not in (OK, NEEDS_MORE):
            print(gsasl.gsasl_strerror(status).decode(), flush=True)
        return status, out.value or b""

    def user(self):
        return gsasl.gsasl_property_fast(self.handle, AUTHID)

    def finish(self):
        gsasl.gsasl_finish(self.handle)


library = pointer()
if gsasl.gsasl_init(ctypes.byref(library)) != OK:
    sys.exit("gsasl_init failed")


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("bad"):
            return "550 5.1.1 no such mailbox"
        if address.startswith("temp"):
            return "450 4.2.1 mailbox busy"
        if not address.endswith("@example.test"):
            return "554 5.7.1 relay access denied"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server, session, envelope):
        content = envelope.content
        lines = content.split(b"\r\n")
        if lines[-1] or any(b"\r" in line or b"\n" in line for line in lines):
            return "554 5.6.0 bare CR or LF (RFC 5321 section 2.3.8)"
        if any(len(line) > 998 for line in lines):
            return "554 5.6.0 line too long (RFC 5321 section 4.5.3.1.6)"
        for rcpt in envelope.rcpt_tos:
            directory = os.path.join("/var/store", rcpt, "new")
            os.makedirs(directory, exist_ok=True)
            name = os.path.join(directory, str(len(os.listdir(directory))))
            with open(name, "xb") as file:
                sender = envelope.mail_from.strip("<>").encode()
                file.write(b"Return-Path: <%s>\n" % sender)
                file.write(b"\n".join(lines))
        return "250 2.0.0 stored"

    async def challenge_response(self, server, args):
        channel = server.transport.get_extra_info("ssl_object")
        session = Session(args[0], tls_exporter(channel) if channel else None)
        try:
            response = args[1].encode() if len(args) > 1 else None
            if response is None and args[0].startswith("SCRAM"):
                response = await self.ask(server, b"")
            while True:
                status, out = session.step(response)
                if status not in (OK, NEEDS_MORE):
                    await server.push("535 5.7.8 authentication failed")
                    return AuthResult(success=False, handled=True)
                if status == OK and not out:
                    break
                response = await self.ask(server, out)
                if status == OK:
                    break
            if session.user() != USER:
                await server.push("535 5.7.8 no such user")
                return AuthResult(success=False, handled=True)
            return AuthResult(success=True, auth_data=USER)
        finally:
            session.finish()

    async def ask(self, server, challenge):
        await server.push("334 " + challenge.decode())
        return (await server._reader.readline()).rstrip()

    auth_CRAM__MD5 = challenge_response
    auth_SCRAM__SHA__1 = challenge_response
    auth_SCRAM__SHA__1__PLUS = challenge_response
    auth_SCRAM__SHA__256 = challenge_response
    auth_SCRAM__SHA__256__PLUS = challenge_response


def authenticator(server, session, envelope, mechanism, data):
    good = (data.login, data.password) == (USER, PASSWORD)
    return AuthResult(success=good, handled=False)


async def main():
    logging.getLogger("mail.log").setLevel(logging.ERROR)
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain("/etc/tls/server.pem", "/etc/tls/server.key")
    listeners = (
        (SUBMISSION_PORT, None, {
            "tls_context": tls, "require_starttls": True,
            "auth_required": True}),
        (SUBMISSIONS_PORT, tls, {
            "auth_required": True, "auth_require_tls": False}),
        (SMTP_PORT, None, {}))
    servers = []
    for port, context, options in listeners:
        servers.append(await asyncio.get_running_loop().create_server(
            lambda options=options: SMTP(
                Handler(), data_size_limit=SIZE_LIMIT, hostname="localhost",
                authenticator=authenticator, **options),
            "127.0.0.1", port, ssl=context))
    await asyncio.gather(*(server.serve_forever() for server in servers))


asyncio.run(main())

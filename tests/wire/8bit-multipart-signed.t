# What is signed is not touched: one clear line instead.
args: -f kit@example.org -i pat@example.net
exit: 65
stderr~: sendlet: .*multipart/signed.*8-bit text.*encode-signed.*
M: From: Kit <kit@example.org>
M: To: pat@example.net
M: Subject: hi
M: Date: Sun, 22 Nov 2026 10:00:00 +0000
M: Message-ID: <1@example.org>
M: MIME-Version: 1.0
M: Content-Type: multipart/signed; boundary=b
M:
M: --b
M: Content-Type: text/plain; charset=utf-8
M: Content-Transfer-Encoding: 8bit
M:
M: caf\xc3\xa9
M: --b--

server
S: 220 relay.example.com ESMTP
C: EHLO client.example.org
S: 250 relay.example.com
C: QUIT
S: 221 2.0.0 Bye

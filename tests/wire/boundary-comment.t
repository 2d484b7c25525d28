# A comment behind a boundary (RFC 2045 section 5.1) is not part of it.
args: -f kit@example.org -i pat@example.net
M: From: Kit <kit@example.org>
M: To: pat@example.net
M: Subject: hi
M: Date: Sun, 22 Nov 2026 10:00:00 +0000
M: Message-ID: <1@example.org>
M: MIME-Version: 1.0
M: Content-Type: multipart/mixed; boundary=b (c; d)
M:
M: --b
M: Content-Type: text/plain; charset=utf-8
M:
M: \xc3\xa4
M: --b--

server
S: 220 relay.example.com ESMTP
C: EHLO client.example.org
S: 250 relay.example.com
C: MAIL FROM:<kit@example.org>
S: 250 2.1.0 Ok
C: RCPT TO:<pat@example.net>
S: 250 2.1.5 Ok
C: DATA
S: 354 go on
C: From: Kit <kit@example.org>
C: To: pat@example.net
C: Subject: hi
C: Date: Sun, 22 Nov 2026 10:00:00 +0000
C: Message-ID: <1@example.org>
C: MIME-Version: 1.0
C: Content-Type: multipart/mixed; boundary=b (c; d)
C:
C: --b
C: Content-Type: text/plain; charset=utf-8
C: Content-Transfer-Encoding: base64
C:
C: w6Q=
C: --b--
C: .
S: 250 2.0.0 Ok: queued as 1
C: QUIT
S: 221 2.0.0 Bye

# Text alone needs no SMTPUTF8, which a later host may not know.
args: -f kit@example.org -i pat@example.net
M: From: J\xc3\xbcrgen <kit@example.org>
M: To: pat@example.net
M: Subject: Gr\xc3\xbc\xc3\x9fe
M: Date: Sun, 22 Nov 2026 10:00:00 +0000
M: Message-ID: <1@example.org>
M:
M: hi

server
S: 220 relay.example.com ESMTP
C: EHLO client.example.org
S: 250-relay.example.com
S: 250-SMTPUTF8
S: 250 8BITMIME
C: MAIL FROM:<kit@example.org>
S: 250 2.1.0 Ok
C: RCPT TO:<pat@example.net>
S: 250 2.1.0 Ok
C: DATA
S: 354 go on
C: From: =?utf-8?Q?J=C3=BCrgen?= <kit@example.org>
C: To: pat@example.net
C: Subject: =?utf-8?B?R3LDvMOfZQ==?=
C: Date: Sun, 22 Nov 2026 10:00:00 +0000
C: Message-ID: <1@example.org>
C:
C: hi
C: .
S: 250 2.0.0 Ok
C: QUIT
S: 221 2.0.0 Bye

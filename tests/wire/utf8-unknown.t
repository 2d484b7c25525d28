# Octets that are no UTF-8 are encoded, whatever is offered (RFC 1428).
args: -f kit@example.org -i 'p\xc3\xa4t@example.net'
M: From: J\xfcrgen <kit@example.org>
M: To: pat@example.net
M: Subject: caf\xe9
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
C: MAIL FROM:<kit@example.org> SMTPUTF8
S: 250 2.1.0 Ok
C: RCPT TO:<p\xc3\xa4t@example.net>
S: 250 2.1.0 Ok
C: DATA
S: 354 go on
C: From: =?unknown-8bit?Q?J=FCrgen?= <kit@example.org>
C: To: pat@example.net
C: Subject: =?unknown-8bit?Q?caf=E9?=
C: Date: Sun, 22 Nov 2026 10:00:00 +0000
C: Message-ID: <1@example.org>
C:
C: hi
C: .
S: 250 2.0.0 Ok
C: QUIT
S: 221 2.0.0 Bye

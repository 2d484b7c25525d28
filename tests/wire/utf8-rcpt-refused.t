# A recipient who needs SMTPUTF8 fails alone.
args: -f kit@example.org -i 'p\xc3\xa4t@example.net' pat@example.net
exit: 67
stderr~: sendlet: <p.*t@example.net>: 127.0.0.1.*: the relay takes ASCII addresses only \(RFC 6531\)
M: From: kit@example.org
M: To: p\xc3\xa4t@example.net, pat@example.net
M: Subject: hi
M: Date: Sun, 22 Nov 2026 10:00:00 +0000
M: Message-ID: <1@example.org>
M:
M: hi

server
S: 220 relay.example.com ESMTP
C: EHLO client.example.org
S: 250-relay.example.com
S: 250 8BITMIME
C: MAIL FROM:<kit@example.org>
S: 250 2.1.0 Ok
C: RCPT TO:<pat@example.net>
S: 250 2.1.0 Ok
C: DATA
S: 354 go on
C: From: kit@example.org
C: To: Internationalized Address =?utf-8?Q?p=C3=A4t=40example=2Enet?=
C:  Removed:;, pat@example.net
C: Subject: hi
C: Date: Sun, 22 Nov 2026 10:00:00 +0000
C: Message-ID: <1@example.org>
C:
C: hi
C: .
S: 250 2.0.0 Ok
C: QUIT
S: 221 2.0.0 Bye

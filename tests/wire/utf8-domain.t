# Without SMTPUTF8 domains become A-labels, text encoded words.
args: -f 'kit@b\xc3\xbccher.example' -i 'pat@B\xc3\x9cCHER.example'
M: From: J\xc3\xbcrgen <kit@b\xc3\xbccher.example>
M: To: "P\xc3\xa4t, B\xc3\xbccher" <pat@B\xc3\x9cCHER.example>
M: Subject: Gr\xc3\xbc\xc3\x9fe
M: Date: Sun, 22 Nov 2026 10:00:00 +0000
M: Message-ID: <1@example.org>
M:
M: hi

server
S: 220 relay.example.com ESMTP
C: EHLO client.example.org
S: 250-relay.example.com
S: 250 8BITMIME
C: MAIL FROM:<kit@xn--bcher-kva.example>
S: 250 2.1.0 Ok
C: RCPT TO:<pat@xn--bcher-kva.example>
S: 250 2.1.0 Ok
C: DATA
S: 354 go on
C: From: =?utf-8?Q?J=C3=BCrgen?= <kit@xn--bcher-kva.example>
C: To: =?utf-8?B?UMOkdCwgQsO8Y2hlcg==?= <pat@xn--bcher-kva.example>
C: Subject: =?utf-8?B?R3LDvMOfZQ==?=
C: Date: Sun, 22 Nov 2026 10:00:00 +0000
C: Message-ID: <1@example.org>
C:
C: hi
C: .
S: 250 2.0.0 Ok
C: QUIT
S: 221 2.0.0 Bye

# SMTPUTF8 of the client is passed on.
args: -bs
stderr: 220 client.example.org ESMTP sendlet\r
stderr: 250-client.example.org\r
stderr: 250-PIPELINING\r
stderr: 250-SIZE 104857600\r
stderr: 250-8BITMIME\r
stderr: 250-SMTPUTF8\r
stderr: 250-DSN\r
stderr: 250-DELIVERBY\r
stderr: 250-MT-PRIORITY\r
stderr: 250-ENHANCEDSTATUSCODES\r
stderr: 250 CHUNKING\r
stderr: 250 2.1.0 Ok\r
stderr: 250 2.1.0 Ok\r
stderr: 354 end with <CRLF>.<CRLF>\r
stderr: 250 2.0.0 Ok\r
stderr: 221 2.0.0 client.example.org bye\r
M: EHLO me\r
M: MAIL FROM:<kit@example.org> SMTPUTF8 BODY=8BITMIME\r
M: RCPT TO:<j\xc3\xbcrgen@example.net>\r
M: DATA\r
M: From: kit@example.org\r
M: To: pat@example.net\r
M: Subject: hi\r
M: Date: Sun, 22 Nov 2026 10:00:00 +0000\r
M: Message-ID: <1@example.org>\r
M: \r
M: hi\r
M: .\r
M: QUIT\r

server
S: 220 relay.example.com ESMTP
C: EHLO client.example.org
S: 250-relay.example.com
S: 250 SMTPUTF8
C: MAIL FROM:<kit@example.org> SMTPUTF8
S: 250 2.1.0 Ok
C: RCPT TO:<j\xc3\xbcrgen@example.net>
S: 250 2.1.0 Ok
C: DATA
S: 354 go on
C: From: kit@example.org
C: To: pat@example.net
C: Subject: hi
C: Date: Sun, 22 Nov 2026 10:00:00 +0000
C: Message-ID: <1@example.org>
C:
C: hi
C: .
S: 250 2.0.0 Ok
C: QUIT
S: 221 2.0.0 Bye

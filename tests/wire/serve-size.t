# A message the relay would not take is not begun there: the next one is not in its way.
args: -bs
stderr: 220 client.example.org ESMTP sendlet\r
stderr: 250 client.example.org\r
stderr: 250 2.1.0 Ok\r
stderr: 250 2.1.5 Ok\r
stderr: 354 end with <CRLF>.<CRLF>\r
stderr~: 554 5.3.4 message of \d+ octets: the relay takes 20 \(RFC 1870\)\r
stderr: 250 2.1.0 Ok\r
stderr: 221 2.0.0 client.example.org bye\r
M: HELO me\r
M: MAIL FROM:<kit@example.org>\r
M: RCPT TO:<pat@example.net>\r
M: DATA\r
M: From: kit@example.org\r
M: Date: Sun, 22 Nov 2026 10:00:00 +0000\r
M: Message-ID: <1@example.org>\r
M: To: root\r
M: \r
M: Hello\r
M: .\r
M: MAIL FROM:<kit@example.org>\r
M: QUIT\r

server
S: 220 relay.example.com ESMTP
C: EHLO client.example.org
S: 250-relay.example.com
S: 250 SIZE 20
C: MAIL FROM:<kit@example.org>
S: 250 2.1.0 Ok
C: RCPT TO:<pat@example.net>
S: 250 2.1.5 Ok
C: RSET
S: 250 2.0.0 Ok
C: MAIL FROM:<kit@example.org>
S: 250 2.1.0 Ok
C: RSET
S: 250 2.0.0 Ok
C: QUIT
S: 221 2.0.0 Bye

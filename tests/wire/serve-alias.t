# An alias is taken when one of its recipients is; the end of the message tells of the other.
args: -bs
exit: 0
stderr: 220 client.example.org ESMTP sendlet\r
stderr: 250 client.example.org\r
stderr: 250 2.1.0 Ok\r
stderr: 250 2.1.5 Ok b\r
stderr: 354 end with <CRLF>.<CRLF>\r
stderr: 554 5.1.1 RCPT TO: 550 5.1.1 never\r
stderr: 221 2.0.0 client.example.org bye\r
A: root: a@example.net, b@example.net
M: HELO me\r
M: MAIL FROM:<kit@example.org>\r
M: RCPT TO:<root>\r
M: DATA\r
M: From: kit@example.org\r
M: Date: Sun, 22 Nov 2026 10:00:00 +0000\r
M: Message-ID: <1@example.org>\r
M: To: root\r
M: \r
M: Hello\r
M: .\r
M: QUIT\r

server
S: 220 relay.example.com ESMTP
C: EHLO client.example.org
S: 250 relay.example.com
C: MAIL FROM:<kit@example.org>
S: 250 2.1.0 Ok
C: RCPT TO:<a@example.net>
S: 550 5.1.1 never
C: RCPT TO:<b@example.net>
S: 250 2.1.5 Ok b
C: DATA
S: 354 End data with <CR><LF>.<CR><LF>
C: From: kit@example.org
C: Date: Sun, 22 Nov 2026 10:00:00 +0000
C: Message-ID: <1@example.org>
C: To: root@client.example.org
C:
C: Hello
C: .
S: 250 2.0.0 Ok: queued as 1
C: QUIT
S: 221 2.0.0 Bye

# Without SMTPUTF8 behind us A-labels may do.
args: -bs
stderr: 220 client.example.org ESMTP sendlet\r
stderr: 250 client.example.org\r
stderr: 250 2.1.0 Ok\r
stderr: 550 5.6.7 the relay takes ASCII addresses only (RFC 6531)\r
stderr: 250 2.1.0 Ok\r
stderr: 250 2.0.0 Ok\r
stderr~: 55[04] 5.6.[07] sender <j.*rgen@example.org>: the relay takes ASCII addresses only \(RFC 6531\)\r
stderr: 221 2.0.0 client.example.org bye\r
M: HELO me\r
M: MAIL FROM:<kit@b\xc3\xbccher.example>\r
M: RCPT TO:<j\xc3\xbcrgen@example.net>\r
M: RCPT TO:<pat@b\xc3\xbccher.example>\r
M: RSET\r
M: MAIL FROM:<j\xc3\xbcrgen@example.org>\r
M: QUIT\r

server
S: 220 relay.example.com ESMTP
C: EHLO client.example.org
S: 250 relay.example.com
C: MAIL FROM:<kit@xn--bcher-kva.example>
S: 250 2.1.0 Ok
C: RCPT TO:<pat@xn--bcher-kva.example>
S: 250 2.1.0 Ok
C: RSET
S: 250 2.0.0 Ok
C: QUIT
S: 221 2.0.0 Bye

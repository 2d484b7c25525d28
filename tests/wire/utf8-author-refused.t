# The same for the author shown, RFC 6531 section 3.7.1.
args: -f kit@example.org -i pat@example.net
exit: 65
stderr~: sendlet: <pat@example.net>: 127.0.0.1.*: header: From: <j.*rgen@example.org>: the relay takes ASCII addresses only \(RFC 6531\)
M: From: j\xc3\xbcrgen@example.org
M: To: pat@example.net
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
C: QUIT
S: 221 2.0.0 Bye

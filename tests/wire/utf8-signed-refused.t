# What is signed stays as it is, or goes nowhere.
args: -f kit@example.org -i pat@example.net
exit: 65
stderr~: sendlet: <pat@example.net>: 127.0.0.1.*: header: Subject: would have to be encoded, but the message is signed \(RFC 6376\)
M: DKIM-Signature: v=1; d=example.org; b=x
M: From: kit@example.org
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
S: 250 8BITMIME
C: QUIT
S: 221 2.0.0 Bye

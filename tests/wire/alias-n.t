# -n: no aliases, and no root either.
args: -n -f kit@example.org -i root
conf: root kit@example.net
A: root: ops@example.com
M: From: kit@example.org
M: Date: Sun, 22 Nov 2026 10:00:00 +0000
M: Message-ID: <1@example.org>
M: To: root
M:
M: Hello

server
S: 220 relay.example.com ESMTP
C: EHLO client.example.org
S: 250 relay.example.com
C: MAIL FROM:<kit@example.org>
S: 250 2.1.0 Ok
C: RCPT TO:<root@client.example.org>
S: 250 2.1.5 Ok
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

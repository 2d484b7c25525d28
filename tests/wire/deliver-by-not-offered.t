# Who wants it back cannot.
args: -f kit@example.org -i pat@example.net
conf: deliver-by 2h
conf: deliver-by-mode return
exit: 69
stderr~: sendlet: <pat@example.net>: 127.*: DELIVERBY: not offered by the relay \(RFC 2852\)
M: From: kit@example.org
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
S: 250 SIZE
C: QUIT
S: 221 2.0.0 Bye

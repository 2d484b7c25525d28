# Nor one whose certificate nobody looks at.
args: -f kit@example.org -i pat@example.net
conf: relay smtp://127.0.0.1:@PORT@
conf: require-tls yes
exit: 69
stderr~: sendlet: <pat@example.net>: 127.*: REQUIRETLS: the relay is reached without verified TLS \(RFC 8689\)
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
S: 250 STARTTLS
C: STARTTLS
S: 220 2.0.0 go
starttls
C: EHLO client.example.org
S: 250-relay.example.com
S: 250 REQUIRETLS
C: QUIT
S: 221 2.0.0 Bye

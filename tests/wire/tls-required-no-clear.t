# It opens no relay that is to have TLS.
args: -f kit@example.org -i pat@example.net
conf: relay smtp+tls://127.0.0.1:@PORT@
exit: 69
stderr~: sendlet: <pat@example.net>: 127.*: STARTTLS: not offered by the relay, .*
M: From: kit@example.org
M: To: pat@example.net
M: TLS-Required: No
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

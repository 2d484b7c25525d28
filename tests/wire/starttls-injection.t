# Text that came with the 220 was not under TLS: refused (RFC 3207 section 6).
args: -f kit@example.org -i pat@example.net
conf: relay smtp+tls://127.0.0.1:@PORT@
conf: ca-file @CERT@
exit: 76
stderr~: sendlet: .*
M: From: Kit <kit@example.org>
M: To: pat@example.net
M: Subject: hi
M: Date: Sun, 22 Nov 2026 10:00:00 +0000
M: Message-ID: <1@example.org>
M:
M: Hello

server
S: 220 relay.example.com ESMTP
C: EHLO client.example.org
S: 250-relay.example.com
S: 250 STARTTLS
C: STARTTLS
S: 220 2.0.0 go
S: 250 injected
stall

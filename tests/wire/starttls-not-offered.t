# Not offered where it is required: nothing is sent.
args: -f kit@example.org -i pat@example.net
conf: relay smtp+tls://127.0.0.1:@PORT@
conf: ca-file @CERT@
exit: 69
stderr~: sendlet: .*STARTTLS.*
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
S: 250 8BITMIME
C: QUIT
S: 221 2.0.0 Bye

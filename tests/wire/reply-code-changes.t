# A reply whose code changes is no reply (RFC 5321 section 4.2.1).
args: -f kit@example.org -i pat@example.net
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
S: 220 relay.example.com
C: EHLO client.example.org
S: 250-relay.example.com
S: 550 no
stall

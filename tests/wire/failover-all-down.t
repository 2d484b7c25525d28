# All relays fail: each is named.
args: -f kit@example.org -i pat@example.net
exit: 69
stderr~: sendlet: .*
M: From: Kit <kit@example.org>
M: To: pat@example.net
M: Subject: hi
M: Date: Sun, 22 Nov 2026 10:00:00 +0000
M: Message-ID: <1@example.org>
M:
M: Hello

server
refuse

server
S: 450 4.3.2 busy
C: QUIT
S: 221 2.0.0 Bye

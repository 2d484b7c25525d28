# No reply to EHLO.
args: -f kit@example.org -i pat@example.net
conf: timeout-command 1s
exit: 69
stderr~: sendlet: .*timed? ?out.*
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
stall

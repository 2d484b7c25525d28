# EHLO refused for now: no HELO, nothing sent.
args: -f kit@example.org -i pat@example.net
exit: 69
stderr~: sendlet: .*451 4\.3\.0 too many friends.*
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
S: 451 4.3.0 too many friends
C: QUIT
S: 221 2.0.0 Bye

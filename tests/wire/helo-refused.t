# Neither EHLO nor HELO is liked.
args: -f kit@example.org -i pat@example.net
exit: 69
stderr~: sendlet: .*504 5\.5\.2 need a better name.*
M: From: Kit <kit@example.org>
M: To: pat@example.net
M: Subject: hi
M: Date: Sun, 22 Nov 2026 10:00:00 +0000
M: Message-ID: <1@example.org>
M:
M: Hello

server
S: 220 old.example.com
C: EHLO client.example.org
S: 502 5.5.1 what?
C: HELO client.example.org
S: 504 5.5.2 need a better name
C: QUIT
S: 221 2.0.0 Bye

# Sender refused for now.
args: -f kit@example.org -i pat@example.net
exit: 69
stderr~: sendlet: .*pat@example\.net.*451 4\.3\.0 busy.*
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
S: 250 relay.example.com
C: MAIL FROM:<kit@example.org>
S: 451 4.3.0 busy
C: QUIT
S: 221 2.0.0 Bye

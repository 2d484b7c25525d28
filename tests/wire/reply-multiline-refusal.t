# All lines of a refusal are reported, on one line.
args: -f kit@example.org -i pat@example.net
exit: 67
stderr~: sendlet: .*550 5\.7\.1 Not you.*today.*
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
S: 250 2.1.0 Ok
C: RCPT TO:<pat@example.net>
S: 550-5.7.1 Not you
S: 550-5.7.1 and not
S: 550 5.7.1 today
C: QUIT
S: 221 2.0.0 Bye

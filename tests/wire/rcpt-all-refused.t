# No recipient left: no DATA.
args: -f kit@example.org -i a@example.net b@example.net
exit: 67
stderr~: sendlet: .*a@example\.net.*550 5\.1\.1 no a.*
stderr~: sendlet: .*b@example\.net.*550 5\.1\.1 no b.*
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
C: RCPT TO:<a@example.net>
S: 550 5.1.1 no a
C: RCPT TO:<b@example.net>
S: 550 5.1.1 no b
C: QUIT
S: 221 2.0.0 Bye

# A reply is missing and what follows is taken for it: no receipt may come of that.
args: -f kit@example.org -i pat@example.net
exit: 69
stderr~: sendlet: .*pat@example\.net.*may have been delivered.*
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
S: 250-PIPELINING
S: 250 CHUNKING
C: MAIL FROM:<kit@example.org>
C: RCPT TO:<pat@example.net>
C: BDAT 140 LAST
C: From: Kit <kit@example.org>
C: To: pat@example.net
C: Subject: hi
C: Date: Sun, 22 Nov 2026 10:00:00 +0000
C: Message-ID: <1@example.org>
C:
C: Hello
C: QUIT
S: 250 2.1.0 Ok
S: 250 2.1.5 Ok
close

# A relay that says goodbye has taken nothing: the next one is asked.
args: -f kit@example.org -i pat@example.net
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
S: 421 4.3.2 shutting down
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
close

server
S: 220 relay.example.com ESMTP
C: EHLO client.example.org
S: 250-relay.example.com
S: 250-PIPELINING
S: 250 CHUNKING
C: MAIL FROM:<kit@example.org>
S: 250 2.1.0 Ok
C: RCPT TO:<pat@example.net>
S: 250 2.1.5 Ok
C: BDAT 140 LAST
C: From: Kit <kit@example.org>
C: To: pat@example.net
C: Subject: hi
C: Date: Sun, 22 Nov 2026 10:00:00 +0000
C: Message-ID: <1@example.org>
C:
C: Hello
S: 250 2.0.0 Ok
C: QUIT
S: 221 2.0.0 Bye

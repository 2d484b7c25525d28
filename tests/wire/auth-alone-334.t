# So does one that takes no initial response.
args: -f kit@example.org -i pat@example.net
conf: relay smtp+tls://127.0.0.1:@PORT@
conf: ca-file @CERT@
conf: user kit
conf: password "open sesame"
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
S: 250 STARTTLS
C: STARTTLS
S: 220 2.0.0 go
starttls
C: EHLO client.example.org
S: 250-relay.example.com
S: 250-PIPELINING
S: 250-CHUNKING
S: 250 AUTH PLAIN
C: AUTH PLAIN AGtpdABvcGVuIHNlc2FtZQ==
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
S: 334 
accept
S: 220 relay.example.com ESMTP
C: EHLO client.example.org
S: 250-relay.example.com
S: 250 STARTTLS
C: STARTTLS
S: 220 2.0.0 go
starttls
C: EHLO client.example.org
S: 250-relay.example.com
S: 250-PIPELINING
S: 250-CHUNKING
S: 250 AUTH PLAIN
C: AUTH PLAIN AGtpdABvcGVuIHNlc2FtZQ==
alone
S: 235 2.7.0 ok
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

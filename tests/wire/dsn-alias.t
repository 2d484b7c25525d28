# An alias keeps its name.
args: -f kit@example.org -i -N failure root
conf: root pat@example.net
M: From: kit@example.org
M: To: pat@example.net
M: Subject: hi
M: Date: Sun, 22 Nov 2026 10:00:00 +0000
M: Message-ID: <1@example.org>
M:
M: hi

server
S: 220 relay.example.com ESMTP
C: EHLO client.example.org
S: 250-relay.example.com
S: 250 DSN
C: MAIL FROM:<kit@example.org>
S: 250 2.1.0 Ok
C: RCPT TO:<pat@example.net> NOTIFY=FAILURE ORCPT=rfc822;root
S: 250 2.1.0 Ok
C: DATA
S: 354 go on
C: From: kit@example.org
C: To: pat@example.net
C: Subject: hi
C: Date: Sun, 22 Nov 2026 10:00:00 +0000
C: Message-ID: <1@example.org>
C:
C: hi
C: .
S: 250 2.0.0 Ok
C: QUIT
S: 221 2.0.0 Bye

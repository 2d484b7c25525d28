# A bare From and a bare -f too: cronie calls it so.
args: -FCronDaemon -i -odi -oem -oi -t -f kit
conf: domain example.com
M: From: "(Cron Daemon)" <kit>
M: To: kit
M: Subject: hi
M: Date: Sun, 22 Nov 2026 10:00:00 +0000
M: Message-ID: <1@example.org>
M:
M: x

server
S: 220 relay.example.com ESMTP
C: EHLO client.example.org
S: 250 relay.example.com
C: MAIL FROM:<kit@example.com>
S: 250 2.1.0 Ok
C: RCPT TO:<kit@example.com>
S: 250 2.1.5 Ok
C: DATA
S: 354 End data with <CR><LF>.<CR><LF>
C: From: "(Cron Daemon)" <kit@example.com>
C: To: kit@example.com
C: Subject: hi
C: Date: Sun, 22 Nov 2026 10:00:00 +0000
C: Message-ID: <1@example.org>
C:
C: x
C: .
S: 250 2.0.0 Ok: queued as 1
C: QUIT
S: 221 2.0.0 Bye

# After the final dot, a code that does not belong there.
args: -f kit@example.org -i pat@example.net
exit: 76
stderr~: sendlet: .*354 what\?; the message may have been delivered
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
S: 250 2.1.5 Ok
C: DATA
S: 354 End data with <CR><LF>.<CR><LF>
C: From: Kit <kit@example.org>
C: To: pat@example.net
C: Subject: hi
C: Date: Sun, 22 Nov 2026 10:00:00 +0000
C: Message-ID: <1@example.org>
C:
C: Hello
C: .
S: 354 what?
close

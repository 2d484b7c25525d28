# One for now, one for good, one taken: the caller may try again, so it is not 67.
args: -f kit@example.org -i a@example.net b@example.net c@example.net
exit: 69
stderr~: sendlet: .*a@example\.net.*450 4\.2\.1 later.*
stderr~: sendlet: .*b@example\.net.*550 5\.1\.1 never.*
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
S: 450 4.2.1 later
C: RCPT TO:<b@example.net>
S: 550 5.1.1 never
C: RCPT TO:<c@example.net>
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
S: 250 2.0.0 Ok: queued as 1
C: QUIT
S: 221 2.0.0 Bye

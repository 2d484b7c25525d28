# 421 to a recipient when the message has left already: for the other it may count.
args: -f kit@example.org -i pat@example.net kim@example.net
exit: 69
stderr~: sendlet: <pat@example\.net>: .*421 4\.3\.2 going down.*
stderr~: sendlet: <kim@example\.net>: .*421 4\.3\.2 going down; the message may have been delivered
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
S: 250 2.1.0 Ok
C: RCPT TO:<pat@example.net>
S: 421 4.3.2 going down
C: RCPT TO:<kim@example.net>
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

# What a message lacks is added; nothing is moved.
args: -f kit@example.org -i pat@example.net
M: X-First: 1
M: Subject: hi
M: X-Last: 2
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
C: X-First: 1
C: Subject: hi
C: X-Last: 2
C/: From: kit@example\.org
C/: Date: [A-Z][a-z]{2}, \d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [+-]\d{4}
C/: Message-ID: <[^<> ]+@client\.example\.org>
C/: To: undisclosed-recipients:;
C:
C: Hello
C: .
S: 250 2.0.0 Ok: queued as 1
C: QUIT
S: 221 2.0.0 Bye

# A relay that takes no mail from us (RFC 5321 section 3.1).
args: -f kit@example.org -i pat@example.net
exit: 69
stderr~: sendlet: .*554 5\.7\.1 not from there.*
M: From: Kit <kit@example.org>
M: To: pat@example.net
M: Subject: hi
M: Date: Sun, 22 Nov 2026 10:00:00 +0000
M: Message-ID: <1@example.org>
M:
M: Hello

server
S: 554 5.7.1 not from there
C: QUIT
S: 221 2.0.0 Bye

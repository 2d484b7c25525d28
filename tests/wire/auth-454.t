# The relay cannot check it now.
args: -f kit@example.org -i pat@example.net
conf: user kit
conf: password "open sesame"
conf: auth-without-tls yes
conf: auth PLAIN
exit: 69
stderr~: sendlet: .*454 4\.7\.0 Temporary authentication failure.*
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
S: 250 AUTH PLAIN LOGIN CRAM-MD5
C: AUTH PLAIN AGtpdABvcGVuIHNlc2FtZQ==
S: 454 4.7.0 Temporary authentication failure
C: QUIT
S: 221 2.0.0 Bye

# An error is acknowledged with an empty line, then reported.
args: -f kit@example.org -i pat@example.net
conf: user kit
conf: password "open sesame"
conf: auth-without-tls yes
conf: auth XOAUTH2
exit: 77
stderr~: sendlet: .*535 5\.7\.8 token expired.*
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
S: 250 AUTH XOAUTH2
C: AUTH XOAUTH2 dXNlcj1raXQBYXV0aD1CZWFyZXIgb3BlbiBzZXNhbWUBAQ==
S: 334 eyJzdGF0dXMiOiI0MDEifQ==
C:
S: 535 5.7.8 token expired
C: QUIT
S: 221 2.0.0 Bye

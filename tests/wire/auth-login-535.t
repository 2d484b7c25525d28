# Refused after the password.
args: -f kit@example.org -i pat@example.net
conf: user kit
conf: password "open sesame"
conf: auth-without-tls yes
conf: auth LOGIN
exit: 77
stderr~: sendlet: .*535 5\.7\.8 no.*
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
C: AUTH LOGIN
S: 334 VXNlcm5hbWU6
C: a2l0
S: 334 UGFzc3dvcmQ6
C: b3BlbiBzZXNhbWU=
S: 535 5.7.8 no
C: QUIT
S: 221 2.0.0 Bye

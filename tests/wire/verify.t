# Nothing is sent, whatever stands on standard input.
args: -bv -f kit@example.org root pat@example.net
stderr~: root... deliverable: mailer relay, host 127\.0\.0\.1\[127\.0\.0\.1\]:@PORT@, user ops@example.com \(250 2\.1\.5 Ok\)
stderr~: root... deliverable: mailer relay, host .*, user lee@client.example.org \(251 2\.1\.5 elsewhere\)
stderr~: pat@example.net... deliverable: mailer relay, host .*, user pat@example.net \(250 2\.1\.5 Ok\)
A: root: ops@example.com, lee
M: Subject: not to be sent
M:
M: Hello

server
S: 220 relay.example.com ESMTP
C: EHLO client.example.org
S: 250 relay.example.com
C: MAIL FROM:<kit@example.org>
S: 250 2.1.0 Ok
C: RCPT TO:<ops@example.com>
S: 250 2.1.5 Ok
C: RCPT TO:<lee@client.example.org>
S: 251 2.1.5 elsewhere
C: RCPT TO:<pat@example.net>
S: 250 2.1.5 Ok
C: RSET
S: 250 2.0.0 Ok
C: QUIT
S: 221 2.0.0 Bye

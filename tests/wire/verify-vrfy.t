# VRFY and EXPN are asked where they are offered; RCPT decides.
args: -bv -f kit@example.org a@example.net b@example.net
stderr~: a@example.net... deliverable: .*, user a@example.net \(250 2\.1\.5 Ok; VRFY: 250 A <a@example\.net>; EXPN: 250 b@example\.net c@example\.net\)
stderr~: b@example.net... deliverable: .*, user b@example.net \(250 2\.1\.5 Ok; VRFY: 252 2\.0\.0 perhaps; EXPN: 550 5\.1\.2 no list\)

server
S: 220 relay.example.com ESMTP
C: EHLO client.example.org
S: 250-relay.example.com
S: 250-VRFY
S: 250-EXPN
S: 250 PIPELINING
C: MAIL FROM:<kit@example.org>
S: 250 2.1.0 Ok
C: RCPT TO:<a@example.net>
S: 250 2.1.5 Ok
C: VRFY a@example.net
S: 250 A <a@example.net>
C: EXPN a@example.net
S: 250-b@example.net
S: 250 c@example.net
C: RCPT TO:<b@example.net>
S: 250 2.1.5 Ok
C: VRFY b@example.net
S: 252 2.0.0 perhaps
C: EXPN b@example.net
S: 550 5.1.2 no list
C: RSET
S: 250 2.0.0 Ok
C: QUIT
S: 221 2.0.0 Bye

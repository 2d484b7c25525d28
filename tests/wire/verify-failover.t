# As with a mail, the next relay is asked about whom the first cannot take now.
args: -bv -f kit@example.org a@example.net b@example.net
stderr~: a@example.net... deliverable: mailer relay, host .*:@PORT@, user a@example.net \(250 2\.1\.5 Ok\)
stderr~: b@example.net... deliverable: mailer relay, host .*:@PORT2@, user b@example.net \(250 2\.1\.5 yes\)

server
S: 220 relay.example.com ESMTP
C: EHLO client.example.org
S: 250 relay.example.com
C: MAIL FROM:<kit@example.org>
S: 250 2.1.0 Ok
C: RCPT TO:<a@example.net>
S: 250 2.1.5 Ok
C: RCPT TO:<b@example.net>
close

server
S: 220 relay.example.com ESMTP
C: EHLO client.example.org
S: 250 relay.example.com
C: MAIL FROM:<kit@example.org>
S: 250 2.1.0 Ok
C: RCPT TO:<b@example.net>
S: 250 2.1.5 yes
C: RSET
S: 250 2.0.0 Ok
C: QUIT
S: 221 2.0.0 Bye

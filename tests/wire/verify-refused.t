# The exit status is that of a mail.
args: -bv -f kit@example.org a@example.net b@example.net Cron\ Daemon c@example.net
exit: 67
stderr~: a@example.net... deliverable: .*, user a@example.net \(250 2\.1\.5 Ok\)
stderr~: b@example.net... undeliverable: mailer relay, host .*, user b@example.net \(RCPT TO: 550 5\.1\.1 never\)
stderr: Cron Daemon... undeliverable: mailer relay, user Cron Daemon (not an address: two words without angle brackets (RFC 5322 section 3.4))
stderr~: c@example.net... deliverable: .*

server
S: 220 relay.example.com ESMTP
C: EHLO client.example.org
S: 250 relay.example.com
C: MAIL FROM:<kit@example.org>
S: 250 2.1.0 Ok
C: RCPT TO:<a@example.net>
S: 250 2.1.5 Ok
C: RCPT TO:<b@example.net>
S: 550 5.1.1 never
C: RCPT TO:<c@example.net>
S: 250 2.1.5 Ok
C: RSET
S: 250 2.0.0 Ok
C: QUIT
S: 221 2.0.0 Bye

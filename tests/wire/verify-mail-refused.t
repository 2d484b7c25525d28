# A sender who is refused is refused for all.
args: -bv -f kit@example.org a@example.net b@example.net
exit: 65
stderr~: a@example.net... undeliverable: mailer relay, host .*, user a@example.net \(MAIL FROM: 550 5\.1\.8 not you\)
stderr~: b@example.net... undeliverable: mailer relay, host .*, user b@example.net \(MAIL FROM: 550 5\.1\.8 not you\)

server
S: 220 relay.example.com ESMTP
C: EHLO client.example.org
S: 250 relay.example.com
C: MAIL FROM:<kit@example.org>
S: 550 5.1.8 not you
C: RSET
S: 250 2.0.0 Ok
C: QUIT
S: 221 2.0.0 Bye

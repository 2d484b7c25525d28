# Without SMTPUTF8 one address has a form, the other none.
args: -bv -f kit@example.org 'kit@b\xc3\xbccher.example' 'j\xc3\xbcrgen@example.net'
exit: 67
stderr~: kit@b.*cher.example... deliverable: .*250 2\.1\.5 Ok.*
stderr~: j.*rgen@example.net... undeliverable: .*the relay takes ASCII addresses only \(RFC 6531\).*

server
S: 220 relay.example.com ESMTP
C: EHLO client.example.org
S: 250-relay.example.com
S: 250 VRFY
C: MAIL FROM:<kit@example.org>
S: 250 2.1.0 Ok
C: RCPT TO:<kit@xn--bcher-kva.example>
S: 250 2.1.5 Ok
C: VRFY kit@xn--bcher-kva.example
S: 252 2.0.0 perhaps
C: RSET
S: 250 2.0.0 Ok
C: QUIT
S: 221 2.0.0 Bye

# Addresses are verified with SMTPUTF8, or with A-labels.
args: -bv -f kit@example.org 'j\xc3\xbcrgen@example.net'
stderr~: j.*rgen@example.net... deliverable: .*250 2\.1\.5 Ok.*

server
S: 220 relay.example.com ESMTP
C: EHLO client.example.org
S: 250-relay.example.com
S: 250 SMTPUTF8
C: MAIL FROM:<kit@example.org> SMTPUTF8
S: 250 2.1.0 Ok
C: RCPT TO:<j\xc3\xbcrgen@example.net>
S: 250 2.1.5 Ok
C: RSET
S: 250 2.0.0 Ok
C: QUIT
S: 221 2.0.0 Bye

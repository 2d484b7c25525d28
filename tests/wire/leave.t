# What is to be left is not added, not removed, not completed and not encoded.
conf: leave Return-Path Date Message-ID To From Content-Transfer-Encoding
args: -f kit@example.org -i pat@example.net
M: Bcc: Ann
M: Return-Path: <ann@example.org>
M: To: pat
M: Cc: kim
M:
M: caf\xc3\xa9

server
S: 220 relay.example.com ESMTP
C: EHLO client.example.org
S: 250 relay.example.com
C: MAIL FROM:<kit@example.org>
S: 250 2.1.0 Ok
C: RCPT TO:<pat@example.net>
S: 250 2.1.5 Ok
C: DATA
S: 354 End data with <CR><LF>.<CR><LF>
C: Return-Path: <ann@example.org>
C: To: pat
C: Cc: kim@client.example.org
C:
C: caf\xc3\xa9
C: .
S: 250 2.0.0 Ok: queued as 1
C: QUIT
S: 221 2.0.0 Bye

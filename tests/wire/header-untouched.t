# Signatures must survive: spelling, spaces, folding and order stay.
args: -f kit@example.org -i pat@example.net
M: From: Kit <kit@example.org>
M: to:pat@example.net
M: SUBJECT:   two  spaces\x20
M: X-Long: a
M:  b
M: \tc
M: DATE: Sun, 22 Nov 2026 10:00:00 +0000
M: Message-Id: <1@example.org>
M: X-Dup: 1
M: X-Dup: 2
M: DKIM-Signature: v=1; bh=abc;
M:   b=def
M:
M: Hello

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
C: From: Kit <kit@example.org>
C: to:pat@example.net
C: SUBJECT:   two  spaces\x20
C: X-Long: a
C:  b
C: \tc
C: DATE: Sun, 22 Nov 2026 10:00:00 +0000
C: Message-Id: <1@example.org>
C: X-Dup: 1
C: X-Dup: 2
C: DKIM-Signature: v=1; bh=abc;
C:   b=def
C:
C: Hello
C: .
S: 250 2.0.0 Ok: queued as 1
C: QUIT
S: 221 2.0.0 Bye
